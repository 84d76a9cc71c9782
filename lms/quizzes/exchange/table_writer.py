"""Writing the table of questions: no cell can become a formula, and reading gives all back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lms.quizzes.exchange import table_columns as columns
from lms.quizzes.exchange.gift_file import write_gift_questions
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
)
from lms.quizzes.exchange.table_file import STATUS_WORDS, TYPE_WORDS
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.numerical.rules import Numerical, ToleranceKind
from lms.quizzes.question_types.numerical.units import NO_UNITS
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE, ZERO, Question
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx

LONGEST_CELL = 32_000  # what a spreadsheet can hold, less the mark against formulas
MOST_COLUMNS = 100
_MOST_DIGITS = 12  # more would not come back from a spreadsheet as they were
_TITLES = ("Questions", "Întrebări")
_WRAPPED = {"question", "general_feedback", "other_feedback", "option", "pair", "feedback"}

_Key = tuple[str, int | None]
_Values = dict[_Key, Cell]


def write_questions_xlsx(questions: Iterable[ReadQuestion], *, language: str = "en") -> Written:
    """Write a workbook of one sheet."""
    at = 1 if language == "ro" else 0
    keys, rows, problems = _table(questions, at)
    headed = [
        Column(columns.heading(*key, language=at), 40 if key[0] in _WRAPPED else None, wraps=True)
        for key in keys
    ]
    return Written(write_xlsx(_TITLES[at], headed, rows), tuple(problems))


def write_questions_csv(questions: Iterable[ReadQuestion], *, language: str = "en") -> Written:
    """Write a CSV file that a Romanian spreadsheet opens with a double click."""
    at = 1 if language == "ro" else 0
    keys, rows, problems = _table(questions, at)
    return Written(
        write_csv([columns.heading(*k, language=at) for k in keys], rows), tuple(problems)
    )


def _table(
    questions: Iterable[ReadQuestion], language: int
) -> tuple[list[_Key], list[list[Cell]], list[Problem]]:
    problems: list[Problem] = []
    kept = []
    for read in questions:
        values = _values(read, language, problems)
        if values is not None:
            kept.append(values)
    used = {key for values in kept for key, cell in values.items() if cell not in {None, ""}}
    keys: list[_Key] = [
        (k, None) for k in columns.SINGLE if (k, None) in used or k in columns.ALWAYS
    ]
    keys += [
        (k, at) for at in range(len(columns.LETTERS)) for k in columns.REPEATED if (k, at) in used
    ]
    return keys, [[values.get(key) for key in keys] for values in kept], problems


def _values(read: ReadQuestion, language: int, problems: list[Problem]) -> _Values | None:
    question = read.question
    if question is None:
        return None
    name = read.name or read.id
    values: _Values = {
        ("id", None): read.id,
        ("type", None): TYPE_WORDS.get(question.type, (question.type,) * 2)[language],
        ("name", None): read.name,
        ("category", None): read.category,
        ("question", None): question.stem,
        ("marks", None): _number(question.marks) if question.marks != ONE else None,
        ("general_feedback", None): question.general_feedback,
        ("tags", None): "; ".join(read.tags),
        ("facts", None): "; ".join(read.facts),
        ("lesson", None): read.lesson,
        ("slot", None): read.slot,
    }
    if read.status != "published":
        values["status", None] = STATUS_WORDS[read.status][language]
    write = _as_gift if _is_beyond(question) else _TYPES.get(question.type, _as_gift)
    values |= dict(write(question))
    if read.files:
        problems.append(left_out(read.line, name, Lost.PICTURE))
    too_long = any(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in values.values())
    if too_long or len(values) > MOST_COLUMNS:
        problems.append(not_supported(read.line, name, f"{question.type} > {MOST_COLUMNS}"))
        return None
    return values


def _number(number: Decimal) -> Cell:
    written = number_text(number)
    return number if len(written.strip("-0.")) <= _MOST_DIGITS else written


def _percent(fraction: Decimal) -> Cell:
    return _number(Decimal(number_text(fraction.scaleb(2))))


def _choice(question: SingleChoice | MultipleChoice) -> Iterator[tuple[_Key, Cell]]:
    options = question.options
    right = [at for at, option in enumerate(options) if option.fraction > ZERO]
    if isinstance(question, SingleChoice):
        right = [at for at in right if options[at].fraction == ONE]
    elif question.scoring is not Scheme.SUM_OF_FRACTIONS:
        yield ("scoring", None), str(question.scoring)
    yield ("correct", None), ", ".join(columns.letter(at) for at in right)
    usual = ONE if isinstance(question, SingleChoice) else round(ONE / len(right), 7)
    for at, option in enumerate(options):
        yield ("option", at), option.text
        yield ("feedback", at), option.feedback
        if option.fraction != (usual if at in right else ZERO):
            yield ("percent", at), _percent(option.fraction)


def _true_false(question: TrueFalse) -> Iterator[tuple[_Key, Cell]]:
    yield ("correct", None), "TRUE" if question.answer else "FALSE"
    yield ("feedback", 0), question.feedback_true
    yield ("feedback", 1), question.feedback_false


def _matching(question: Matching) -> Iterator[tuple[_Key, Cell]]:
    texts = {answer.id: answer.text for answer in question.answers}
    for at, stem in enumerate(question.stems):
        yield ("option", at), stem.text
        yield ("pair", at), texts[stem.answer]
        yield ("feedback", at), stem.feedback
    used = {stem.answer for stem in question.stems}
    extra = [text for key, text in texts.items() if key not in used]
    for at, text in enumerate(extra, start=len(question.stems)):
        yield ("pair", at), text


def _numerical(question: Numerical) -> Iterator[tuple[_Key, Cell]]:
    yield ("unit", None), question.unit
    yield ("other_feedback", None), question.other_feedback
    for at, answer in enumerate(question.answers):
        yield ("option", at), _number(answer.value)
        yield ("feedback", at), answer.feedback
        if answer.fraction != ONE:
            yield ("percent", at), _percent(answer.fraction)
        if answer.tolerance_kind is ToleranceKind.RELATIVE:
            yield ("tolerance", at), f"{number_text(answer.tolerance.scaleb(2))}%"
        elif answer.tolerance:
            yield ("tolerance", at), _number(answer.tolerance)


def _is_beyond(question: Question) -> bool:
    """Say whether a question has more than the columns hold: hints, units that convert …"""
    if question.hints:
        return True
    if not isinstance(question, Numerical):
        return False
    kinds = {answer.tolerance_kind for answer in question.answers}
    return question.units != NO_UNITS or ToleranceKind.GEOMETRIC in kinds


def _as_gift(question: Question) -> Iterator[tuple[_Key, Cell]]:
    """Write a type that has no columns of its own as in a quiz file."""
    plain = ReadQuestion(question=replace(question, marks=ONE), id="q")
    written = write_gift_questions([plain]).data.decode()
    yield ("gift", None), written.strip().removeprefix("// [id:q]\n")


_TYPES: Mapping[str, Callable[[Any], Iterator[tuple[_Key, Cell]]]] = MappingProxyType(
    {
        "single_choice": _choice,
        "multiple_choice": _choice,
        "true_false": _true_false,
        "matching": _matching,
        "numerical": _numerical,
    }
)
