"""Work by the clock: attempts whose time is up are submitted with what was saved."""

from lms import clock, db
from lms.jobs import queue
from lms.quizzes.services import attempts


@queue.task("quizzes.close_overdue", sweep_seconds=60)
def close_overdue() -> None:
    """Submit overdue attempts, each in a transaction of its own."""
    ids = attempts.overdue_ids(clock.now())
    db.end_reading()
    for attempt_id in ids:
        with db.writing():
            attempt = attempts.locked_attempt(attempt_id)
            if attempt is not None:
                attempts.close_if_overdue(attempt, now=clock.now())
