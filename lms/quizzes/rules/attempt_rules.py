"""When an attempt may start, how long it runs, which answers still count.

Time comes in as `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.quizzes.rules.review import FeedbackTime, Moment, Shown, moment_of
from lms.quizzes.rules.settings import Overdue, QuizSettings

DEFAULT_GRACE = timedelta(seconds=60)
TOLD_BEFORE_CLOSE = timedelta(hours=1)


class AttemptState(StrEnum):
    """Name where an attempt stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    """Closed by the learner, or by the clock with what was saved in time."""

    ABANDONED = "abandoned"
    """Never submitted, and its time is over: it has no grade, its answers are kept."""

    @property
    def is_closed(self) -> bool:
        """Say whether the attempt takes no more answers."""
        return self is not AttemptState.OPEN


class StartRefusal(StrEnum):
    """Why no new attempt may start."""

    NOT_YET_OPEN = "not_yet_open"
    CLOSED = "closed"
    ONE_IS_OPEN = "one_is_open"
    NONE_LEFT = "none_left"
    TOO_SOON = "too_soon"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 -- a reason
    TOO_MANY_TRIES = "too_many_tries"


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
    last_ended_at: datetime | None = None,
) -> StartRefusal | None:
    """Say why no new attempt may start, or `None` if it may."""
    window = window or Window()
    if has_open:
        return StartRefusal.ONE_IS_OPEN
    if window.opens_at is not None and now < window.opens_at:
        return StartRefusal.NOT_YET_OPEN
    if window.closes_at is not None and now >= window.closes_at:
        return StartRefusal.CLOSED
    if attempts_left(settings, used, extra) == 0:
        return StartRefusal.NONE_LEFT
    free_at = next_at(settings, used=used, last_ended_at=last_ended_at)
    return StartRefusal.TOO_SOON if free_at is not None and now < free_at else None


def next_at(
    settings: QuizSettings, *, used: int, last_ended_at: datetime | None
) -> datetime | None:
    """Tell when the next attempt may start at the earliest; `None`: nothing is waited for.

    Counted from the last one's end, which is never later than its time ran out.
    """
    delay = settings.delay_first if used == 1 else settings.delay_later
    if last_ended_at is None or not used or not delay:
        return None
    return last_ended_at + timedelta(minutes=delay)


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


class Fate(StrEnum):
    """What is to become of an attempt at this moment."""

    RUNS = "runs"
    WAITS = "waits"  # takes no more answers; may be submitted
    SUBMITS = "submits"  # by the clock, what was saved counts
    IS_ABANDONED = "is_abandoned"
    IS_CLOSED = "is_closed"


def fate_of(
    settings: QuizSettings,
    state: AttemptState,
    *,
    now: datetime,
    due: datetime | None,
    grace: timedelta = DEFAULT_GRACE,
) -> Fate:
    """Tell what becomes of an attempt; while it takes answers it runs, the grace included."""
    verdict = judge_answer(state, now=now, due=due, grace=grace)
    if verdict is AnswerVerdict.ATTEMPT_CLOSED:
        return Fate.IS_CLOSED
    if verdict.counts:
        return Fate.RUNS
    if settings.overdue is Overdue.SUBMIT:
        return Fate.SUBMITS
    until = submit_until(settings, due)
    if settings.overdue is Overdue.WAIT and until is not None and now <= until:
        return Fate.WAITS
    return Fate.IS_ABANDONED


def submit_until(settings: QuizSettings, due: datetime | None) -> datetime | None:
    """Tell until when an attempt that waits may be submitted."""
    return None if due is None else due + timedelta(minutes=settings.late_submission)


def closed_at(*, now: datetime, due: datetime | None) -> datetime:
    """Tell the moment to record as the attempt's end: never after it was due."""
    return now if due is None else min(now, due)


def time_left(*, now: datetime, due: datetime | None) -> timedelta | None:
    """Tell the time left to show, never below nothing; `None` is without limit."""
    return None if due is None else max(timedelta(0), due - now)


def shown_time(settings: QuizSettings, *, now: datetime, due: datetime | None) -> timedelta | None:
    """Tell the time to show on the paper: with a limit always, with only a close its last hour."""
    left = time_left(now=now, due=due)
    if left is None or settings.time_limit is not None:
        return left
    return left if left <= TOLD_BEFORE_CLOSE else None


def shown_of(
    settings: QuizSettings,
    state: AttemptState,
    *,
    now: datetime,
    submitted_at: datetime | None,
    closes_at: datetime | None = None,
    is_final_taken: bool = False,
) -> frozenset[Shown]:
    """Tell what the learner is shown of an attempt that has ended.

    A quiz that shows something after its close, and has none, never shows it; a test at the start
    shows nothing until the test at the end is submitted; what was abandoned has nothing to show.
    """
    if state is not AttemptState.SUBMITTED:
        return frozenset()
    if settings.feedback is FeedbackTime.AFTER_FINAL and not is_final_taken:
        return frozenset()
    moment = moment_of(now=now, submitted_at=submitted_at or now, closes_at=closes_at)
    assert moment is not Moment.DURING
    return settings.shown.at(moment)
