"""Lists of mails and of a message's people as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.wrappers import Response

from lms import db
from lms.access import prepares, writing_subject
from lms.audit.services import record
from lms.mail.models import MailState
from lms.messages import queries, words
from lms.messages.models import Message
from lms.messages.permissions import SEE_MAILS, SEE_MESSAGES
from lms.messages.queries import MailFilters
from lms.messages.views.blueprint import bp, me
from lms.participants.views.blueprint import CSV, XLSX, download
from lms.safety.sheets import Cell, write_csv, write_xlsx
from lms.web.i18n import gettext as _

MOST = 50_000
ZONE = ZoneInfo("Europe/Bucharest")


@bp.get("/messages/<int:message_id>.<any(xlsx, csv):form>")
@prepares(SEE_MESSAGES, Message)
def export_message(message: Message, form: str) -> Response:
    """Hand out whom a message was meant for, with how each mail stands; recorded."""
    zone = ZoneInfo(message.edition.programme.zone)
    lines = [
        [
            line.listed_name,
            _state(line.state) if line.left_out is None else _("without an e-mail"),
            _local(line.sent_at, zone),
            words.why_not_words(line.left_out)
            if line.left_out
            else _answer(line.state, line.last_error),
        ]
        for line in queries.recipient_lines(message.id)
    ]
    db.end_reading()
    with writing_subject(SEE_MESSAGES, Message) as again:
        record(
            "message.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(lines),
            kind=form,
        )
        name = f"{_('message')}-{again.id}"
    return _file(name, [_("Name"), _("State"), _("Sent"), _("Why")], lines, form)


@bp.get("/mails.<any(xlsx, csv):form>")
@prepares(SEE_MAILS)
def export_mails(form: str) -> Response:
    """Hand out the mails that the filters show, with addresses; recorded."""
    filters = MailFilters(
        request.args.get("state", "").strip()[:20], request.args.get("search", "").strip()[:100]
    )
    _total, found = queries.mail_page(filters, page=1, per_page=MOST)
    lines = [
        [
            line.name,
            line.address,
            line.subject,
            _local(line.created_at, ZONE),
            _state(line.state),
            _local(line.sent_at, ZONE),
            _answer(line.state, line.last_error),
            line.last_error if line.state is not MailState.SENT else "",
        ]
        for line in found
    ]
    db.end_reading()
    with writing_subject(SEE_MAILS):
        record("mails.exported", by=me(), rows=len(lines), kind=form)
    heads = [_("Name"), _("E-mail"), _("Subject"), _("Written"), _("State"), _("Sent")]
    return _file(_("e-mails"), [*heads, _("Why"), _("The server’s words")], lines, form)


def _state(state: MailState | None) -> str:
    return words.state_word(state)[1] if state else ""


def _answer(state: MailState | None, answer: str | None) -> str:
    return "" if state is MailState.SENT else words.answer_words(answer)


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone) if at else None


def _file(name: str, heads: Sequence[str], lines: Sequence[Sequence[Any]], form: str) -> Response:
    rows: list[list[Cell]] = [list(line) for line in lines]
    if form == "csv":
        return download(write_csv(heads, rows), f"{name}.csv", CSV)
    return download(write_xlsx(name, heads, rows), f"{name}.xlsx", XLSX)
