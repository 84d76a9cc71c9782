"""The words of a course's field, in alphabetical order, for everyone who may see the course."""

from __future__ import annotations

from flask import request

from lms import db
from lms.access import Actor, reads
from lms.courses import queries
from lms.courses.glossary import by_letter
from lms.courses.models import Course
from lms.courses.outline import LessonEntry, Outline, outline_of
from lms.courses.permissions import SEE_COURSE
from lms.courses.views import bp
from lms.web import i18n
from lms.web.templating import render

LONGEST_ASKED = 100


def load_outline(actor: Actor, *, locked: bool, slug: str) -> Outline | None:
    """Load a course's outline through a place on it, else through what staff may see."""
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    if place is not None:
        return outline_of(place.course_id, place.course_version)
    row = (
        db.session()
        .execute(
            Course.visible_to(actor)
            .where(Course.slug == slug)
            .with_only_columns(Course.id, Course.version)
        )
        .first()
    )
    return None if row is None or not actor.is_staff else outline_of(row[0], row[1])


@bp.get("/courses/<slug>/glossary")
@reads(SEE_COURSE, load_outline)
def glossary(outline: Outline) -> str:
    """List the terms of a course, or those that answer what was typed."""
    asked = request.args.get("q", "")[:LONGEST_ASKED].strip()
    terms = [term for term in outline.terms.values() if term.answers(asked)]
    locale = i18n.current_locale()
    return render(
        "courses/glossary.html",
        outline=outline,
        letters=by_letter(terms, locale),
        asked=asked,
        found=len(terms),
        other="ro" if locale == "en" else "en",
        first=_first_lessons(outline),
        modules={module.id: module for module in outline.modules},
    )


def _first_lessons(outline: Outline) -> dict[str, LessonEntry]:
    """Return where each term is used first."""
    found: dict[str, LessonEntry] = {}
    for lesson in outline.lessons:
        for term in lesson.terms:
            found.setdefault(term, lesson)
    return found
