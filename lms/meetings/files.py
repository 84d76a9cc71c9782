"""Files of meetings: the list, a meeting's presence, everybody against every meeting."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms.courses.models import Edition
from lms.meetings import words
from lms.meetings.models import Meeting
from lms.meetings.queries import Attendance, MeetingLine, PersonLine
from lms.quizzes.paper.paper_lists import PaperResultLine
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import current_locale, format_short_date
from lms.web.i18n import gettext as _


def _write(
    title: str, columns: Sequence[Column | str], rows: Sequence[Sequence[Cell]], form: str
) -> bytes:
    return write_csv(columns, rows) if form == "csv" else write_xlsx(title, columns, rows)


def meetings_file(edition: Edition, lines: Sequence[MeetingLine], form: str) -> bytes:
    """Write an edition's meetings."""
    zone = edition.programme.zone
    columns = [
        *(_("Day"), _("Hours of day"), _("Group"), _("Topic"), _("Place"), _("Address online")),
        *(_("Trainers"), _("Hours"), _("Present"), _("Expected"), _("Called off")),
    ]
    rows: list[list[Cell]] = [
        [
            line.meeting.starts_at.astimezone(ZoneInfo(zone)).date(),
            words.times(line.meeting, zone),
            line.group or _("everybody"),
            line.meeting.title,
            line.meeting.place,
            line.meeting.link,
            ", ".join(line.meeting.trainers),
            line.meeting.hours,
            line.present,
            line.expected,
            line.meeting.cancel_reason,
        ]
        for line in lines
    ]
    return _write(edition.title, columns, rows, form)


def presence_file(meeting: Meeting, lines: Sequence[PersonLine], form: str) -> bytes:
    """Write a meeting's people with their presence, as an import takes them."""
    columns: list[Column | str] = [
        *(_("Family name"), _("Given names"), _("Sign-in name"), _("Organisation")),
        *(Column(_("Present"), 12), Column(_("Hours"), 10), _("How")),
    ]
    rows: list[list[Cell]] = [_presence_row(meeting, line) for line in lines]
    return _write(meeting.title, columns, rows, form)


def _presence_row(meeting: Meeting, line: PersonLine) -> list[Cell]:
    said, hours, how = "", None, ""
    if line.presence is not None:
        said = _("yes") if line.is_present else _("no")
        hours = line.hours if line.is_present else None
        how = words.way_words(line.presence, meeting.zone) if line.is_present else _("struck out")
    return [
        *(line.family_name, line.given_names, line.sign_in_name, line.organisation),
        *(said, hours, how),
    ]


def attendance_file(edition: Edition, found: Attendance, form: str) -> bytes:
    """Write everybody of an edition against its meetings, in hours."""
    zone = edition.programme.zone
    columns: list[Column | str] = [
        *(_("Family name"), _("Given names"), _("Organisation"), _("Group"), _("State")),
        *(Column(f"{format_short_date(m.starts_at, zone)} {m.title}", 14) for m in found.meetings),
        *(_("At meetings"), _("Hours attended")),
    ]
    rows: list[list[Cell]] = []
    for person, hours in found.rows:
        rows.append(
            [
                *(person.family_name, person.given_names, person.organisation, person.group),
                _("withdrawn") if person.is_withdrawn else "",
                *(hours.get(m.id) for m in found.meetings),
                sum(hours.values(), Decimal(0)),
                person.hours_attended,
            ]
        )
    return _write(edition.title, columns, rows, form)


def paper_results_file(edition: Edition, lines: Sequence[PaperResultLine], form: str) -> bytes:
    """Write an edition's tests on paper, those that were revoked among them."""
    zone, is_english = ZoneInfo(edition.programme.zone), current_locale() == "en"
    columns = [
        *(_("Family name"), _("Given names"), _("Organisation"), _("Group"), _("Test")),
        *(_("Taken on"), _("Place"), _("Points"), _("Out of"), _("Percent"), _("Passed")),
        *(_("Reason"), _("Written down by"), _("Written down on"), _("Revoked on")),
        _("Reason for revoking"),
    ]
    rows: list[list[Cell]] = []
    for line in lines:
        result, title = line.result, line.quiz.title_en if is_english else line.quiz.title_ro
        passed = {True: _("yes"), False: _("no"), None: ""}[result.passed]
        revoked = result.revoked_at.astimezone(zone).date() if result.revoked_at else None
        rows.append(
            [
                *(line.family_name, line.given_names, line.organisation, line.group, title),
                *(result.taken_on, result.place, result.earned, result.possible, result.percent),
                *(passed, result.reason, line.recorded_by),
                *(result.recorded_at.astimezone(zone).date(), revoked, result.revoke_reason or ""),
            ]
        )
    return _write(edition.title, columns, rows, form)
