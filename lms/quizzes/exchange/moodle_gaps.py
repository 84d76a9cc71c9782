"""Texts with gaps in Moodle XML: cloze codes in the text, gaps to choose, words to drag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.gift_forms import escape
from lms.quizzes.exchange.moodle_types import Found, Source, Unusable, number
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.text_formats import markdown_to_plain
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.cloze.rules import Cloze, Gap, Look
from lms.quizzes.question_types.gap_text import PLACE, with_dots
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.numerical.rules import Numerical, ToleranceKind
from lms.quizzes.question_types.payload import number_text, rounded
from lms.quizzes.question_types.protocol import ONE, Question
from lms.quizzes.question_types.registry import dump_question
from lms.quizzes.question_types.short_answer.rules import ShortAnswer
from lms.quizzes.question_types.single_choice.rules import SingleChoice

_GAP = re.compile(r"\{(\d{0,3}):([A-Za-z_]{2,20}):((?:\\.|[^{}\\])*)\}", re.DOTALL | re.ASCII)
_TAG = re.compile(r"<[^<>]{0,200}>")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPEN, _CLOSE = "\ue000", "\ue001"  # around a gap's number while HTML becomes Markdown, and back
_MARKED = re.compile(f"{_OPEN}(\\d{{1,2}}){_CLOSE}")
_GIFT_SIGNS = "~=#{}:\\"


# Reading -------------------------------------------------------------------------------------


def read_cloze(source: Source) -> Found:
    """Read a text whose gaps are written in it, by the reader that quiz files have for them."""
    gaps: list[str] = []

    def keep(match: re.Match[str]) -> str:
        inner = unescape(_TAG.sub("", match[3]))
        inner = _ESCAPED.sub(lambda m: f"\\{m[1]}" if m[1] in _GIFT_SIGNS else m[1], inner)
        gaps.append(f"{{{match[1]}:{match[2]}:{' '.join(inner.split())}}}")
        return f"{_OPEN}{len(gaps)}{_CLOSE}"

    text = source.text_of("questiontext", lambda html: _GAP.sub(keep, _unmarked(html)))
    lead, text = _split(text)
    written = _MARKED.sub(lambda m: gaps[int(m[1]) - 1], f"{escape(lead)} {{}}{escape(text)}")
    for read in read_gift_questions(f"// [id:q] [type:cloze]\n{written}\n".encode(), []):
        if read.question is not None:
            payload = dump_question(read.question)
            for name in ("marks", "general_feedback"):
                payload.pop(name)
            return payload, []
        for problem in read.problems:
            raise Unusable(problem.kind, source.line, problem.reason, problem.field)
    raise Unusable(ProblemKind.BAD_ANSWERS, source.line)


def _unmarked(text: str) -> str:
    """Take out what only our own marks of gaps may be made of."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _split(text: str) -> tuple[str, str]:
    """Split the lines before the first gap from the text that has them."""
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if _MARKED.search(line)), 0)
    return "\n".join(lines[:first]).strip(), "\n".join(lines[first:]).strip()


def read_gaps(source: Source) -> Found:
    """Read a text with `[[1]]` for its words, to choose or to drag."""
    is_dragged = source.element.get("type") == "ddwtos"
    text = source.text_of(
        "questiontext", lambda html: PLACE.sub(lambda m: f"{_OPEN}{m[1]}{_CLOSE}", _unmarked(html))
    )
    boxes = source.element.findall("dragbox" if is_dragged else "selectoption")
    words = []
    for box in boxes:
        written = unescape(_TAG.sub("", box.findtext("text") or ""))
        group = number((box.findtext("group") or "1").strip(), line_of(box), "group")
        words.append({"text": " ".join(written.split()), "group": int(group)})
    payload: dict[str, object] = {
        "type": "drag_words" if is_dragged else "gap_select",
        "stem": _MARKED.sub(r"[[\1]]", text),
        "words": words,
    }
    if is_dragged:
        payload["reuse"] = any(box.find("infinite") is not None for box in boxes)
    return payload, [line_of(box) for box in boxes]


# Writing -------------------------------------------------------------------------------------


def whole_text(question: Question) -> str:
    """Join what introduces a text and the text itself, gaps marked for `with_codes`."""
    text = str(getattr(question, "text", ""))
    if not text:
        return question.stem
    is_bare = question.stem == with_dots(text)
    whole = _unmarked(text if is_bare else f"{question.stem}\n\n{text}")
    if isinstance(question, Cloze):
        return PLACE.sub(lambda m: f"{_OPEN}{m[1]}{_CLOSE}", whole)
    return whole


def with_codes(question: Question, html: str) -> str:
    """Put the codes of a cloze's gaps into its HTML, already escaped for XML."""
    if not isinstance(question, Cloze):
        return html
    return _MARKED.sub(lambda m: _in_html(code(question.gaps[int(m[1]) - 1])), html)


def _in_html(text: str) -> str:
    """Escape once for the HTML and once for the XML around it."""
    for _ in range(2):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def code(gap: Gap) -> str:
    """Write a gap as Moodle does."""
    return f"{{{gap.weight}:{_name(gap)}:{'~'.join(_pieces(gap.question))}}}"


def _name(gap: Gap) -> str:
    question = gap.question
    if isinstance(question, ShortAnswer):
        return "SHORTANSWER_C" if question.sameness.case else "SHORTANSWER"
    if isinstance(question, Numerical):
        return "NUMERICAL"
    look = {Look.LIST: "", Look.VERTICAL: "V", Look.HORIZONTAL: "H"}[gap.look]
    if isinstance(question, SingleChoice):
        return f"MULTICHOICE_{look}{'S' if gap.shuffle else ''}".rstrip("_")
    look = "" if gap.look is Look.VERTICAL else look
    return f"MULTIRESPONSE_{look}{'S' if gap.shuffle else ''}".rstrip("_")


def _pieces(question: Question) -> Iterator[str]:
    if isinstance(question, ShortAnswer):
        for answer in question.answers:
            yield _piece(answer.text, answer.fraction, answer.feedback)
    elif isinstance(question, SingleChoice | MultipleChoice):
        for option in question.options:
            yield _piece(markdown_to_plain(option.text), option.fraction, option.feedback)
    elif isinstance(question, Numerical):
        for each in question.answers:
            reach = each.tolerance
            if each.tolerance_kind is ToleranceKind.RELATIVE:
                reach = rounded(abs(each.value) * reach, 12)
            value = f"{number_text(each.value)}:{number_text(reach)}"
            yield _piece(value, each.fraction, each.feedback)
        if question.other_feedback:
            yield _piece("*", Decimal(0), question.other_feedback)


def _piece(text: str, fraction: Decimal, feedback: str) -> str:
    sign = "=" if fraction == ONE else f"%{number_text(fraction.scaleb(2))}%" if fraction else ""
    said = f"#{_escaped(markdown_to_plain(feedback))}" if feedback else ""
    return f"{sign}{_escaped(text)}{said}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\}#~])", r"\\\1", text)
