"""Who has used up all attempts of a test without passing it; and who has passed what lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.courses.queries import ids_of_edition
from lms.quizzes.attempt_rules import AttemptState
from lms.quizzes.models import Attempt, AttemptAllowance, Quiz, QuizPlace, QuizVersion
from lms.quizzes.provider import key_of
from lms.quizzes.settings import parse_settings


def of_edition(edition_id: int, only: Collection[int] | None = None) -> dict[int, tuple[str, ...]]:
    """Return the keys of the tests that each place can't try again, by place; three statements.

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
    allowed = _allowed({quiz_id for _place, quiz_id, _number in used})
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
        most = allowed.get(quiz)
        if most is not None and number >= most + extra.get((place, quiz), 0):
            found.setdefault(place, []).append(key_of(quiz))
    return {place: tuple(keys) for place, keys in found.items()}


def _allowed(quiz_ids: set[int]) -> dict[int, int]:
    """How often each test may be tried; those without a limit or a pass mark are left out."""
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
        if settings.attempts is not None and settings.pass_mark is not None:
            found[quiz_id] = settings.attempts
    return found


def passed_since(
    edition_id: int, since: datetime, only: Collection[int] | None = None
) -> dict[int, int]:
    """Count the tests that each place has passed since a time."""
    counted = (
        sa.select(Attempt.enrolment_id, sa.func.count(Attempt.quiz_id.distinct()))
        .where(
            Attempt.enrolment_id.in_(ids_of_edition(edition_id, only)),
            Attempt.submitted_at >= since,
            Attempt.passed.is_(True),
        )
        .group_by(Attempt.enrolment_id)
    )
    return {row[0]: row[1] for row in db.session().execute(counted)}
