"""The daily backup."""

from __future__ import annotations

from flask import current_app

from lms import db
from lms.backup import services
from lms.config import Settings
from lms.jobs.queue import task


@task("backup.daily", sweep_seconds=60)
def ask_daily() -> None:
    """Ask for a backup when its hour has come; the making is long, and other sweeps wait."""
    settings: Settings = current_app.config["LMS"]
    if not settings.backup_to:
        return
    is_open = services.newest(*services.OPEN_STATES) is not None
    due = services.is_due()
    db.end_reading()
    if is_open:
        services.tell_again()
    if due:
        with db.writing():
            services.ask(by=None)


@task("backup.leftovers", sweep_seconds=3600)
def sweep_leftovers() -> None:
    """Remove what a killed backup has left."""
    services.sweep_leftovers()


@task(services.MAKE)
def make(run_id: int) -> None:
    """Make the backup that was asked for."""
    services.make(run_id)
