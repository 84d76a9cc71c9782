"""Pages of the facts that a course rests on, and of somebody's word for them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writing_subject
from lms.courses.permissions import SEE_FACTS, SIGN_OFF_FACT
from lms.exchange import facts as course_facts
from lms.exchange import wording
from lms.exchange.errors import StatementChanged
from lms.exchange.queries import CourseRef, load_course
from lms.exchange.views import bp, course_row
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

PER_PAGE = 50
SHOWN = ("waiting", "uncertain", "all")


@dataclass(frozen=True)
class Page:
    """One page of a list, as the pager draws it."""

    number: int
    total: int
    slug: str
    shown: str

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))

    def href(self, number: int) -> str:
        """The address of a page."""
        return url_for(".facts", slug=self.slug, show=self.shown, page=number)


@bp.get("/courses/<slug>/facts")
@reads(SEE_FACTS, load_course)
def facts(course: CourseRef) -> str:
    """Show the facts that a course rests on, and what waits for somebody's word."""
    lines = course_facts.fact_lines(course.course_id)
    groups = {
        "waiting": [f for f in lines if f.is_waited_for],
        "uncertain": [f for f in lines if not f.is_certain],
        "all": lines,
    }
    shown = request.args.get("show", "waiting" if groups["waiting"] else "all")
    if shown not in SHOWN:
        abort(404)
    page = Page(
        max(1, request.args.get("page", 1, type=int)), len(groups[shown]), course.slug, shown
    )
    start_at = (page.number - 1) * PER_PAGE
    return render(
        "exchange/facts.html",
        course=course,
        lines=groups[shown][start_at : start_at + PER_PAGE],
        counts={name: len(group) for name, group in groups.items()},
        shown=shown,
        page=page,
        confidences=wording.CONFIDENCES,
    )


@bp.post("/courses/<slug>/facts/<fact_id>/sign-off")
@prepares(SIGN_OFF_FACT, load_course)
def sign_off(course: CourseRef) -> Response:
    """Give one's word for a fact as worded on the page."""
    fact_id = str((request.view_args or {})["fact_id"])
    course_facts.index_of(course.course_id, course.version)  # the files are read before the write
    db.end_reading()
    actor = current_actor()
    assert actor is not None
    by = actor.person_id
    db.end_reading()
    try:
        with writing_subject(SIGN_OFF_FACT, load_course) as subject:
            done = course_facts.sign_off_fact(
                course_row(subject),
                fact_id,
                request.form.get("statement_hash", ""),
                by=by,
                now=clock.now(),
            )
    except StatementChanged:
        flash(
            _(
                "The wording of fact %(fact)s has changed since you read it. Nothing was signed; "
                "read it again.",
                fact=fact_id,
            ),
            "warning",
        )
    else:
        _tell(fact_id, done)
    return redirect(url_for(".facts", slug=course.slug))


def _tell(fact_id: str, done: course_facts.SignOff) -> None:
    if not done.is_new:
        flash(_("Fact %(fact)s was signed off already.", fact=fact_id), "info")
        return
    if done.published:
        count = len(done.published)
        flash(
            ngettext(
                "Fact %(fact)s is signed off; %(num)s question is now published.",
                "Fact %(fact)s is signed off; %(num)s questions are now published.",
                count,
                fact=fact_id,
            ),
            "success",
        )
    else:
        flash(_("Fact %(fact)s is signed off.", fact=fact_id), "success")
    if done.lessons:
        flash(
            ngettext(
                "Lesson %(lessons)s is now published.",
                "Lessons %(lessons)s are now published.",
                len(done.lessons),
                lessons=", ".join(done.lessons),
            ),
            "success",
        )
