"""The blueprint, and what the pages of meetings share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor
from lms.courses.models import Edition
from lms.meetings.models import Meeting
from lms.safety.file_names import content_disposition

bp = Blueprint("meetings", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"


def me() -> int:
    """Return the id of who asks; only for pages that nobody sees unsigned."""
    actor = current_actor()
    assert actor is not None
    return actor.person_id


def edition_by_slug(actor: Actor | None, *, locked: bool, **args: Any) -> Edition | None:
    """Load a visible edition with its programme and course."""
    statement = (
        Edition.visible_to(actor)
        .options(joinedload(Edition.programme), joinedload(Edition.course))
        .where(Edition.slug == args["slug"])
    )
    if locked:
        statement = statement.with_for_update(of=Edition)
    return db.session().scalars(statement).unique().one_or_none()


edition_by_slug.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


def meeting_by_id(actor: Actor | None, *, locked: bool, **args: Any) -> Meeting | None:
    """Load a visible meeting with its edition, programme, course and group."""
    edition = joinedload(Meeting.edition)
    statement = (
        Meeting.visible_to(actor)
        .options(
            edition.joinedload(Edition.programme),
            edition.joinedload(Edition.course),
            joinedload(Meeting.group),
        )
        .where(Meeting.id == args["meeting_id"])
    )
    if locked:
        statement = statement.with_for_update(of=Meeting)
    return db.session().scalars(statement).unique().one_or_none()


meeting_by_id.consumes = frozenset({"meeting_id"})  # type: ignore[attr-defined]


def download(data: bytes, name: str, media_type: str) -> Response:
    """Answer with a file that no cache keeps."""
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response
