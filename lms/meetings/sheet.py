"""The sheet that people sign at a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lms.meetings import words
from lms.meetings.models import Meeting
from lms.meetings.queries import PersonLine
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import current_locale, format_hours, ngettext
from lms.web.i18n import gettext as _

BLANK_ROWS: Final = 5  # for whoever comes without being on the list
_ROW_MM: Final = 10.0


def attendance_sheet(meeting: Meeting, lines: Sequence[PersonLine]) -> bytes:
    """Draw a meeting's list for signing, with rows to write on."""
    people = [line for line in lines if not line.is_withdrawn]
    named = [
        [f"{number}.", line.listed_name, line.organisation, ""]
        for number, line in enumerate(people, 1)
    ]
    blank = [[f"{len(people) + n}.", "", "", ""] for n in range(1, BLANK_ROWS + 1)]
    return draw_sheet(
        Sheet(
            title=_("Attendance sheet"),
            columns=[
                Column(_("No."), 0.45, is_figure=True),
                Column(_("Name in full"), 2.6),
                Column(_("Organisation"), 2.6),
                Column(_("Signature"), 2.2),
            ],
            rows=[*named, *blank],
            lead=_lead(meeting),
            close=[
                _("The last rows are for those who come without being on the list."),
                "",
                f"{_('Trainer')}: {'.' * 45}     {_('Signature')}: {'.' * 30}",
            ],
            foot=f"{meeting.edition.programme.short_name} · {words.when(meeting, meeting.zone)}",
            page=_("page {page} of {pages}"),
            row_mm=_ROW_MM,
            locale=current_locale(),
        )
    )


def _lead(meeting: Meeting) -> list[str]:
    edition = meeting.edition
    group = f", {meeting.group.name}" if meeting.group else ""
    lines = [
        edition.programme.title,
        f"{edition.title}{group}",
        _("Topic: %(title)s", title=meeting.title),
        f"{words.when(meeting, meeting.zone)} ({format_hours(meeting.hours)}) · "
        f"{words.where(meeting)}",
    ]
    if meeting.trainers:
        names, count = ", ".join(meeting.trainers), len(meeting.trainers)
        lines.append(ngettext("Trainer: %(names)s", "Trainers: %(names)s", count, names=names))
    return lines
