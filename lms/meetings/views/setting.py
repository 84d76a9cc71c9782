"""Meetings set, changed and called off."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.courses.models import Edition
from lms.meetings.errors import Cancelled, HasPresence, ReasonMissing
from lms.meetings.forms import MeetingForm, ReasonForm
from lms.meetings.models import Meeting
from lms.meetings.permissions import SET_MEETINGS
from lms.meetings.services import meetings as services
from lms.meetings.views.blueprint import bp, edition_by_slug, me, meeting_by_id
from lms.meetings.views.office import back_to
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.templating import render


def _form_page(edition: Edition, form: MeetingForm, meeting: Meeting | None = None) -> str:
    return render("meetings/edit.html", edition=edition, form=form, meeting=meeting)


@bp.get("/editions/<slug>/meetings/new")
@reads(SET_MEETINGS, edition_by_slug)
def new(edition: Edition) -> str:
    """Ask for a meeting."""
    group_id = whole_number(request.args.get("group")) or 0
    group = next((g for g in edition.groups if g.id == group_id), None)
    form = MeetingForm(
        data={
            "group_id": group.id if group else 0,
            "place": group.place if group else None,
            "trainers": "\n".join(group.trainers) if group else "",
        }
    )
    form.offer(edition)
    return _form_page(edition, form)


@bp.post("/editions/<slug>/meetings/new")
@writes(SET_MEETINGS, edition_by_slug)
def create(edition: Edition) -> Response:
    """Set a meeting."""
    form = MeetingForm.posted()
    form.offer(edition)
    if not form.validate():
        return make_response(_form_page(edition, form), 422)
    data = form.meeting_data(edition.programme.zone)
    made = services.create_meeting(edition, data, by=me(), now=clock.now())
    flash(_("The meeting was set. You can print its sheet and show its code from here."), "success")
    return redirect(back_to(made.id), 303)


@bp.get("/meetings/<int:meeting_id>/edit")
@reads(SET_MEETINGS, meeting_by_id)
def edit(meeting: Meeting) -> str:
    """Show a meeting in the form."""
    form = MeetingForm.of(meeting)
    form.offer(meeting.edition)
    return _form_page(meeting.edition, form, meeting)


@bp.post("/meetings/<int:meeting_id>/edit")
@writes(SET_MEETINGS, meeting_by_id)
def save(meeting: Meeting) -> Response:
    """Change a meeting."""
    form = MeetingForm.posted()
    form.offer(meeting.edition)
    if not form.validate():
        return make_response(_form_page(meeting.edition, form, meeting), 422)
    data, reason = form.meeting_data(meeting.zone), form.reason.data or ""
    try:
        services.edit_meeting(meeting, data, by=me(), now=clock.now(), reason=reason)
    except ReasonMissing:
        form.reason.errors = [
            _("People were present: their hours change too. Say why the hours change.")
        ]
        return make_response(_form_page(meeting.edition, form, meeting), 422)
    except Cancelled:
        flash(_("The meeting was called off, so it stays as it is."), "error")
    else:
        flash(_("The meeting was saved."), "success")
    return redirect(back_to(meeting.id), 303)


@bp.post("/meetings/<int:meeting_id>/cancel")
@writes(SET_MEETINGS, meeting_by_id)
def cancel(meeting: Meeting) -> Response:
    """Call a meeting off, with a reason."""
    form = ReasonForm.posted()
    if not form.validate():
        flash(_("A reason is needed. Nothing was changed."), "error")
        return redirect(back_to(meeting.id), 303)
    try:
        services.cancel_meeting(meeting, reason=form.reason.data or "", by=me(), now=clock.now())
    except HasPresence:
        flash(
            _("Somebody was present, so the meeting stays. Strike out the presences first."),
            "error",
        )
        return redirect(back_to(meeting.id), 303)
    flash(_("The meeting was called off. Its learners no longer see it."), "success")
    return redirect(url_for("meetings.index", slug=meeting.edition.slug), 303)
