"""Presence from a list: asked for, shown row by row, kept whole or not at all."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import flash, make_response, redirect, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writing_subject
from lms.errors import Hidden
from lms.meetings import words
from lms.meetings.errors import Cancelled, ReasonMissing
from lms.meetings.forms import ImportForm
from lms.meetings.models import Meeting
from lms.meetings.permissions import MARK_PRESENCE
from lms.meetings.presence_sheet import Key, PresenceRow
from lms.meetings.services import importing
from lms.meetings.services.importing import NoColumns, NotReady, Plan
from lms.meetings.views.blueprint import bp, me, meeting_by_id
from lms.meetings.views.office import back_to
from lms.safety.sheets import SheetRefused, read_table
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.sheet_words import refused_sheet_words
from lms.web.templating import render

MOST_UNPACKED = 8 * 1024 * 1024


@bp.get("/meetings/<int:meeting_id>/import")
@reads(MARK_PRESENCE, meeting_by_id)
def import_presence(meeting: Meeting) -> str:
    """Ask for a list of presence."""
    return _ask(meeting, ImportForm())


def _ask(meeting: Meeting, form: ImportForm) -> str:
    return render(
        "meetings/import.html", meeting=meeting, form=form, zone=meeting.zone, words=words
    )


@bp.post("/meetings/<int:meeting_id>/import")
@prepares(MARK_PRESENCE, meeting_by_id)
def check_presence(meeting: Meeting) -> Response:
    """Read a list and say what each row would do; the file itself is not kept."""
    form, upload = ImportForm(), request.files.get("file")
    if upload is None or not upload.filename:
        form.file.errors = [_("Choose a file first.")]
        return make_response(_ask(meeting, form), 422)
    try:
        rows, ignored = importing.read(meeting, read_table(upload.read(), upload.filename))
    except SheetRefused as refused:
        form.file.errors = [refused_sheet_words(refused)]
    except NoColumns:
        form.file.errors = [
            _(
                "No column says who was there. Take the list from this page, which has the right "
                "columns. Nothing was kept."
            )
        ]
    else:
        return _plan_page(meeting, importing.plan(meeting, rows, ignored, by=me()))
    return make_response(_ask(meeting, form), 422)


@bp.post("/meetings/<int:meeting_id>/import/keep")
@prepares(MARK_PRESENCE, meeting_by_id)
def keep_presence(meeting: Meeting) -> Response:
    """Write down the rows that were shown: all or none."""
    rows, meeting_id = unpacked(request.form.get("rows", "")), meeting.id
    reason = " ".join(request.form.get("reason", "").split())[:500]
    db.end_reading()
    try:
        with writing_subject(MARK_PRESENCE, meeting_by_id) as again:
            done = importing.carry_out(again, rows, by=me(), now=clock.now(), reason=reason)
    except NotReady as refused:
        return _plan_page(_fresh(meeting_id), refused.plan)
    except ReasonMissing:
        fresh = _fresh(meeting_id)
        planned = importing.plan(fresh, rows, (), by=me())
        return _plan_page(fresh, planned, error=_("Say why what stands is corrected."))
    except Cancelled:
        flash(_("The meeting was called off, so it stays as it is."), "error")
        return redirect(back_to(meeting_id), 303)
    kept = len(done.to_keep)
    flash(
        ngettext(
            "The presence of %(num)s person was written down.",
            "The presence of %(num)s people was written down.",
            kept,
        )
        if kept
        else _("The list said nothing new. Nothing was changed."),
        "success" if kept else "info",
    )
    return redirect(back_to(meeting_id), 303)


def _fresh(meeting_id: int) -> Meeting:
    found = meeting_by_id(current_actor(), locked=False, meeting_id=meeting_id)
    if found is None:
        raise Hidden
    return found


def _plan_page(meeting: Meeting, planned: Plan, *, error: str = "") -> Response:
    page = render(
        "meetings/import_plan.html",
        meeting=meeting,
        plan=planned,
        rows=packed([p.row for p in planned.to_keep]) if planned.is_ready else "",
        error=error,
        words=words,
    )
    response = make_response(page, 422 if error else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def packed(rows: Sequence[PresenceRow]) -> str:
    """Write rows small, for a form's hidden field."""
    values = [
        [row.number, {k.value: v for k, v in row.keys.items()}, str(row.hours)] for row in rows
    ]
    return base64.b64encode(zlib.compress(json.dumps(values).encode(), 9)).decode()


def unpacked(text: str) -> list[PresenceRow]:
    """Read rows back; what is not ours answers like a missing page. All of it is checked again."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=True), MOST_UNPACKED)
        if unpacker.unconsumed_tail:
            raise ValueError("too large")
        return [_row(*values) for values in json.loads(data)]
    except (
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        binascii.Error,
        zlib.error,
    ) as e:
        raise Hidden from e


def _row(number: Any, keys: Any, hours: Any) -> PresenceRow:
    said = Decimal(str(hours))
    if not said.is_finite() or said != round(said, 2):
        raise ValueError("no hours")
    return PresenceRow(int(number), {Key(k): str(v) for k, v in keys.items()}, said)
