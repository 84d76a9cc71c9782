"""Cloze in a quiz file: the text with its gaps, `{1:SA:=Iași~%50%Iasi}`, and `[type:cloze]`.

The gaps are written as in Moodle. Empty braces end the lines that only introduce the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from lms.quizzes.exchange.gift_answers import Texts, Unreadable
from lms.quizzes.exchange.gift_forms import (
    Source,
    Written,
    escape,
    feedback_part,
    text_part,
    weight,
)
from lms.quizzes.exchange.gift_syntax import Passage, RawQuestion, hide_escapes, restore
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.question_types.choices import Option
from lms.quizzes.question_types.cloze.rules import NAME, Cloze, Gap, Look
from lms.quizzes.question_types.gap_text import PLACE, split_lead, with_dots
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.numerical.rules import Numerical, ToleranceKind
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE, ZERO
from lms.quizzes.question_types.short_answer.rules import ShortAnswer
from lms.quizzes.question_types.single_choice.rules import SingleChoice

KEYS = frozenset({"diacritics"})
WORDS: frozenset[str] = frozenset()

_GAP = re.compile(r"\{([^{}]*)\}")
_INSIDE = re.compile(r"\s*(\d{1,3})?\s*:\s*([A-Za-z_]{2,20})\s*:(.*)", re.DOTALL | re.ASCII)
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,10})?)%", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_LOOKS = {"": Look.LIST, "V": Look.VERTICAL, "H": Look.HORIZONTAL}


def read(source: Source) -> dict[str, object]:
    """Read text and gaps."""
    stem, _, rest = source.body.text.rpartition("{}")
    text, gaps = _apart(source, rest, len(source.body.text) - len(rest))
    if not stem.strip() and "{}" not in source.body.text:
        stem, text = split_lead(text)
    markdown = source.texts.markdown
    return {
        "type": NAME,
        "stem": markdown(stem),
        "text": markdown(text),
        "gaps": gaps,
        "plain_letters": source.choice("diacritics", "any", "exact") == "any",
    }


def _apart(source: Source, rest: str, offset: int) -> tuple[str, list[dict[str, object]]]:
    """Take gaps out of a text, escapes still hidden, and leave their numbers in it."""
    gaps: list[dict[str, object]] = []
    texts: list[str] = []
    last = 0
    for match in _GAP.finditer(rest):
        line = source.body.line_at(offset + match.start())
        gaps.append(_gap(source, match[1], line))
        texts += [rest[last : match.start()], f"[[{len(gaps)}]]"]
        last = match.end()
    return "".join([*texts, rest[last:]]), gaps


def read_text(written: str) -> tuple[str, list[dict[str, object]]]:
    """Read a text with its gaps as a person writes it; raise `Unreadable`."""
    hidden = hide_escapes(written)
    body = Passage(hidden, tuple(range(1, hidden.count("\n") + 2)))
    source = Source(RawQuestion(1, (), "", "", "", "", "", body), body, Texts(""), {})
    text, gaps = _apart(source, hidden, 0)
    return restore(text), gaps


def text_with_gaps(question: Cloze) -> str:
    """Write a text with its gaps in their places."""
    pieces = iter(PLACE.split(question.text))
    text = [escape(next(pieces))]
    for number in pieces:
        text += [_written(question.gaps[int(number) - 1]), escape(next(pieces))]
    return "".join(text)


def _gap(source: Source, written: str, line: int) -> dict[str, object]:
    found = _INSIDE.fullmatch(written)
    if found is None:
        raise Unreadable(ProblemKind.BAD_ANSWERS, line, restore(written)[:40])
    kind = _kind(found[2].upper())
    if kind is None:
        raise Unreadable(ProblemKind.NOT_SUPPORTED, line, found[2])
    gap: dict[str, object] = {**kind, "weight": found[1] or "1"}
    pieces = [_piece(source, piece, line) for piece in found[3].removeprefix("~").split("~")]
    if kind["kind"] == "numerical":
        gap |= _numbers(pieces, line)
    elif kind["kind"] == "short_answer":
        gap["answers"] = [
            {"text": source.plain(text), "fraction": fraction, "feedback": feedback}
            for text, fraction, feedback in pieces
        ]
    else:
        if kind["kind"] == "multiple_choice":
            pieces = _spread(pieces)
        gap["options"] = [
            {"text": source.texts.markdown(text), "fraction": fraction, "feedback": feedback}
            for text, fraction, feedback in pieces
        ]
    return gap


_Piece = tuple[str, str, str]  # text, fraction, feedback


def _piece(source: Source, written: str, line: int) -> _Piece:
    text, _, feedback = written.strip().partition("#")
    fraction = ZERO
    if text.startswith("="):
        fraction, text = ONE, text[1:]
    if found := _WEIGHT.match(text):
        fraction, text = Decimal(found[1]).scaleb(-2), text[found.end() :].removeprefix("=")
    if not text.strip():
        raise Unreadable(ProblemKind.BAD_ANSWERS, line, restore(written)[:40])
    return text.strip(), number_text(fraction), source.texts.markdown(feedback)


def _spread(pieces: list[_Piece]) -> list[_Piece]:
    """Share the whole between the options marked as right, where each was given all of it."""
    whole = [piece for piece in pieces if Decimal(piece[1]) == ONE]
    if len(whole) < 2:
        return pieces
    part = Fraction(1, len(whole))
    share = number_text((Decimal(part.numerator) / part.denominator).quantize(Decimal("1e-7")))
    return [(t, share if Decimal(f) == ONE else f, fb) for t, f, fb in pieces]


def _numbers(pieces: list[_Piece], line: int) -> dict[str, object]:
    answers, other = [], ""
    for text, fraction, feedback in pieces:
        if text == "*":
            other = feedback
            continue
        value, _, reach = restore(text).partition(":")
        percent = reach.strip().endswith("%")
        is_geometric = percent and reach.strip().startswith("/")
        reach = reach.strip().removesuffix("%").removeprefix("/" if is_geometric else "") or "0"
        if not (_NUMBER.fullmatch(value.strip()) and _NUMBER.fullmatch(reach)):
            raise Unreadable(ProblemKind.BAD_ANSWERS, line, restore(text)[:40])
        answers.append(
            {
                "value": value.strip(),
                "tolerance": f"{reach}e-2" if percent else reach,
                "tolerance_kind": "geometric" if is_geometric else _kind_of(percent),
                "fraction": fraction,
                "feedback": feedback,
            }
        )
    return {"answers": answers, "other_feedback": other}


def _kind_of(percent: bool) -> str:
    return "relative" if percent else "nominal"


def _kind(name: str) -> dict[str, object] | None:
    """Read a gap's type name, the short forms and the long."""
    name = name.replace("MULTICHOICE", "MC").replace("MULTIRESPONSE", "MR").replace("_", "")
    if name in ("SA", "SHORTANSWER", "MW", "SAC", "SHORTANSWERC", "MWC"):
        return {"kind": "short_answer", "case": name.endswith("C")}
    if name in ("NM", "NUMERICAL"):
        return {"kind": "numerical"}
    start, rest = name[:2], name[2:]
    shuffle, look = rest.endswith("S"), rest.removesuffix("S")
    if start in ("MC", "MR") and look in _LOOKS:
        kind = "single_choice" if start == "MC" else "multiple_choice"
        return {"kind": kind, "look": _LOOKS[look], "shuffle": shuffle}
    return None


