"""Presence ticked on a meeting's page, and its code for the wall."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.meetings import queries, words
from lms.meetings.errors import HoursRefused, NotOfMeeting, OwnPresence, ReasonMissing
from lms.meetings.models import Meeting
from lms.meetings.permissions import MARK_PRESENCE
from lms.meetings.qr import squares
from lms.meetings.rules import read_hours
from lms.meetings.services import presence
from lms.meetings.views.blueprint import bp, me, meeting_by_id
from lms.meetings.views.office import back_to, meeting_page
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@bp.post("/meetings/<int:meeting_id>/presence")
@writes(MARK_PRESENCE, meeting_by_id)
def mark(meeting: Meeting) -> Response:
    """Write down what was changed on the page since it was drawn; the rest stays as it is."""
    shown = _posted()
    reason = " ".join(request.form.get("reason", "").split())[:500]
    wanted: dict[int, Decimal] = {}
    for enrolment_id, field in shown.items():
        hours = _hours_of(field, meeting)
        if hours is None:
            text = _("“%(text)s” is no number of hours.", text=field["hours"])
            return _again(meeting, shown, reason, text)
        if hours != field["was"]:
            wanted[enrolment_id] = hours
    if guest := whole_number(request.form.get("guest")):
        wanted[guest] = meeting.hours
    try:
        count = presence.mark(meeting, wanted, by=me(), now=clock.now(), reason=reason)
    except ReasonMissing:
        text = _("Something that was written down before changes: say why, at the end of the list.")
        return _again(meeting, shown, reason, text)
    except HoursRefused:
        text = _(
            "Nobody has more hours than the meeting: %(num)s.", num=words.hours_text(meeting.hours)
        )
        return _again(meeting, shown, reason, text)
    except OwnPresence:
        return _again(meeting, shown, reason, _("A colleague records your own attendance."))
    except NotOfMeeting:
        text = _("Somebody here no longer takes part in the edition.")
        return _again(meeting, shown, reason, text)
    _tell(count)
    return redirect(back_to(meeting.id), 303)


def _posted() -> dict[int, dict[str, Any]]:
    """Read the lines that the form carries: ticked or not, hours, and what it was drawn with."""
    ticked = {whole_number(text) for text in request.form.getlist("present")}
    found = {}
    for text in request.form.getlist("line")[:6000]:
        number = whole_number(text)
        if number is not None:
            found[number] = {
                "ticked": number in ticked,
                "hours": request.form.get(f"hours-{number}", "").strip()[:20],
                "was": read_hours(request.form.get(f"was-{number}", "")) or Decimal(0),
            }
    return found


def _hours_of(field: dict[str, Any], meeting: Meeting) -> Decimal | None:
    if not field["ticked"]:
        return Decimal(0)
    return read_hours(field["hours"]) if field["hours"] else meeting.hours


def _again(meeting: Meeting, shown: dict[int, dict[str, Any]], reason: str, error: str) -> Response:
    return meeting_page(meeting, shown=shown, reason=reason, error=error, status=422)


def _tell(count: int) -> None:
    if not count:
        flash(_("Nothing was changed."), "info")
        return
    flash(
        ngettext(
            "The presence of %(num)s person was written down.",
            "The presence of %(num)s people was written down.",
            count,
        ),
        "success",
    )


@bp.get("/meetings/<int:meeting_id>/code")
@reads(MARK_PRESENCE, meeting_by_id)
def code(meeting: Meeting) -> str:
    """Show the code large, to be projected or printed."""
    address = url_for("meetings.mine", code=meeting.code, _external=True)
    opens, closes = queries.grace_of(meeting)
    return render(
        "meetings/code.html",
        meeting=meeting,
        code=words.code_words(meeting),
        address=url_for("meetings.mine", _external=True).split("://", 1)[1],
        squares=squares(address),
        opens=opens,
        closes=closes,
        zone=meeting.zone,
        words=words,
    )
