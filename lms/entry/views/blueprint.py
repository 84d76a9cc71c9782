"""The blueprint, and what the pages of entry share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, make_response
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.safety.file_names import content_disposition

bp = Blueprint("entry", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"

_WHOLE = (
    joinedload(Enrolment.person),
    joinedload(Enrolment.edition).joinedload(Edition.programme),
)


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


def place(actor: Actor | None, *, locked: bool, **args: Any) -> Enrolment | None:
    """Load a place on an edition that one follows."""
    followed = Edition.visible_to(actor).with_only_columns(Edition.id)
    statement = (
        sa.select(Enrolment)
        .options(*_WHOLE)
        .where(Enrolment.id == args["enrolment_id"], Enrolment.edition_id.in_(followed))
    )
    return _one(statement, locked)


place.consumes = frozenset({"enrolment_id"})  # type: ignore[attr-defined]


def own_place(actor: Actor | None, *, locked: bool, **args: Any) -> Enrolment | None:
    """Load one's own place on an edition."""
    if actor is None:
        return None
    statement = (
        sa.select(Enrolment)
        .options(*_WHOLE)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(
            Edition.slug == args["slug"],
            Enrolment.person_id == actor.person_id,
            Enrolment.state == EnrolmentState.ACTIVE,
        )
    )
    return _one(statement, locked)


own_place.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


def _one(statement: sa.Select[Enrolment], locked: bool) -> Enrolment | None:
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    return db.session().scalars(statement).unique().one_or_none()


def download(data: bytes, name: str, media_type: str) -> Response:
    """Answer with a file that no cache keeps."""
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response


def unkept(page: str, status: int = 200) -> Response:
    """Answer with a page that no cache keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
