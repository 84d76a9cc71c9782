"""Archives, made outside the web processes."""

from __future__ import annotations

from lms.archive import runs
from lms.jobs.queue import task


@task(runs.MAKE)
def make() -> None:
    """Make what waits."""
    runs.make_waiting()


@task("archive.sweep", sweep_seconds=60)
def sweep() -> None:
    """Remove what is old, and tell the worker of what nobody took up: the making itself is long."""
    runs.remove_old()
