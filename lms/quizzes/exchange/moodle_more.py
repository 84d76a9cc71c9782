"""Further types in Moodle XML: essays, information, orders and four statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from lms.quizzes.exchange.moodle_calculated import read_calculated
from lms.quizzes.exchange.moodle_gaps import read_cloze, read_gaps
from lms.quizzes.exchange.moodle_pictures import (
    read_labels,
    read_markers,
    write_labels,
    write_markers,
)
from lms.quizzes.exchange.moodle_types import Found, Source, Unusable, number
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.quizzes.exchange.text_formats import markdown_to_plain
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.cloze.rules import Cloze
from lms.quizzes.question_types.description.rules import Description
from lms.quizzes.question_types.drag_words.rules import DragWords
from lms.quizzes.question_types.essay.rules import Essay
from lms.quizzes.question_types.essay.rules import Format as EssayFormat
from lms.quizzes.question_types.gap_select.rules import Gaps
from lms.quizzes.question_types.kprim.rules import Kprim
from lms.quizzes.question_types.ordering.rules import Ordering, Pick
from lms.quizzes.question_types.ordering.schemes import OrderScheme

_FEWEST_LINES, _MOST_LINES = 2, 40
_GRADING = {
    OrderScheme.ALL_OR_NOTHING: "ALL_OR_NOTHING",
    OrderScheme.ABSOLUTE_POSITION: "ABSOLUTE_POSITION",
    OrderScheme.NEXT_WITHOUT_LAST: "RELATIVE_NEXT_EXCLUDE_LAST",
    OrderScheme.NEXT_WITH_LAST: "RELATIVE_NEXT_INCLUDE_LAST",
    OrderScheme.ONE_PREVIOUS_AND_NEXT: "RELATIVE_ONE_PREVIOUS_AND_NEXT",
    OrderScheme.ALL_PREVIOUS_AND_NEXT: "RELATIVE_ALL_PREVIOUS_AND_NEXT",
    OrderScheme.LONGEST_ORDERED: "LONGEST_ORDERED_SUBSET",
    OrderScheme.LONGEST_CONTIGUOUS: "LONGEST_CONTIGUOUS_SUBSET",
    OrderScheme.RELATIVE_TO_CORRECT: "RELATIVE_TO_CORRECT",
}
# Moodle's questions hold the number of the scheme, its files in some versions too.
_NUMBERED = {str(number): name for number, name in enumerate(_GRADING.values(), start=-1)}


# Reading -------------------------------------------------------------------------------------


def _word(source: Source, tag: str) -> str:
    return (source.element.findtext(tag) or "").strip()


def _essay(source: Source) -> Found:
    if _word(source, "attachments") not in {"", "0"}:
        source.lose(Lost.MEDIA, "attachments")
    lines = source.number("responsefieldlines", "10")
    assert lines is not None
    template = source.text_of("responsetemplate")
    return {
        "type": "essay",
        "format": "mono" if _word(source, "responseformat") == "monospaced" else "plain",
        "lines": min(_MOST_LINES, max(_FEWEST_LINES, int(lines))),
        "min_words": _words_limit(source, "minwordlimit"),
        "max_words": _words_limit(source, "maxwordlimit"),
        "template": markdown_to_plain(template) if template else "",
        "notes": source.text_of("graderinfo"),
    }, []


def _words_limit(source: Source, tag: str) -> int | None:
    limit = source.number(tag, "")
    return int(limit) if limit else None


def _description(_source: Source) -> Found:
    return {"type": "description"}, []


def _ordering(source: Source) -> Found:
    picks = {"ALL": Pick.ALL, "RANDOM": Pick.RANDOM, "CONTIGUOUS": Pick.CONTIGUOUS}
    numbers = {"0": "ALL", "1": "RANDOM", "2": "CONTIGUOUS"}
    select = _word(source, "selecttype") or "ALL"
    pick = picks.get(numbers.get(select, select), Pick.ALL)
    grading = _word(source, "gradingtype") or "ABSOLUTE_POSITION"
    grading = _NUMBERED.get(grading, grading)
    scheme = next((s for s, name in _GRADING.items() if name == grading), None)
    if scheme is None:
        source.lose(Lost.SCORING, grading[:40])
    count = source.number("selectcount", "0")
    answers = source.answers()
    wanted = min(int(count or 0), len(answers)) or len(answers)
    return {
        "type": "ordering",
        "items": [{"text": source.text(answer)} for answer in answers],
        "scoring": (scheme or OrderScheme.ABSOLUTE_POSITION).value,
        "pick": pick.value,
        "count": None if pick is Pick.ALL else wanted,
    }, [line_of(answer) for answer in answers]


def _kprime(source: Source) -> Found:
    if (method := _word(source, "scoringmethod")) not in {"", "kprime"}:
        source.lose(Lost.SCORING, method[:40])
    weights: dict[str, str] = {}
    for weight in source.element.findall("weight"):
        if number(weight.findtext("value") or "0", line_of(weight), "weight") > 0:
            weights[weight.get("rownumber", "")] = weight.get("columnnumber", "")
    rows = source.element.findall("row")
    statements = []
    for row in rows:
        column = weights.get(row.get("number", ""))
        option, said = row.find("optiontext"), row.find("feedbacktext")
        if column not in {"1", "2"} or option is None:
            raise Unusable(ProblemKind.BAD_ANSWERS, line_of(row))
        statements.append(
            {
                "text": source.text(option),
                "is_true": column == "1",
                "feedback": source.text(said) if said is not None else "",
            }
        )
    return {"type": "kprim", "statements": statements}, [line_of(row) for row in rows]


READERS: Mapping[str, Callable[[Source], Found]] = MappingProxyType(
    {
        "essay": _essay,
        "description": _description,
        "ordering": _ordering,
        "kprime": _kprime,
        "cloze": read_cloze,
        "multianswer": read_cloze,
        "gapselect": read_gaps,
        "ddwtos": read_gaps,
        "calculated": read_calculated,
        "ddimageortext": read_labels,
        "ddmarker": read_markers,
        "calculatedsimple": read_calculated,
    }
)


# Writing -------------------------------------------------------------------------------------


class Writer(Protocol):
    """What the writer of a question offers."""

    def text(self, tag: str, markdown: str, attributes: str = "", inner: str = "") -> str:
        """Write a text with its pictures."""

    def escaped(self, text: str) -> str:
        """Escape a text for XML."""

    def lose(self, what: Lost, detail: str = "") -> None:
        """Remember what Moodle has no place for."""


def _write_essay(writer: Writer, question: Essay) -> Iterator[str]:
    mono = question.format is EssayFormat.MONO
    yield f"<responseformat>{'monospaced' if mono else 'plain'}</responseformat>\n"
    yield "<responserequired>1</responserequired>\n"
    yield f"<responsefieldlines>{question.lines}</responsefieldlines>\n"
    yield f"<minwordlimit>{question.min_words or ''}</minwordlimit>\n"
    yield f"<maxwordlimit>{question.max_words or ''}</maxwordlimit>\n"
    yield "<attachments>0</attachments><attachmentsrequired>0</attachmentsrequired>\n"
    yield writer.text("graderinfo", question.notes)
    template = writer.escaped(question.template)
    yield f'<responsetemplate format="plain_text"><text>{template}</text></responsetemplate>\n'
    if question.rubric:
        writer.lose(Lost.RUBRIC)


def _nothing(_writer: Writer, _question: Description) -> Iterator[str]:
    yield ""


def _write_ordering(writer: Writer, question: Ordering) -> Iterator[str]:
    yield "<layouttype>VERTICAL</layouttype>\n"
    yield f"<selecttype>{question.pick.value.upper()}</selecttype>\n"
    yield f"<selectcount>{question.count or 0}</selectcount>\n"
    yield f"<gradingtype>{_GRADING[question.scoring]}</gradingtype>\n"
    for at, item in enumerate(question.items, start=1):
        yield writer.text("answer", item.text, f' fraction="{at}"')


def _write_kprim(writer: Writer, question: Kprim) -> Iterator[str]:
    yield "<scoringmethod>kprime</scoringmethod><shuffleanswers>true</shuffleanswers>\n"
    yield "<numberofrows>4</numberofrows><numberofcolumns>2</numberofcolumns>\n"
    for at, each in enumerate(question.statements, start=1):
        inner = writer.text("optiontext", each.text) + writer.text("feedbacktext", each.feedback)
        yield f'<row number="{at}">{inner}</row>\n'
    for at, word in enumerate(("Adevărat", "Fals"), start=1):
        yield (
            f'<column number="{at}"><responsetext format="moodle_auto_format">'
            f"<text>{word}</text></responsetext></column>\n"
        )
    for at, each in enumerate(question.statements, start=1):
        for column, is_right in ((1, each.is_true), (2, not each.is_true)):
            yield (
                f'<weight rownumber="{at}" columnnumber="{column}">'
                f"<value>{int(is_right)}</value></weight>\n"
            )


def _write_gaps(writer: Writer, question: Gaps) -> Iterator[str]:
    yield "<shuffleanswers>1</shuffleanswers>\n"
    is_dragged = isinstance(question, DragWords)
    tag = "dragbox" if is_dragged else "selectoption"
    again = "<infinite/>" if isinstance(question, DragWords) and question.reuse else ""
    for word in question.words:
        text = f"<text>{writer.escaped(word.text)}</text><group>{word.group}</group>{again}"
        yield f"<{tag}>{text}</{tag}>\n"


def _write_cloze(writer: Writer, question: Cloze) -> Iterator[str]:
    if question.plain_letters:
        writer.lose(Lost.DIACRITICS)
    yield ""


WRITERS: Mapping[str, tuple[str, Callable[[Any, Any], Iterator[str]]]] = MappingProxyType(
    {
        "essay": ("essay", _write_essay),
        "description": ("description", _nothing),
        "ordering": ("ordering", _write_ordering),
        "kprim": ("kprime", _write_kprim),
        "cloze": ("cloze", _write_cloze),
        "gap_select": ("gapselect", _write_gaps),
        "drag_words": ("ddwtos", _write_gaps),
        "picture_labels": ("ddimageortext", write_labels),
        "picture_markers": ("ddmarker", write_markers),
    }
)
