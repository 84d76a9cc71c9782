"""The trainer's way: the courses one trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from markupsafe import Markup

from lms import db
from lms.access import current_actor, may, reads
from lms.courses.models import Course, Edition, Enrolment, EnrolmentState
from lms.courses.outline import Outline, outline_of
from lms.courses.permissions import SEE_FACTS, SEE_TEACHING
from lms.courses.views import bp
from lms.web.templating import render

# What other packages link to from courses: from their slugs by id to the links of each.
COURSE_LINKS: list[Callable[[Mapping[int, str]], Mapping[int, Markup]]] = []
# What waits for whoever trains, above the courses; nothing where nothing waits.
WAITING_PANELS: list[Callable[[], Markup]] = []

# What other packages say of editions, in a line below each: by the edition's id.
EDITION_LINES: list[Callable[[Sequence[Edition]], Mapping[int, Markup]]] = []


def links_to(courses: Mapping[int, str]) -> dict[int, list[Markup]]:
    """What other packages link to from courses, by the course's id."""
    found = [links(courses) for links in COURSE_LINKS]
    return {course_id: [f[course_id] for f in found if course_id in f] for course_id in courses}


def tools_of(outline: Outline, *, learns: bool) -> list[Markup] | None:
    """Return what others link to from a course, for whoever trains or oversees; else None.

    A trainer who learns a course that others train is a learner there.
    """
    if not may(SEE_TEACHING.name) or (learns and not may(SEE_FACTS.name, outline)):
        return None
    return links_to({outline.course_id: outline.slug})[outline.course_id]


@bp.get("/teaching")
@reads(SEE_TEACHING)
def teaching() -> str:
    """List the courses that one trains or runs, with their editions."""
    actor = current_actor()
    session = db.session()
    courses = session.scalars(Course.visible_to(actor).order_by(Course.title_ro)).all()
    editions = session.scalars(Edition.visible_to(actor).order_by(Edition.starts_on.desc())).all()
    counted = session.execute(
        sa.select(Enrolment.edition_id, sa.func.count())
        .where(Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Enrolment.edition_id)
    )
    counts = {edition_id: int(number) for edition_id, number in counted}
    return render(
        "courses/teaching.html",
        courses=[(c, outline_of(c.id, c.version)) for c in courses],
        editions=editions,
        counts=counts,
        panels=[panel() for panel in WAITING_PANELS],
        links=links_to({c.id: c.slug for c in courses}),
        lines=[lines(editions) for lines in EDITION_LINES],
    )
