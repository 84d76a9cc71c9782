"""Who has used up all attempts of a test without passing it; and who has passed what lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from lms.courses.queries import ids_of_edition
from lms.quizzes.models import (
    Attempt,
    AttemptAllowance,
    Quiz,
    QuizOverride,
    QuizPlace,
    QuizVersion,
)
from lms.quizzes.provider import key_of
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.settings import QuizSettings, parse_settings
from lms.quizzes.services.terms import Held


def of_edition(edition_id: int, only: Collection[int] | None = None) -> dict[int, tuple[str, ...]]:
    """Return the keys of the tests that each place can't try again, by place; four statements.

    Only tests that have to be passed count, and only those that learners are shown.
    """
    places = ids_of_edition(edition_id, only)
    unpassed = (
        sa.select(Attempt.enrolment_id, Attempt.quiz_id, sa.func.count())
        .where(Attempt.enrolment_id.in_(places))
        .group_by(Attempt.enrolment_id, Attempt.quiz_id)
        .having(
            sa.func.max(sa.case((Attempt.passed.is_(True), 1), else_=0)) == 0,
            sa.func.max(sa.case((Attempt.state == AttemptState.OPEN, 1), else_=0)) == 0,
            sa.func.max(Attempt.waiting) == 0,  # what waits to be marked may still pass
        )
        .order_by(Attempt.quiz_id)
    )
    session = db.session()
    used = session.execute(unpassed).all()
    if not used:
        return {}
    rules = _rules({quiz_id for _place, quiz_id, _number in used})
    held = _granted(places)
    extra = {
        (place, quiz): number
        for place, quiz, number in session.execute(
            sa.select(
                AttemptAllowance.enrolment_id,
                AttemptAllowance.quiz_id,
                sa.func.sum(AttemptAllowance.extra),
            )
            .where(AttemptAllowance.enrolment_id.in_(places))
            .group_by(AttemptAllowance.enrolment_id, AttemptAllowance.quiz_id)
        )
    }
    found: dict[int, list[str]] = {}
    for place, quiz, number in used:
        if quiz not in rules:
            continue
        terms = held.get((place, quiz), Held()).terms(rules[quiz])
        if terms.attempts is not None and number >= terms.attempts + extra.get((place, quiz), 0):
            found.setdefault(place, []).append(key_of(quiz))
    return {place: tuple(keys) for place, keys in found.items()}


def _granted(places: Any) -> dict[tuple[int, int], Held]:
    """Read what places were granted at quizzes, themselves or with their group."""
    rows = db.session().execute(
        sa.select(Enrolment.id, QuizOverride.quiz_id, QuizOverride.enrolment_id, QuizOverride.terms)
        .join(
            QuizOverride,
            QuizOverride.concerns(),
        )
        .where(Enrolment.id.in_(places), QuizOverride.taken_back_at.is_(None))
    )
    found: dict[tuple[int, int], Held] = {}
    for place, quiz, own, granted in rows:
        found.setdefault((place, quiz), Held()).add(granted, is_own=own is not None)
    return found


def _rules(quiz_ids: set[int]) -> dict[int, QuizSettings]:
    """Return the rules of tests; those that nobody has to pass are left out."""
    rows = db.session().execute(
        sa.select(Quiz.id, QuizVersion.settings)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(
            Quiz.id.in_(quiz_ids),
            Quiz.place == QuizPlace.MODULE,
            Quiz.published_at.is_not(None),
            Quiz.withdrawn_at.is_(None),
        )
    )
    found = {}
    for quiz_id, dumped in rows:
        settings = parse_settings(dumped)
        if settings.pass_mark is not None and settings.counts:
            found[quiz_id] = settings
    return found


def passed_since(
    edition_id: int, since: datetime, only: Collection[int] | None = None
) -> dict[int, int]:
    """Count the tests that each place has passed since a time; what is to practise is none."""
    counted = (
        sa.select(Attempt.enrolment_id, sa.func.count(Attempt.quiz_id.distinct()))
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(
            QuizVersion.is_counted(),
            Attempt.enrolment_id.in_(ids_of_edition(edition_id, only)),
            Attempt.submitted_at >= since,
            Attempt.passed.is_(True),
        )
        .group_by(Attempt.enrolment_id)
    )
    return {row[0]: row[1] for row in db.session().execute(counted)}
