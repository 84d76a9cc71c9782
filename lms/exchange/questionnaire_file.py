"""A course's questionnaire read from its file, every fault with its line."""

from __future__ import annotations

import re

from lms.exchange.problems import Problem, Reason
from lms.exchange.yaml_lines import Fields, Sink, compose
from lms.surveys.questions import (
    LEAST,
    MOST,
    WIDEST_SCALE,
    Option,
    Question,
    QuestionKind,
    Questionnaire,
)

FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.yaml", re.ASCII)
MOST_QUESTIONS, MOST_OPTIONS = 40, 20
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", re.ASCII)
_QUESTION_ID = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_LABEL = 300


def read_questionnaire(path: str, text: str, problems: list[Problem]) -> tuple[Questionnaire, int]:
    """Read a questionnaire and the line of its id; what is wrong is added to the problems."""
    sink = Sink(path, problems)
    fields = Fields.of(compose(text, sink), sink)
    questions = [_question(each) for each in fields.each("questions")]
    _refuse_doubles(fields, [q.id for q in questions], MOST_QUESTIONS)
    questionnaire = Questionnaire(
        id=fields.identifier("id", _ID),
        title=fields.words("title", limit=255),
        intro=fields.words("intro", required=False, limit=2000),
        questions=tuple(questions),
    )
    line = fields.line_of("id")
    fields.close()
    return questionnaire, line


def _refuse_doubles(fields: Fields, ids: list[str], most: int, key: str = "questions") -> None:
    named = [i for i in ids if i]
    if not 1 <= len(ids) <= most:
        fields.wrong(key, Reason.OUT_OF_RANGE)
    if len(set(named)) < len(named):
        fields.sink.add(
            fields.line_of(key),
            Reason.DUPLICATE_ENTRY,
            next(i for i in named if named.count(i) > 1),
        )


def _question(fields: Fields) -> Question:
    kind = _kind(fields)
    question_id = fields.identifier("id", _QUESTION_ID)
    least, most, low, high = LEAST, MOST, {}, {}
    options: tuple[Option, ...] = ()
    if kind is QuestionKind.SCALE:
        least = fields.whole("least", least=0, most=1, default=LEAST)
        most = fields.whole("most", least=2, most=WIDEST_SCALE - 1, default=MOST)
        low, high = fields.words("low", limit=_LABEL), fields.words("high", limit=_LABEL)
    elif kind is QuestionKind.CHOICE:
        options = _options(fields)
    question = Question(
        id=question_id,
        kind=kind or QuestionKind.TEXT,
        label=fields.words("label", limit=_LABEL),
        is_required=fields.flag("required", default=True),
        hint=_optional(fields, "hint"),
        section=_optional(fields, "section"),
        least=least,
        most=most,
        low=low,
        high=high,
        options=options,
    )
    if kind is not None:
        fields.close()
    return question


def _kind(fields: Fields) -> QuestionKind | None:
    written = fields.short("kind")
    try:
        return QuestionKind(written)
    except ValueError:
        if written:
            fields.wrong("kind")
        return None


def _optional(fields: Fields, key: str) -> dict[str, str]:
    words = fields.words(key, required=False, limit=_LABEL)
    return words if any(words.values()) else {}


def _options(fields: Fields) -> tuple[Option, ...]:
    options = []
    for each in fields.each("options"):
        label = each.words("label", limit=_LABEL)
        options.append(Option(each.identifier("id", _QUESTION_ID), label))
        each.close()
    if "options" in fields.nodes:
        _refuse_doubles(fields, [o.id for o in options], MOST_OPTIONS, "options")
    return tuple(options)
