"""Tests that a learner has tried and not passed, with what is left of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from lms.courses.tries import Tries
from lms.quizzes.models import (
    Attempt,
    AttemptAllowance,
    PaperResult,
    Quiz,
    QuizOverride,
    QuizVersion,
    QuizWindow,
)
from lms.quizzes.rules.attempt_rules import AttemptState, attempts_left
from lms.quizzes.rules.settings import QuizSettings, parse_settings
from lms.quizzes.services.terms import Held, under


def unpassed_now(
    enrolment_id: int, quiz_ids: Collection[int], *, now: datetime
) -> dict[int, Tries]:
    """Return the quizzes that were tried and not passed, with what is left; one statement.

    One that runs, or whose answers wait to be marked, is not failed yet.
    """
    held: dict[int, Held] = {}
    used: dict[int, tuple[int, QuizSettings]] = {}
    for row in db.session().execute(_statement(enrolment_id, quiz_ids)):
        quiz_id, settings, number, extra, opens_at, closes_at, is_own, granted = row
        mine = held.setdefault(quiz_id, Held(opens_at, closes_at, None, int(extra or 0)))
        used[quiz_id] = (number, parse_settings(settings))
        if granted is not None:
            mine.add(granted, is_own=is_own)
    return {quiz_id: _tries(*found, held[quiz_id], now) for quiz_id, found in used.items()}


def _tries(number: int, settings: QuizSettings, held: Held, now: datetime) -> Tries:
    terms = held.terms(settings)
    return Tries(
        left=attempts_left(under(settings, terms), number, terms.extra_attempts),
        closes_at=terms.closes_at,
        is_closed=terms.closes_at is not None and terms.closes_at <= now,
    )


def _statement(enrolment_id: int, quiz_ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """Select the quizzes that were failed, a row for each thing granted at one of them."""
    own = sa.and_(Attempt.enrolment_id == enrolment_id, Attempt.quiz_id == Quiz.id)
    pending = sa.or_(Attempt.state == AttemptState.OPEN, Attempt.waiting > 0)
    on_paper = sa.and_(
        PaperResult.enrolment_id == enrolment_id,
        PaperResult.quiz_id == Quiz.id,
        PaperResult.revoked_at.is_(None),
    )
    extra = sa.select(sa.func.sum(AttemptAllowance.extra)).where(
        AttemptAllowance.enrolment_id == enrolment_id, AttemptAllowance.quiz_id == Quiz.id
    )
    return (
        sa.select(
            Quiz.id,
            QuizVersion.settings,
            sa.select(sa.func.count()).select_from(Attempt).where(own).scalar_subquery(),
            extra.scalar_subquery(),
            QuizWindow.opens_at,
            QuizWindow.closes_at,
            QuizOverride.enrolment_id.is_not(None),
            QuizOverride.terms,
        )
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .join(Enrolment, Enrolment.id == enrolment_id)
        .outerjoin(
            QuizWindow,
            sa.and_(QuizWindow.quiz_id == Quiz.id, QuizWindow.edition_id == Enrolment.edition_id),
        )
        .outerjoin(
            QuizOverride,
            sa.and_(
                QuizOverride.quiz_id == Quiz.id,
                QuizOverride.taken_back_at.is_(None),
                QuizOverride.concerns(),
            ),
        )
        .where(
            Quiz.id.in_(quiz_ids),
            ~sa.exists().where(own, pending),
            sa.or_(sa.exists().where(own), sa.exists().where(on_paper)),
        )
    )
