"""The owner's page: how the installation is, what is in danger, what to do."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import __version__, checks
from lms.access import current_actor, may, reads, writes
from lms.backup import services as backups
from lms.config import Settings
from lms.upkeep import services, words
from lms.upkeep.permissions import ASK_FOR_LOOK, MAKE_BACKUP, SEE_STATE
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("upkeep", __name__)

# What a page must know at this moment, and not only as the worker last saw it.
AT_ONCE = (
    "backup.settings",
    "backup.age",
    "work.alive",
    "machine.disk",
    "machine.clock",
    "mail.waiting",
)


@bp.get("/site")
@reads(SEE_STATE)
def site() -> str:
    """Show what is wrong now, and what the last look at everything found."""
    settings: Settings = current_app.config["LMS"]
    report = services.latest(finished=True)
    kept = [checks.Problem.from_plain(plain) for plain in report.findings] if report else []
    problems = [p for p in kept if p.check not in AT_ONCE]
    problems += checks.problems_of(AT_ONCE, settings)
    told = words.told(problems)
    return render(
        "upkeep/site.html",
        dangers=[t for t in told if t.is_danger],
        warnings=[t for t in told if not t.is_danger],
        report=report,
        may_ask=may(ASK_FOR_LOOK.name),
        is_under_way=services.is_under_way(),
        backups=backups.latest_runs(7),
        backup_under_way=backups.under_way() is not None,
        may_back_up=may(MAKE_BACKUP.name) and bool(settings.backup_to),
        version=__version__,
        settings=settings,
    )


@bp.post("/site/look")
@writes(ASK_FOR_LOOK)
def look() -> Response:
    """Ask the worker to look at everything now."""
    actor = current_actor()
    if services.ask_for_look(by=actor.person_id if actor else None):
        flash(_("The site is being looked at. Load this page again in a minute."), "success")
    else:
        flash(_("The site is being looked at already."), "info")
    return redirect(url_for("upkeep.site"))


@bp.post("/site/backup")
@writes(MAKE_BACKUP)
def backup() -> Response:
    """Ask the worker for a backup now."""
    settings: Settings = current_app.config["LMS"]
    actor = current_actor()
    if not settings.backup_to:
        flash(_("No place for backups is set: LMS_BACKUP_TO is empty."), "error")
    elif backups.ask(by=actor.person_id if actor else None) is not None:
        flash(_("A backup is being made. Load this page again in a minute."), "success")
    else:
        flash(_("A backup is being made already."), "info")
    return redirect(url_for("upkeep.site"))
