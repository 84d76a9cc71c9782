"""What the courses keep for a while only."""

from __future__ import annotations

from lms import clock, db
from lms.courses import changes
from lms.jobs.queue import task


@task("courses.forget_changes", sweep_seconds=3600)
def forget_changes() -> None:
    """Remove the notes of who was written about more than a day ago."""
    with db.writing():
        changes.forget(clock.now())
