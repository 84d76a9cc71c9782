"""The page from which an edition's archive is asked for and fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, prepares, reads, writes, writing_subject
from lms.accounts.models import Person
from lms.archive import runs, services
from lms.archive.models import OPEN, ArchiveRun, ArchiveState
from lms.archive.permissions import TAKE_ARCHIVE
from lms.audit.services import record
from lms.courses.models import Edition
from lms.participants.views.blueprint import edition_by_slug, me
from lms.safety.file_names import content_disposition
from lms.submissions import words as file_words
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("archive", __name__)


@bp.get("/editions/<slug>/archive")
@reads(TAKE_ARCHIVE, edition_by_slug)
def see(edition: Edition) -> str:
    """Say what an archive holds, and how those stand that were asked for."""
    found = runs.of_edition(edition.id)
    askers = {run.asked_by_id for run in found}
    people = db.session().scalars(sa.select(Person).where(Person.id.in_(askers))) if found else ()
    return render(
        "archive/archive.html",
        edition=edition,
        runs=found,
        names={person.id: person.full_name for person in people},
        is_open=any(run.state in OPEN for run in found),
        kept_days=runs.kept_for().days,
        gone_at=lambda run: run.finished_at + runs.kept_for(),
        holds=services.holds(edition),
        zone=edition.programme.zone,
        size=file_words.size,
        State=ArchiveState,
    )


@bp.post("/editions/<slug>/archive")
@writes(TAKE_ARCHIVE, edition_by_slug)
def ask(edition: Edition) -> Response:
    """Ask for an archive; the worker makes it."""
    runs.ask(edition, by=me(), locale=current_locale())
    return redirect(url_for("archive.see", slug=edition.slug))


def load_run(actor: Actor, *, locked: bool, run_id: int) -> ArchiveRun | None:
    """Load an archive; those who oversee see them all."""
    return db.session().get(ArchiveRun, run_id) if actor.runs_everything else None


@bp.post("/archives/<int:run_id>.zip")
@prepares(TAKE_ARCHIVE, load_run)
def take(run: ArchiveRun) -> Response:
    """Send an archive piece by piece; that it was fetched is recorded."""
    edition = db.session().get_one(Edition, run.edition_id)
    slug, name = edition.slug, f"{_('archive')}-{edition.slug}.zip"
    path, size = runs.path_of(run.id), run.size
    is_there = run.state is ArchiveState.READY and path.exists()
    db.end_reading()
    if not is_there:
        flash(_("This archive is not here any more. Ask for a new one."), "warning")
        return redirect(url_for("archive.see", slug=slug))
    with writing_subject(TAKE_ARCHIVE, load_run) as fresh:
        on = db.session().get_one(Edition, fresh.edition_id)
        record("edition.archive_fetched", by=me(), on=on, course_id=on.course_id)
    answer = Response(_pieces(path), mimetype="application/zip")
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Disposition"] = content_disposition(name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(1 << 16):
            yield piece
