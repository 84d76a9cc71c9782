"""Meetings of an edition: the list, its files, one meeting's page, its sheet and its code."""

from __future__ import annotations

from typing import Any

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writing_subject
from lms.audit.services import record
from lms.courses.models import Edition
from lms.meetings import files, queries, words
from lms.meetings.forms import ScanForm
from lms.meetings.models import Meeting
from lms.meetings.permissions import (
    EXPORT_ATTENDANCE,
    EXPORT_PAPER_RESULTS,
    MARK_PRESENCE,
    SEE_MEETINGS,
)
from lms.meetings.queries import People
from lms.meetings.services import meetings as services
from lms.meetings.services.presence import local_day
from lms.meetings.views.blueprint import CSV, XLSX, bp, download, edition_by_slug, me, meeting_by_id
from lms.quizzes.paper.paper_lists import count_papers, papers_of_edition
from lms.web.forms import Form, whole_number
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/editions/<slug>/meetings")
@reads(SEE_MEETINGS, edition_by_slug)
def index(edition: Edition) -> str:
    """List an edition's meetings, or a group's."""
    group_id, now = whole_number(request.args.get("group")), clock.now()
    lines = queries.meeting_lines(edition, group_id)
    ahead = [line for line in lines if line.meeting.ends_at > now]
    past = [line for line in lines if line.meeting.ends_at <= now]
    held = (line.meeting.id for line in ahead if line.meeting.cancelled_at is None)
    return render(
        "meetings/index.html",
        edition=edition,
        lines=[*ahead, *reversed(past)],
        next_id=next(held, None),
        papers=count_papers(edition.id),
        group_id=group_id,
        zone=edition.programme.zone,
        words=words,
        now=now,
    )


@bp.get("/editions/<slug>/meetings.<any(xlsx, csv):form>")
@reads(SEE_MEETINGS, edition_by_slug)
def export(edition: Edition, form: str) -> Response:
    """Hand out the list of meetings as a file."""
    lines = queries.meeting_lines(edition, whole_number(request.args.get("group")))
    data = files.meetings_file(edition, lines, form)
    return download(data, f"{edition.slug}-{_('meetings')}.{form}", _type(form))


@bp.get("/editions/<slug>/attendance.<any(xlsx, csv):form>")
@prepares(EXPORT_ATTENDANCE, edition_by_slug)
def export_attendance(edition: Edition, form: str) -> Response:
    """Hand out who was where for how long, and record it."""
    found = queries.attendance_of(edition.id)
    data = files.attendance_file(edition, found, form)
    db.end_reading()
    with writing_subject(EXPORT_ATTENDANCE, edition_by_slug) as again:
        record(
            "attendance.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(found.rows),
            kind=form,
        )
        name = f"{again.slug}-{_('attendance')}.{form}"
    return download(data, name, _type(form))


@bp.get("/editions/<slug>/paper-results.<any(xlsx, csv):form>")
@prepares(EXPORT_PAPER_RESULTS, edition_by_slug)
def export_paper_results(edition: Edition, form: str) -> Response:
    """Hand out the tests taken on paper, and record it."""
    lines = papers_of_edition(edition.id)
    data, said = files.paper_results_file(edition, lines, form), _("tests-on-paper")
    db.end_reading()
    with writing_subject(EXPORT_PAPER_RESULTS, edition_by_slug) as again:
        record(
            "paper_results.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(lines),
            kind=form,
        )
        name = f"{again.slug}-{said}.{form}"
    return download(data, name, _type(form))


def _type(form: str) -> str:
    return CSV if form == "csv" else XLSX


@bp.get("/meetings/<int:meeting_id>")
@reads(SEE_MEETINGS, meeting_by_id)
def see(meeting: Meeting) -> Response:
    """Show a meeting: who was there, to be ticked by whoever may; scans; corrections."""
    return meeting_page(meeting)


def meeting_page(
    meeting: Meeting,
    *,
    scan: Form | None = None,
    shown: dict[int, dict[str, Any]] | None = None,
    error: str = "",
    reason: str = "",
    status: int = 200,
) -> Response:
    """Draw a meeting's page; `shown` is what was posted and not kept, by enrolment."""
    people = queries.people_of(meeting)
    preset = request.args.get("tick", "") if request.method == "GET" else ""
    page = render(
        "meetings/meeting.html",
        meeting=meeting,
        edition=meeting.edition,
        people=people,
        fields={line.enrolment_id: field_of(line, preset, shown) for line in people.expected},
        modules=_modules(meeting),
        corrections=queries.corrections_of(meeting.id),
        scans=services.scans_of(meeting.id),
        scan_form=scan or ScanForm(),
        marks=may(MARK_PRESENCE.name, meeting) and meeting.cancelled_at is None,
        own=_own_id(people),
        error=error,
        reason=reason,
        zone=meeting.zone,
        words=words,
        now=clock.now(),
    )
    return make_response(page, status)


def field_of(line: Any, preset: str, shown: dict[int, dict[str, Any]] | None) -> dict[str, Any]:
    """Return how somebody's line is drawn: as it stands, as a link asks for, or as posted."""
    if shown is not None and line.enrolment_id in shown:
        return shown[line.enrolment_id]
    is_ticked = {"all": True, "none": False}.get(preset, line.is_present)
    return {"ticked": is_ticked, "hours": words.hours_text(line.hours) if line.hours else ""}


def _own_id(people: People) -> int | None:
    return next((p.enrolment_id for p in people.expected if p.person_id == me()), None)


def _modules(meeting: Meeting) -> list[Any]:
    return [m for m in meeting.edition.course.modules if m.id in meeting.module_ids]


@bp.get("/meetings/<int:meeting_id>/presence.<any(xlsx, csv):form>")
@reads(SEE_MEETINGS, meeting_by_id)
def export_presence(meeting: Meeting, form: str) -> Response:
    """Hand out a meeting's presence as a file that can be filled in and imported."""
    data = files.presence_file(meeting, queries.people_of(meeting).expected, form)
    return download(data, f"{file_stem(meeting)}-{_('presence')}.{form}", _type(form))


def file_stem(meeting: Meeting) -> str:
    """Name a meeting's files."""
    day = local_day(meeting).isoformat()
    group = f"-{meeting.group.name}" if meeting.group else ""
    return f"{meeting.edition.slug}{group}-{day}"


def back_to(meeting_id: int) -> str:
    """The address of a meeting's page."""
    return url_for("meetings.see", meeting_id=meeting_id)
