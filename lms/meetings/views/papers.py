"""A meeting on paper: the sheet to sign, and the scans of signed lists."""

from __future__ import annotations

from flask import current_app, flash, redirect, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writing_subject
from lms.errors import Hidden
from lms.files import store
from lms.meetings import queries
from lms.meetings.forms import ScanForm
from lms.meetings.models import Meeting
from lms.meetings.permissions import MARK_PRESENCE, SEE_MEETINGS
from lms.meetings.services import meetings as services
from lms.meetings.sheet import attendance_sheet
from lms.meetings.views.blueprint import PDF, bp, download, me, meeting_by_id
from lms.meetings.views.office import back_to, file_stem, meeting_page
from lms.safety.scans import ScanRefused, check_scan
from lms.web.i18n import gettext as _
from lms.web.scan_words import refused_scan_words


@bp.get("/meetings/<int:meeting_id>/sheet.pdf")
@reads(SEE_MEETINGS, meeting_by_id)
def sheet(meeting: Meeting) -> Response:
    """Hand out the sheet that people sign."""
    data = attendance_sheet(meeting, queries.people_of(meeting).expected)
    return download(data, f"{file_stem(meeting)}-{_('attendance')}.pdf", PDF)


@bp.post("/meetings/<int:meeting_id>/scans")
@prepares(MARK_PRESENCE, meeting_by_id)
def add_scan(meeting: Meeting) -> Response:
    """Attach the scan of a signed list; what it holds is checked before it is kept."""
    meeting_id = meeting.id
    db.end_reading()
    form, upload = ScanForm(), request.files.get("scan")
    try:
        if upload is None or not upload.filename:
            form.scan.errors = [_("Choose a file first.")]
            return _again(meeting_id, form)
        scan = check_scan(upload.filename, upload.stream.read())
    except ScanRefused as refusal:
        form.scan.errors = [refused_scan_words(refusal.fault)]
        return _again(meeting_id, form)
    sha256 = store.put(current_app.config["LMS"].folder("files"), scan.data)
    with writing_subject(MARK_PRESENCE, meeting_by_id) as fresh:
        services.add_scan(fresh, scan, sha256, by=me(), now=clock.now())
    flash(_("The scan is attached."), "success")
    return redirect(back_to(meeting_id), 303)


def _again(meeting_id: int, form: ScanForm) -> Response:
    again = meeting_by_id(current_actor(), locked=False, meeting_id=meeting_id)
    if again is None:
        raise Hidden
    return meeting_page(again, scan=form, status=422)


@bp.get("/meetings/<int:meeting_id>/scans/<int:file_id>")
@reads(SEE_MEETINGS, meeting_by_id)
def scan(meeting: Meeting, file_id: int) -> Response:
    """Hand out a scan exactly as it came."""
    found = next((file for file in services.scans_of(meeting.id) if file.id == file_id), None)
    if found is None:
        raise Hidden
    data = store.get(current_app.config["LMS"].folder("files"), found.sha256)
    return download(data, found.name, found.media_type)
