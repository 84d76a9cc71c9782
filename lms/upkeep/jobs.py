"""The daily look at the whole site."""

from __future__ import annotations

from lms import db
from lms.jobs.queue import task
from lms.upkeep import services


@task("upkeep.daily", sweep_seconds=600)
def ask_daily() -> None:
    """Ask for a look once a day; the look itself is long, and other sweeps wait."""
    due = services.is_due() and not services.is_under_way()
    db.end_reading()
    if due:
        with db.writing():
            services.ask_for_look(by=None)


@task(services.LOOK)
def look(report_id: int) -> None:
    """Do the look that was asked for."""
    services.look(report_id)
