"""The pictures of a course."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app, request
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, reads
from lms.courses import queries
from lms.courses.models import Course, CourseFigure
from lms.courses.permissions import SEE_LESSON
from lms.courses.views import bp
from lms.files import store
from lms.files.models import StoredFile


def load_figure(actor: Actor, *, locked: bool, slug: str, name: str) -> StoredFile | None:
    """Load a course's figure through the course."""
    page = (
        sa.select(Course.id).where(Course.slug == slug)
        if queries.place_on(actor.person_id, slug)
        else Course.visible_to(actor).where(Course.slug == slug).with_only_columns(Course.id)
    )
    return (
        db.session()
        .scalars(
            sa.select(StoredFile)
            .join(CourseFigure, CourseFigure.file_id == StoredFile.id)
            .where(CourseFigure.course_id.in_(page), CourseFigure.name == name)
        )
        .first()
    )


@bp.get("/courses/<slug>/figures/<name>")
@reads(SEE_LESSON, load_figure)
def figure(file: StoredFile) -> Response:
    """Serve a figure; a script in it would not run."""
    response = Response(mimetype=file.media_type)
    response.set_etag(file.sha256[:24])
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    if request.if_none_match.contains(file.sha256[:24]):
        response.status_code = 304
        return response
    settings = current_app.config["LMS"]
    response.set_data(store.get(settings.folder("files"), file.sha256))
    return response
