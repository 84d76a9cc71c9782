"""Whom to write to about an attempt whose time runs out, or has run out, unseen. Pure."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from lms.quizzes.rules.attempt_rules import DEFAULT_GRACE, AttemptState, Fate, fate_of
from lms.quizzes.rules.settings import Overdue, QuizSettings

UNSEEN_FOR = timedelta(hours=2)
BEFORE_END = timedelta(hours=24)


class Warned(enum.StrEnum):
    """What a learner is warned of; once for an attempt, one or the other."""

    WAITS = "waits"  # the time is over, and it may still be submitted
    ENDS = "ends"  # the time runs out, and nobody has looked at it for hours


def warning_of(
    settings: QuizSettings,
    *,
    now: datetime,
    due: datetime | None,
    last_seen: datetime,
    grace: timedelta = DEFAULT_GRACE,
) -> Warned | None:
    """Tell what to warn of about an open attempt.

    Where an attempt waits to be submitted after its time, that is said then; elsewhere before the
    end, to those who have left it alone, as nothing can be mended afterwards.
    """
    if due is None:
        return None
    fate = fate_of(settings, AttemptState.OPEN, now=now, due=due, grace=grace)
    if fate is Fate.WAITS:
        return Warned.WAITS
    if fate is not Fate.RUNS or settings.overdue is Overdue.WAIT or now >= due:
        return None
    is_near = due - now <= BEFORE_END
    is_unseen = now - last_seen >= UNSEEN_FOR
    return Warned.ENDS if is_near and is_unseen else None
