"""A list of answers: which column holds which question, and what a cell answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from lms.entry.indicator_sets import REFUSED, IndicatorSet, Kind, Option, Question
from lms.people_names import fold


class Key(StrEnum):
    """Columns beside the questions."""

    SIGN_IN_NAME = "sign_in_name"
    EMAIL = "email"
    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    ENTERED_ON = "entered_on"
    NUMBER = "national_number"


_HEADINGS: Mapping[Key, tuple[str, ...]] = MappingProxyType(
    {
        Key.SIGN_IN_NAME: ("nume de utilizator", "nume de intrare", "sign in name", "utilizator"),
        Key.EMAIL: ("e mail", "email", "adresa de e mail", "mail"),
        Key.FAMILY_NAME: ("nume", "nume de familie", "family name", "last name"),
        Key.GIVEN_NAMES: ("prenume", "given names", "first name"),
        Key.ENTERED_ON: ("data intrarii", "ziua intrarii", "day of entry", "data completarii"),
        Key.NUMBER: ("cnp", "cod numeric personal", "national number"),
    }
)
_REFUSALS = frozenset(
    {
        *("refused", "refuz", "refuz sa raspund", "nu doresc sa raspund", "nu raspunde"),
        *("i d rather not say", "id rather not say", "prefer not to say"),
        "i prefer not to say",
    }
)


def squeezed(text: str) -> str:
    """Keep words of letters and figures only, folded: people write in many ways."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


class CellFault(StrEnum):
    """What is wrong with a cell."""

    UNKNOWN_ANSWER = "unknown_answer"
    NOT_A_DATE = "not_a_date"


@dataclass(frozen=True)
class Wrong:
    """A cell that can't be read: its column's question or key, and what stands in it."""

    column: str
    fault: CellFault
    text: str


@dataclass(frozen=True)
class AnswerRow:
    """One row: whose it is, what it answers, and what can't be read."""

    number: int
    keys: Mapping[Key, str]
    answers: Mapping[str, str]
    entered_on: date | None
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Where everything stands; `ignored` are headings that name nothing here."""

    keys: Mapping[Key, int]
    questions: Mapping[str, int]
    ignored: tuple[str, ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        """Whether rows can be told apart and answer anything."""
        named = {Key.FAMILY_NAME, Key.GIVEN_NAMES} <= self.keys.keys()
        return bool(self.questions and (named or {Key.SIGN_IN_NAME, Key.EMAIL} & self.keys.keys()))


def columns_of(headings: Sequence[str], asked: IndicatorSet) -> Columns:
    """Recognise headings in either language; the first of two alike counts."""
    by_key = {name: key for key, names in _HEADINGS.items() for name in names}
    by_question = {
        squeezed(name): question.id
        for question in asked.questions
        for name in (question.id, *question.label.values())
    }
    keys: dict[Key, int] = {}
    questions: dict[str, int] = {}
    ignored = []
    for position, heading in enumerate(headings):
        name = squeezed(heading)
        if name in by_question:
            questions.setdefault(by_question[name], position)
        elif name in by_key:
            keys.setdefault(by_key[name], position)
        elif heading.strip():
            ignored.append(heading)
    return Columns(keys, questions, tuple(ignored))


def read_row(number: int, cells: Sequence[str], columns: Columns, asked: IndicatorSet) -> AnswerRow:
    """Read one row; an empty cell answers nothing."""

    def cell(position: int) -> str:
        return cells[position].strip() if position < len(cells) else ""

    wrong: list[Wrong] = []
    answers: dict[str, str] = {}
    for question_id, position in columns.questions.items():
        text = cell(position)
        if not text:
            continue
        value = answer_in(text, asked.by_id[question_id])
        if value is None:
            wrong.append(Wrong(question_id, CellFault.UNKNOWN_ANSWER, text[:60]))
        else:
            answers[question_id] = value
    keys = {key: text for key, position in columns.keys.items() if (text := cell(position))}
    entered_on = None
    if written := keys.get(Key.ENTERED_ON):
        entered_on = day_in(written)
        if entered_on is None:
            wrong.append(Wrong(Key.ENTERED_ON, CellFault.NOT_A_DATE, written[:60]))
    return AnswerRow(number, keys, answers, entered_on, tuple(wrong))


def answer_in(text: str, question: Question) -> str | None:
    """Return the answer that a cell gives; None where it gives none of the question's."""
    if question.may_refuse and squeezed(text) in _REFUSALS:
        return REFUSED
    if question.kind is Kind.BIRTH and (day := day_in(text)) is not None:
        return day.isoformat()
    wanted = squeezed(text)
    found = [o.id for o in question.options if wanted in set(_names_of(o))]
    return found[0] if len(found) == 1 else None


def _names_of(option: Option) -> Iterator[str]:
    """Yield what an option may be called: its id, its words, and what they have in brackets."""
    yield squeezed(option.id)
    for label in option.label.values():
        yield squeezed(label)
        yield squeezed(re.sub(r"\(.*?\)", " ", label))
        for inside in re.findall(r"\((.*?)\)", label):
            yield squeezed(inside)
            if digits := re.fullmatch(r"isced (\d)", squeezed(inside)):
                yield digits[1]


_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})[./ -](?P<m>\d{1,2})[./ -](?P<y>\d{4})", re.ASCII),
)


def day_in(text: str) -> date | None:
    """Read a day written the Romanian way or as spreadsheets store it."""
    for pattern in _DATES:
        if found := pattern.fullmatch(text.strip()):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
