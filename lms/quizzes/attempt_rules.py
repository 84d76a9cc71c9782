"""When an attempt may start, how long it runs, which answers still count.

Time comes in as `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.quizzes.settings import FeedbackTime, QuizSettings

DEFAULT_GRACE = timedelta(seconds=60)


class AttemptState(StrEnum):
    """Name where an attempt stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    """Closed by the learner, or by the clock with what was saved in time."""

    @property
    def is_closed(self) -> bool:
        """Say whether the attempt has a grade and takes no more answers."""
        return self is not AttemptState.OPEN


class StartRefusal(StrEnum):
    """Why no new attempt may start."""

    NOT_YET_OPEN = "not_yet_open"
    CLOSED = "closed"
    ONE_IS_OPEN = "one_is_open"
    NONE_LEFT = "none_left"


class AnswerVerdict(StrEnum):
    """What becomes of an answer that arrives."""

    COUNTS = "counts"
    COUNTS_IN_GRACE = "counts_in_grace"
    TOO_LATE = "too_late"
    ATTEMPT_CLOSED = "attempt_closed"

    @property
    def counts(self) -> bool:
        """Say whether the answer is stored and graded."""
        return self in {AnswerVerdict.COUNTS, AnswerVerdict.COUNTS_IN_GRACE}


@dataclass(frozen=True)
class Window:
    """Hold when a quiz is open; `None` on either side: without limit."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None


def attempts_left(settings: QuizSettings, used: int, extra: int = 0) -> int | None:
    """Count the attempts still to start, extra ones included; `None` is without limit.

    `used` counts every attempt started, however it ended: an abandoned one was seen too.
    """
    if settings.attempts is None:
        return None
    return max(0, settings.attempts + extra - used)


def refuse_start(
    settings: QuizSettings,
    *,
    now: datetime,
    used: int,
    extra: int = 0,
    has_open: bool = False,
    window: Window | None = None,
) -> StartRefusal | None:
    """Say why no new attempt may start, or `None` if it may."""
    window = window or Window()
    if has_open:
        return StartRefusal.ONE_IS_OPEN
    if window.opens_at is not None and now < window.opens_at:
        return StartRefusal.NOT_YET_OPEN
    if window.closes_at is not None and now >= window.closes_at:
        return StartRefusal.CLOSED
    return StartRefusal.NONE_LEFT if attempts_left(settings, used, extra) == 0 else None


def due_at(
    settings: QuizSettings,
    *,
    started_at: datetime,
    closes_at: datetime | None = None,
    extra_time: timedelta = timedelta(0),
) -> datetime | None:
    """Tell when an attempt ends: the quiz's close or start plus limit, whichever comes first.

    `extra_time` lengthens the limit for one person; the close stays.
    """
    limit = settings.time_limit
    by_limit = None if limit is None else started_at + timedelta(minutes=limit) + extra_time
    ends = [moment for moment in (by_limit, closes_at) if moment is not None]
    return min(ends, default=None)


def judge_answer(
    state: AttemptState,
    *,
    now: datetime,
    due: datetime | None,
    grace: timedelta = DEFAULT_GRACE,
) -> AnswerVerdict:
    """Judge an answer (or a submission) by when its request reached the server.

    The end itself still counts, and so does the last moment of grace: slow lines are not
    the learner's fault, and the browser's own clock is never asked.
    """
    if state.is_closed:
        return AnswerVerdict.ATTEMPT_CLOSED
    if due is None or now <= due:
        return AnswerVerdict.COUNTS
    return AnswerVerdict.COUNTS_IN_GRACE if now <= due + grace else AnswerVerdict.TOO_LATE


def is_overdue(
    state: AttemptState,
    *,
    now: datetime,
    due: datetime | None,
    grace: timedelta = DEFAULT_GRACE,
) -> bool:
    """Say whether an open attempt must be submitted by the clock, its saved answers graded."""
    return judge_answer(state, now=now, due=due, grace=grace) is AnswerVerdict.TOO_LATE


def closed_at(*, now: datetime, due: datetime | None) -> datetime:
    """Tell the moment to record as the attempt's end: never after it was due."""
    return now if due is None else min(now, due)


def time_left(*, now: datetime, due: datetime | None) -> timedelta | None:
    """Tell the time left to show, never below nothing; `None` is without limit."""
    return None if due is None else max(timedelta(0), due - now)


def may_see_feedback(
    settings: QuizSettings,
    state: AttemptState,
    *,
    now: datetime,
    closes_at: datetime | None = None,
    is_final_taken: bool = False,
) -> bool:
    """Say whether the learner may see key and feedback of this attempt.

    A quiz that shows them after its close, and has none, never shows them; a test at the start
    shows them once the test at the end is submitted.
    """
    if not state.is_closed or settings.feedback is FeedbackTime.NEVER:
        return False
    if settings.feedback is FeedbackTime.AFTER_SUBMISSION:
        return True
    if settings.feedback is FeedbackTime.AFTER_FINAL:
        return is_final_taken
    return closes_at is not None and now >= closes_at