def write(question: Cloze) -> Written:
    """Write the text with its gaps in their places."""
    is_bare = question.stem == with_dots(question.text)
    stem = "{}" if is_bare else f"{text_part(question.stem)} {{}}"
    general = f"####{text_part(question.general_feedback)}" if question.general_feedback else ""
    keys = [("diacritics", "any")] if question.plain_letters else []
    return Written(None, keys, stem=f"{stem}{text_with_gaps(question)}{general}")


def _written(gap: Gap) -> str:
    return f"{{{gap.weight}:{_name(gap)}:{'~'.join(_pieces(gap))}}}"


def _name(gap: Gap) -> str:
    question = gap.question
    if isinstance(question, ShortAnswer):
        return "SAC" if question.sameness.case else "SA"
    if isinstance(question, Numerical):
        return "NM"
    start = "MC" if isinstance(question, SingleChoice) else "MR"
    look = {Look.LIST: "", Look.VERTICAL: "V", Look.HORIZONTAL: "H"}[gap.look]
    return f"{start}{look}{'S' if gap.shuffle else ''}"


def _pieces(gap: Gap) -> Iterator[str]:
    question = gap.question
    if isinstance(question, ShortAnswer):
        for answer in question.answers:
            yield _one(text_part(answer.text), answer.fraction, answer.feedback)
    elif isinstance(question, Numerical):
        for number in question.answers:
            percent = number.tolerance_kind is not ToleranceKind.NOMINAL
            reach = number_text(number.tolerance.scaleb(2) if percent else number.tolerance)
            lead = "/" if number.tolerance_kind is ToleranceKind.GEOMETRIC else ""
            value = f"{number_text(number.value)}:{lead}{reach}{'%' if percent else ''}"
            yield _one(value, number.fraction, number.feedback)
        if question.other_feedback:
            yield f"*{feedback_part(question.other_feedback)}"
    elif isinstance(question, SingleChoice | MultipleChoice):
        yield from map(_option, question.options)


def _option(option: Option) -> str:
    return _one(text_part(option.text), option.fraction, option.feedback)


def _one(text: str, fraction: Decimal, feedback: str) -> str:
    sign = "=" if fraction == ONE else weight(fraction)
    if not fraction and text[:1] not in "%":
        sign = ""
    return f"{sign}{text}{feedback_part(feedback)}"
