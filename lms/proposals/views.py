"""The registrar's page of proposals, and its two files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor, prepares, reads, writing_subject
from lms.audit.services import record
from lms.courses.models import Course
from lms.courses.views.learning import CoursePage, load_course
from lms.proposals import exports, queries
from lms.proposals.permissions import EXPORT_PROPOSALS, SEE_PROPOSALS
from lms.proposals.queries import Proposal
from lms.safety.file_names import content_disposition
from lms.web.i18n import current_locale
from lms.web.templating import render

bp = Blueprint("proposals", __name__)

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _asked() -> tuple[str, bool]:
    """Read which edition is asked for, and whether names are to stand beside the proposals."""
    return request.args.get("edition", "").strip()[:80], request.args.get("names") == "1"


def _found(page: CoursePage, edition: str) -> list[Proposal]:
    return queries.proposals_of(page.course_id, edition_slug=edition)


def load_gathered(actor: Actor, *, locked: bool, **args: Any) -> CoursePage | None:
    """Load the course for staff; learners don't meet the page, their own sheet is elsewhere."""
    return load_course(actor, locked=locked, slug=args["slug"]) if actor.is_staff else None


load_gathered.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


@bp.get("/courses/<slug>/proposals")
@reads(SEE_PROPOSALS, load_gathered)
def see(page: CoursePage) -> str:
    """List the proposals, and offer the files."""
    edition, with_names = _asked()
    args: dict[str, Any] = {"edition": edition, "names": "1" if with_names else ""}
    return render(
        "proposals/proposals.html",
        outline=page.outline,
        proposals=_found(page, edition),
        editions=queries.editions_of(page.course_id),
        edition=edition,
        with_names=with_names,
        href=lambda kind: url_for(
            ".export",
            slug=page.outline.slug,
            kind=kind,
            **{k: v for k, v in args.items() if v},
        ),
        words=exports,
    )


@bp.get("/courses/<slug>/proposals.<any(xlsx, pdf):kind>")
@prepares(EXPORT_PROPOSALS, load_gathered)
def export(page: CoursePage, kind: str) -> Response:
    """Write the proposals as a workbook or as a book; the export is recorded."""
    edition, with_names = _asked()
    found = _found(page, edition)
    title = next((t for s, t in queries.editions_of(page.course_id) if s == edition), "")
    db.end_reading()
    if kind == "xlsx":
        data = exports.workbook(found, with_names=with_names)
    else:
        course = page.outline.title(current_locale())
        data = exports.book(found, course=course, edition=title, with_names=with_names)
    with writing_subject(EXPORT_PROPOSALS, load_gathered) as fresh:
        actor = current_actor()
        assert actor is not None
        course_row = db.session().get(Course, fresh.course_id)
        record(
            "proposals.exported",
            by=actor.person_id,
            on=course_row,
            course_id=fresh.course_id,
            kind=kind,
            rows=len(found),
            edition=title,
            names=with_names,
        )
    response = make_response(data)
    response.headers["Content-Type"] = MEDIA[kind]
    name = "-".join(part for part in ("propuneri", edition or page.outline.slug) if part)
    response.headers["Content-Disposition"] = content_disposition(f"{name}.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response
