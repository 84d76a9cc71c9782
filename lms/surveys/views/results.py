"""What came of a questionnaire, for trainers and the office: an edition's, a course's, as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor, prepares, reads, writing_subject
from lms.courses.models import Course, Edition
from lms.safety.file_names import content_disposition
from lms.safety.sheets import write_csv, write_xlsx
from lms.surveys import queries, services, tables
from lms.surveys.grouping import GROUP
from lms.surveys.permissions import EXPORT_RESULTS, SEE_RESULTS
from lms.surveys.queries import Results
from lms.surveys.views import bp
from lms.web.i18n import gettext as _
from lms.web.templating import render

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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


def course_by_slug(actor: Actor, *, locked: bool, **args: Any) -> Course | None:
    """Load a course for staff who may see it; for everybody else it isn't there."""
    if not actor.is_staff:
        return None
    statement = Course.visible_to(actor).where(Course.slug == args["slug"])
    if locked:
        statement = statement.with_for_update(of=Course)
    return db.session().scalars(statement).one_or_none()


edition_by_slug.consumes = frozenset({"slug"})  # type: ignore[attr-defined]
course_by_slug.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


def _results(course_id: int, edition_ids: Sequence[int]) -> Results | None:
    survey = queries.survey_of(course_id)
    return None if survey is None else queries.results_of(survey, edition_ids)


@bp.get("/editions/<slug>/questionnaire")
@reads(SEE_RESULTS, edition_by_slug)
def edition_results(edition: Edition) -> str:
    """Show what came of the questionnaire in an edition."""
    return render(
        "surveys/results.html",
        edition=edition,
        course=edition.course,
        results=_results(edition.course_id, [edition.id]),
        group=GROUP,
        said=tables.said,
        bar_label=tables.bar_label,
    )


@bp.get("/courses/<slug>/questionnaire/results")
@reads(SEE_RESULTS, course_by_slug)
def course_results(course: Course) -> str:
    """Show what came of the questionnaire in all editions of a course."""
    return render(
        "surveys/results.html",
        edition=None,
        course=course,
        results=_results(course.id, queries.edition_ids_of(course.id)),
        group=GROUP,
        said=tables.said,
        bar_label=tables.bar_label,
    )


@bp.get("/editions/<slug>/questionnaire.<any(xlsx, csv):form>")
@prepares(EXPORT_RESULTS, edition_by_slug)
def export_edition(edition: Edition, form: str) -> Response:
    """Hand out an edition's figures and texts as a file, and record it."""
    results = _results(edition.course_id, [edition.id])
    name = f"{_('questionnaire')}-{edition.slug}.{form}"
    return _hand_out(results, edition_by_slug, name, form)


@bp.get("/courses/<slug>/questionnaire/results.<any(xlsx, csv):form>")
@prepares(EXPORT_RESULTS, course_by_slug)
def export_course(course: Course, form: str) -> Response:
    """Hand out a course's figures and texts as a file, and record it."""
    results = _results(course.id, queries.edition_ids_of(course.id))
    return _hand_out(results, course_by_slug, f"{_('questionnaire')}-{course.slug}.{form}", form)


def _hand_out(results: Results | None, load: Any, name: str, form: str) -> Response:
    columns = tables.columns()
    rows = tables.rows(results.questions) if results and results.counts.shown else []
    db.end_reading()
    with writing_subject(EXPORT_RESULTS, load) as again:
        actor = current_actor()
        assert actor is not None  # the permission says so
        services.record_export(
            again, again.course_id, by=actor.person_id, kind=form, rows=len(rows)
        )
    if form == "csv":
        data = write_csv(columns, rows)
    else:
        data = write_xlsx(_("Questionnaire"), columns, rows)
    response = Response(data, content_type=TYPES[form])
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
