"""Ask for a look at the whole site, do it, and keep what was found."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from lms import checks, clock, db
from lms.audit.services import record
from lms.config import Settings
from lms.jobs import queue
from lms.upkeep.models import SiteReport

LOOK = "upkeep.look"
EVERY = timedelta(hours=24)
PATIENCE = timedelta(hours=1)  # after which a look that did not end is asked for anew
KEPT = 30


def doctor(settings: Settings) -> list[checks.Problem]:
    """Look at everything there is: settings, store, files, keys, mail, clock, chains, worker."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    scopes = checks.scopes_of_command(settings.mode, deep=True, live=True)
    return checks.run_checks(app, scopes)


def latest(*, finished: bool) -> SiteReport | None:
    """Return the newest look that has ended, or the newest that was asked for."""
    statement = sa.select(SiteReport).order_by(SiteReport.id.desc()).limit(1)
    if finished:
        statement = statement.where(SiteReport.finished_at.is_not(None))
    return db.session().scalars(statement).one_or_none()


def is_under_way() -> bool:
    """Whether a look was asked for that may still end."""
    newest = latest(finished=False)
    return (
        newest is not None
        and newest.finished_at is None
        and clock.now() - newest.asked_at < PATIENCE
    )


def ask_for_look(*, by: int | None) -> bool:
    """Ask the worker to look, unless it is about to; tell whether it was asked. Inside a write."""
    if is_under_way():
        return False
    report = SiteReport(asked_at=clock.now(), asked_by_id=by, findings=[])
    db.session().add(report)
    db.session().flush()  # the worker is told its id
    if by is not None:
        record("site.look_asked", by=by)
    queue.tell(LOOK, report_id=report.id)
    return True


def look(report_id: int) -> None:
    """Look at everything and keep what was found; older reports than the newest few go."""
    settings: Settings = current_app.config["LMS"]
    found = [problem.to_plain() for problem in doctor(settings)]
    with db.writing() as session:
        report = session.get(SiteReport, report_id)
        if report is None:
            return
        report.findings, report.finished_at = found, clock.now()
        session.execute(sa.delete(SiteReport).where(SiteReport.id <= report_id - KEPT))


def is_due() -> bool:
    """Whether the last look is a day old."""
    newest = latest(finished=True)
    return newest is None or clock.now() - newest.asked_at >= EVERY
