"""Pages of working papers: the list of a course's papers, and each to take away."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, reads
from lms.courses.models import Course
from lms.courses.outline import LessonEntry, ModuleEntry
from lms.courses.queries import place_on
from lms.courses.views.learning import CoursePage, load_course
from lms.files import store
from lms.files.models import StoredFile
from lms.papers import shelf
from lms.papers.models import CoursePaper
from lms.papers.permissions import SEE_PAPERS
from lms.safety.file_names import content_disposition
from lms.web.templating import render

bp = Blueprint("papers", __name__)


@dataclass(frozen=True)
class Use:
    """A lesson that uses a paper, and whether its module is open to the reader."""

    module: ModuleEntry
    lesson: LessonEntry
    is_open: bool


@bp.get("/courses/<slug>/papers")
@reads(SEE_PAPERS, load_course)
def papers(page: CoursePage) -> str:
    """List a course's working papers, each with the lessons that use it."""
    outline = page.outline
    found = shelf.papers_of(outline.course_id, outline.version)
    uses = {paper.content_id: _uses(page, paper.lessons) for paper in found}
    return render(
        "papers/papers.html", outline=outline, papers=found, uses=uses, standing=page.standing
    )


def _uses(page: CoursePage, numbers: tuple[str, ...]) -> list[Use]:
    return [
        Use(module, lesson, page.standing is None or module.id in page.standing.open_modules)
        for module in page.outline.modules
        for lesson in module.lessons
        if lesson.number in numbers
    ]


def load_paper(actor: Actor, *, locked: bool, slug: str, paper_id: str) -> StoredFile | None:
    """Load a paper's file through the course."""
    course = (
        sa.select(Course.id).where(Course.slug == slug)
        if place_on(actor.person_id, slug)
        else Course.visible_to(actor).where(Course.slug == slug).with_only_columns(Course.id)
    )
    return (
        db.session()
        .scalars(
            sa.select(StoredFile)
            .join(CoursePaper, CoursePaper.file_id == StoredFile.id)
            .where(CoursePaper.course_id.in_(course), CoursePaper.content_id == paper_id)
        )
        .first()
    )


@bp.get("/courses/<slug>/papers/<paper_id>")
@reads(SEE_PAPERS, load_paper)
def download(file: StoredFile) -> Response:
    """Hand out a paper to fill in."""
    response = Response(mimetype=file.media_type)
    response.set_etag(file.sha256[:24])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = content_disposition(file.name)
    if request.if_none_match.contains(file.sha256[:24]):
        response.status_code = 304
        return response
    settings = current_app.config["LMS"]
    response.set_data(store.get(settings.folder("files"), file.sha256))
    return response
