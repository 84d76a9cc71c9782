"""The registry by which quizzes, forms and later kinds become items of a course.

A provider lives above this package and registers itself; courses ask it without knowing it. It
says what there is to do (in a module, before the first or after the last), and adds one SELECT to
the single statement by which a page learns how somebody stands with all of it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from lms import db
from lms.courses.completion import Edge
from lms.courses.tries import Tries
from lms.db import ScaledDecimal, UtcDateTime

__all__ = ["Activity", "ActivityKind", "ActivityState", "Edge", "Provider", "register"]


class ActivityKind(enum.StrEnum):
    """What is asked of the learner."""

    QUIZ = "quiz"  # to be passed
    TEST = "test"  # to be taken
    FORM = "form"  # to be filled in


@dataclass(frozen=True)
class Activity:
    """Something to do in a course besides reading."""

    key: str  # "<kind>:<id>"
    title_ro: str
    title_en: str
    href: str
    position: int
    kind: ActivityKind = ActivityKind.QUIZ
    form: str = ""  # the form's id, as the condition „form submitted” names it
    shows_percent: bool | None = True  # whether learners see the result; None: it depends on when
    counts: bool = True  # whether its module asks for it; what does not is there to practise

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class ActivityState:
    """How a person stands with an activity that was begun."""

    is_done: bool  # passed, taken, filled in: what its kind asks for
    percent: Decimal | None = None  # the best result, where there is one to show
    is_on_paper: bool = False  # the best result is of a paper, not of the person's account


Narrow = Callable[[sa.SQLColumnExpression[int]], sa.ColumnElement[bool]]

Day = datetime | date

# For a provider whose activities have no result.
ONLINE: sa.ColumnElement[int] = sa.literal(0)
NO_INSTANT: sa.ColumnElement[datetime | None] = sa.cast(sa.null(), UtcDateTime())
NO_DAY: sa.ColumnElement[date | None] = sa.cast(sa.null(), sa.Date())
NO_PERCENT: sa.ColumnElement[Decimal | None] = sa.cast(sa.null(), ScaledDecimal(2))


class Provider(Protocol):
    """What a kind of activity must answer."""

    def outline(self, course_id: int) -> Mapping[int | Edge, list[Activity]]:
        """Return what learners are shown, by module or edge; kept with the course's version."""

    def percents_shown(self, enrolment_id: int, keys: Collection[str]) -> frozenset[str]:
        """Return of which of these a learner sees the result at this moment."""

    def unpassed(self, enrolment_id: int, keys: Collection[str]) -> Mapping[str, Tries]:
        """Return which of these, begun and not done, were failed, with what is left of them."""

    def standings(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select (enrolment id, key, 1 if done else 0, percent, 1 if on paper) of what was begun.

        One row for an enrolment and a key. `narrow` makes the condition on the enrolment's id.
        """

    def dates(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select (key, instant, day) of what is done, one of the two: since when it counts."""


PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a kind of activity."""
    PROVIDERS.append(provider)
    forget()


def forget() -> None:
    """Drop the statements that are kept; for providers that came or went."""
    _statements.clear()


_Rows = tuple[Any, ...]
_statements: dict[str, sa.CompoundSelect[*_Rows]] = {}


def _statement(name: str, narrow: Narrow) -> sa.CompoundSelect[*_Rows]:
    """Put the providers' SELECTs into one statement, built once."""
    found = _statements.get(name)
    if found is None:
        found = sa.union_all(*(provider.standings(narrow) for provider in PROVIDERS))
        _statements[name] = found
    return found


def _rows(statement: sa.CompoundSelect[*_Rows], **given: object) -> Iterator[_Rows]:
    yield from db.session().execute(statement, given)


def states_of(enrolment_id: int) -> dict[str, ActivityState]:
    """Return how an enrolment stands with what it has begun, by key; one statement."""
    if not PROVIDERS:
        return {}
    statement = _statement("one", lambda column: column == sa.bindparam("enrolment_id"))
    return {
        key: ActivityState(bool(done), percent, bool(on_paper))
        for _, key, done, percent, on_paper in _rows(statement, enrolment_id=enrolment_id)
    }


def percents_shown(enrolment_id: int, keys: Collection[str]) -> frozenset[str]:
    """Return of which activities a learner sees the result now; asked where it depends on when."""
    found = (provider.percents_shown(enrolment_id, keys) for provider in PROVIDERS)
    return frozenset[str]().union(*found)


def unpassed(enrolment_id: int, keys: Collection[str]) -> dict[str, Tries]:
    """Return which activities were failed; asked where one to be passed is begun and not done."""
    found: dict[str, Tries] = {}
    for provider in PROVIDERS:
        found.update(provider.unpassed(enrolment_id, keys))
    return found


def dates_of(enrolment_id: int) -> dict[str, Day]:
    """Return since when each thing that is done counts, by key; one statement."""
    if not PROVIDERS:
        return {}
    column: sa.BindParameter[int] = sa.bindparam("enrolment_id")
    statement = _statements.get("dates")
    if statement is None:
        statement = sa.union_all(*(p.dates(lambda c: c == column) for p in PROVIDERS))
        _statements["dates"] = statement
    found: dict[str, Day] = {}
    for key, at, on in _rows(statement, enrolment_id=enrolment_id):
        found.setdefault(key, at or on)
    return found


def done_by(enrolments: Narrow) -> dict[int, set[str]]:
    """Return what each of many enrolments has done; one statement."""
    found: dict[int, set[str]] = {}
    if not PROVIDERS:
        return found
    statement = sa.union_all(*(provider.standings(enrolments) for provider in PROVIDERS))
    for enrolment_id, key, done, _, _ in _rows(statement):
        if done:
            found.setdefault(enrolment_id, set()).add(key)
    return found


def forms_of(activities: Collection[Activity], done: Collection[str]) -> frozenset[str]:
    """Return the ids of the forms among activities that are filled in."""
    return frozenset(a.form for a in activities if a.form and a.key in done)
