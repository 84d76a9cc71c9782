"""Whether a learner's best result may stand on the course's page: what the review says of marks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.models import Quiz, QuizVersion
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.review import Moment, Shown
from lms.quizzes.rules.settings import FeedbackTime, QuizSettings, parse_settings
from lms.quizzes.services.terms import terms_for

AFTER = tuple(moment for moment in Moment if moment is not Moment.DURING)


def always_shown(settings: QuizSettings, *, is_at_start: bool) -> bool | None:
    """Tell whether the marks are shown at every moment after the end, at none, or (None) at some.

    Those of a test at the start that wait for the one at the end are the course's own business.
    """
    if is_at_start and settings.feedback is FeedbackTime.AFTER_FINAL:
        return True
    told = {Shown.MARKS in settings.shown.at(moment) for moment in AFTER}
    return told.pop() if len(told) == 1 else None


def shown_now(enrolment_id: int, quiz_ids: Collection[int], *, now: datetime) -> set[int]:
    """Return the quizzes of which a person's best marks are shown at this moment."""
    rows = db.session().execute(
        sa.select(Quiz.id, QuizVersion.settings)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(Quiz.id.in_(quiz_ids))
    )
    settings = {quiz_id: parse_settings(stored) for quiz_id, stored in rows}
    lines = queries.attempts_of(enrolment_id)
    found = set()
    for quiz_id, rules in settings.items():
        closed = [x for x in lines if x.quiz_id == quiz_id and x.percent is not None]
        best = max((x.percent for x in closed if x.percent is not None), default=None)
        closes_at = terms_for(enrolment_id, quiz_id, rules).closes_at
        if any(
            line.percent == best
            and Shown.MARKS
            in attempt_rules.shown_of(
                rules,
                line.state,
                now=now,
                submitted_at=line.submitted_at,
                closes_at=closes_at,
                is_final_taken=False,
            )
            for line in closed
        ):
            found.add(quiz_id)
    return found
