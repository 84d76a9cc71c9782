"""Marks that a learner sets on questions of an open attempt, to come back to them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.quizzes.errors import AttemptClosed, OddAnswer
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.rules.settings import Navigation, parse_settings
from lms.quizzes.services import saving


def set_flag(attempt: Attempt, item_id: int, *, is_flagged: bool, now: datetime) -> int:
    """Mark a question for later or take the mark away, and return its number; again is once.

    The attempt is locked. Raises AttemptClosed, and OddAnswer where the question is another's, or
    nobody comes back to it.
    """
    settings = parse_settings(attempt.quiz_version.settings)
    if not saving.takes_answers(attempt, settings, now):
        raise AttemptClosed
    if settings.navigation is Navigation.SEQUENTIAL:
        raise OddAnswer
    item = (
        db.session()
        .scalars(
            sa.select(AttemptItem).where(
                AttemptItem.id == item_id, AttemptItem.attempt_id == attempt.id
            )
        )
        .one_or_none()
    )
    if item is None:
        raise OddAnswer
    item.is_flagged = is_flagged
    return item.position
