"""Marks of tests by place, on the site and on paper; what several reports are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.quizzes.models import Attempt, PaperResult, Quiz
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.reports.population import PlaceLine, Scope


@dataclass(frozen=True)
class Taken:
    """How a place took a test: how often, its best mark, and whether one time was enough."""

    times: int
    best: Decimal | None
    passed: bool | None  # none where the test has no pass mark


@dataclass(frozen=True)
class Marks:
    """By test, by place."""

    online: Mapping[int, Mapping[int, Taken]] = field(default_factory=dict)
    on_paper: Mapping[int, Mapping[int, Taken]] = field(default_factory=dict)

    def best(self, quiz_id: int, place_id: int) -> Decimal | None:
        """The best mark of a place, however it was taken."""
        ways = (self.online, self.on_paper)
        taken = [way.get(quiz_id, {}).get(place_id) for way in ways]
        marks = [t.best for t in taken if t is not None and t.best is not None]
        return max(marks, default=None)


def marks_of(scope: Scope) -> Marks:
    """Read all marks of a scope; two statements."""
    return Marks(_taken(_attempts(scope)), _taken(_papers(scope)))


def _one_passed(column: Any) -> sa.ColumnElement[int | None]:
    """Whether one was passed, or none where there is no pass mark."""
    return sa.func.max(sa.case((column.is_(sa.true()), 1), (column.is_(sa.false()), 0)))


def _attempts(scope: Scope) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Attempt.quiz_id,
            Attempt.enrolment_id,
            sa.func.count(),
            sa.func.max(Attempt.percent),
            _one_passed(Attempt.passed),
        )
        .where(Attempt.enrolment_id.in_(scope.places()), Attempt.state == AttemptState.SUBMITTED)
        .group_by(Attempt.quiz_id, Attempt.enrolment_id)
    )


def _papers(scope: Scope) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            PaperResult.quiz_id,
            PaperResult.enrolment_id,
            sa.func.count(),
            sa.func.max(PaperResult.percent),
            _one_passed(PaperResult.passed),
        )
        .where(PaperResult.enrolment_id.in_(scope.places()), PaperResult.revoked_at.is_(None))
        .group_by(PaperResult.quiz_id, PaperResult.enrolment_id)
    )


def _taken(
    statement: sa.Select[*tuple[Any, ...]],
) -> dict[int, dict[int, Taken]]:
    found: dict[int, dict[int, Taken]] = {}
    for quiz_id, place_id, times, best, passed in db.session().execute(statement):
        taken = Taken(times, best, None if passed is None else bool(passed))
        found.setdefault(quiz_id, {})[place_id] = taken
    return found


@dataclass(frozen=True)
class OfPerson:
    """What a person's places together brought to a test; told on the first that took it."""

    place_id: int
    times: int
    best: Decimal | None
    passed: bool


def by_person(places: Iterable[PlaceLine], *ways: Mapping[int, Taken]) -> dict[int, OfPerson]:
    """Put together what each person's places did, each person once."""
    found: dict[int, OfPerson] = {}
    for place in places:
        for way in ways:
            taken = way.get(place.id)
            if taken is None:
                continue
            known = found.get(place.person_id, OfPerson(place.id, 0, None, passed=False))
            marks = [m for m in (known.best, taken.best) if m is not None]
            found[place.person_id] = OfPerson(
                known.place_id,
                known.times + taken.times,
                max(marks, default=None),
                passed=known.passed or taken.passed is True,
            )
    return found


def quizzes_of(scope: Scope) -> list[Quiz]:
    """Read the published tests of a scope's courses, in their order; one statement."""
    return list(
        db.session().scalars(
            sa.select(Quiz)
            .options(sa.orm.joinedload(Quiz.module))
            .where(
                Quiz.course_id.in_(scope.course_ids),
                Quiz.published_at.is_not(None),
                Quiz.withdrawn_at.is_(None),
            )
            .order_by(Quiz.position, Quiz.id)
        )
    )
