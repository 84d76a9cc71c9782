"""The page from which an edition's archive is taken."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writing_subject
from lms.archive import services
from lms.archive.permissions import TAKE_ARCHIVE
from lms.courses.models import Edition
from lms.participants.views.blueprint import edition_by_slug, me
from lms.safety.file_names import content_disposition
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("archive", __name__)
_PREFIX, _LEFT_SECONDS = "archive-", 3600


@bp.get("/editions/<slug>/archive")
@reads(TAKE_ARCHIVE, edition_by_slug)
def see(edition: Edition) -> str:
    """Say what is in the archive, and hand it out."""
    return render("archive/archive.html", edition=edition)


@bp.post("/editions/<slug>/archive.zip")
@prepares(TAKE_ARCHIVE, edition_by_slug)
def take(edition: Edition) -> Response:
    """Write the archive to a file that has no name any more, and send it piece by piece."""
    slug = edition.slug
    db.end_reading()
    with writing_subject(TAKE_ARCHIVE, edition_by_slug) as fresh:
        services.note(fresh, by=me())
    folder = current_app.config["LMS"].folder("temporary")
    _drop_left(folder)
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=".zip", dir=folder)
    os.close(handle)
    made = Path(name)
    try:
        services.make(slug, made)
        size = made.stat().st_size
    except BaseException:
        made.unlink()
        raise
    answer = Response(_pieces(made), mimetype="application/zip")
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Disposition"] = content_disposition(f"{_('archive')}-{slug}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pieces(made: Path) -> Iterator[bytes]:
    """Read the file piece by piece; it goes with the answer, whole or broken off."""
    with made.open("rb") as stream:
        made.unlink()
        while piece := stream.read(1 << 16):
            yield piece


def _drop_left(folder: Path) -> None:
    """Remove archives that nobody fetched to the end of their answer."""
    for left in folder.glob(_PREFIX + "*.zip"):
        with contextlib.suppress(FileNotFoundError):
            if clock.now().timestamp() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink()
