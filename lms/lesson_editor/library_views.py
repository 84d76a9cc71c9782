"""The page of a course's pictures and papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, prepares, reads, writes, writing_subject
from lms.courses.models import ContentItem
from lms.exchange.queries import CourseRef, load_course
from lms.lesson_editor import library as services
from lms.lesson_editor.permissions import KEEP_FILES
from lms.lesson_editor.views import bp, me
from lms.quizzes.exchange.pictures import LARGEST
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

_MOST_AT_ONCE = 20


@dataclass(frozen=True)
class PictureRef:
    """A picture that is changed."""

    course: CourseRef
    name: str

    @property
    def course_id(self) -> int:
        """Whose it is, for the rules of access."""
        return self.course.course_id


def load_picture(
    actor: Actor, *, locked: bool, slug: str, name: str, **_args: Any
) -> PictureRef | None:
    """Load a picture that stands among a course's files."""
    course = load_course(actor, locked=locked, slug=slug)
    if course is None:
        return None
    listed = sa.exists().where(
        ContentItem.course_id == course.course_id, ContentItem.path == f"figures/{name}"
    )
    return PictureRef(course, name) if db.session().scalar(sa.select(listed)) else None


@bp.get("/courses/<slug>/library")
@reads(KEEP_FILES, load_course)
def library(course: CourseRef) -> str:
    """Show a course's pictures and papers, and where each is used."""
    return render(
        "lesson_editor/library.html",
        course=course,
        pictures=services.pictures_of(course.course_id),
        papers=services.papers_of(course.course_id),
    )


@bp.post("/courses/<slug>/library")
@prepares(KEEP_FILES, load_course)
def add_pictures(course: CourseRef) -> Response:
    """Add pictures; what is none is said, and the others are taken."""
    here = redirect(url_for("lesson_editor.library", slug=course.slug))
    sent, refused = [], []
    for file in request.files.getlist("file")[:_MOST_AT_ONCE]:
        if not file.filename:
            continue
        try:
            sent.append(services.read_picture(file.filename, file.stream.read(LARGEST + 1)))
        except services.NoPicture:
            refused.append(file.filename[:80])
    if refused:
        flash(_no_picture(", ".join(refused)), "error")
    elif not sent:
        flash(_("Choose a picture first."), "warning")
    if sent:
        with writing_subject(KEEP_FILES, load_course):
            names = [
                services.add(course.course_id, each, by=me(), now=clock.now()) for each in sent
            ]
        flash(
            ngettext(
                "Added: %(names)s. Lessons show it as ![…](figures/…).",
                "Added: %(names)s. Lessons show them as ![…](figures/…).",
                len(names),
                names=", ".join(names),
            ),
            "success",
        )
    return here


def _no_picture(names: str) -> str:
    return _(
        "Not taken: %(names)s. A picture is PNG, JPEG, GIF, WebP or a plain SVG drawing, of up to "
        "5 MB.",
        names=names,
    )


@bp.post("/courses/<slug>/library/<name>/replace")
@prepares(KEEP_FILES, load_picture)
def replace_picture(picture: PictureRef) -> Response:
    """Put another picture in a picture's place."""
    here = redirect(url_for("lesson_editor.library", slug=picture.course.slug))
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a picture first."), "warning")
        return here
    try:
        sent = services.read_picture(file.filename, file.stream.read(LARGEST + 1))
        with writing_subject(KEEP_FILES, load_picture):
            services.replace_picture(
                picture.course_id, picture.name, sent, by=me(), now=clock.now()
            )
    except services.NoPicture:
        flash(_no_picture(file.filename[:80]), "error")
    except services.OtherKind:
        flash(
            _(
                "Nothing was replaced: %(name)s can only be replaced by a picture of the same "
                "kind. Add the new one, and name it in the lessons.",
                name=picture.name,
            ),
            "error",
        )
    else:
        flash(_("%(name)s was replaced, wherever it is shown.", name=picture.name), "success")
    return here


@bp.post("/courses/<slug>/library/<name>/remove")
@writes(KEEP_FILES, load_picture)
def remove_picture(picture: PictureRef) -> Response:
    """Take out a picture that nothing shows."""
    try:
        is_gone = services.remove(picture.course_id, picture.name, by=me())
    except services.InUse:
        flash(_("%(name)s stays: something shows it now.", name=picture.name), "warning")
    else:
        told = (
            _("%(name)s was removed.", name=picture.name)
            if is_gone
            else _(
                "%(name)s was taken off the list. An older text still shows it, so it is kept "
                "for that.",
                name=picture.name,
            )
        )
        flash(told, "success")
    return redirect(url_for("lesson_editor.library", slug=picture.course.slug))
