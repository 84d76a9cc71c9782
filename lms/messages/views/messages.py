"""Writing to a selection: choose, write, look, send; and what was sent before."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writing_subject
from lms.courses.models import Edition
from lms.messages import placeholders, queries, words
from lms.messages.audience import WITHOUT_MAIL
from lms.messages.defaults import opening_words
from lms.messages.errors import LinkNotOffered, NobodyToWriteTo
from lms.messages.forms import MessageForm
from lms.messages.models import Message
from lms.messages.permissions import SEE_MESSAGES, SEND_MESSAGE
from lms.messages.services import sending
from lms.messages.services.sending import Audience
from lms.messages.views.blueprint import bp, edition_by_slug, me
from lms.participants.heat import Stuck
from lms.participants.heat_map import heat_map_of
from lms.participants.permissions import INVITE_PARTICIPANTS
from lms.participants.reading import edition_table
from lms.participants.standing import Show, Stage
from lms.participants.table import EditionTable, TableRow
from lms.participants.views.tables import asked_filters, ticked
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, ngettext
from lms.web.i18n import gettext as _
from lms.web.templating import render

MOST_KEY = 40
MOST_NAMED = 300  # places in an address
_OF_STUCK = {  # which filter's words a message to those stuck begins with
    Stuck.QUIET.value: Stage.QUIET.value,
    Stuck.NEVER_IN.value: Show.NOT_IN.value,
    Stuck.LONG_AT_TEST.value: Show.NOT_COMPLETE.value,
}


@bp.get("/editions/<slug>/messages")
@reads(SEE_MESSAGES, edition_by_slug)
def index(edition: Edition) -> str:
    """List what was written to participants of an edition."""
    lines = queries.message_lines(edition.id)
    return render("messages/index.html", edition=edition, lines=lines, words=words)


@bp.get("/messages/<int:message_id>")
@reads(SEE_MESSAGES, Message)
def see(message: Message) -> str:
    """Show a message and how everybody's mail stands."""
    lines = queries.recipient_lines(message.id)
    unmailed = [line.enrolment_id for line in lines if line.left_out in WITHOUT_MAIL]
    return render(
        "messages/message.html",
        message=message,
        edition=message.edition,
        lines=lines,
        unmailed=unmailed,
        phones_href=_phones_of(message.edition, unmailed),
        words=words,
    )


def _phones_of(edition: Edition, places: Sequence[int]) -> str:
    """Where the phone list of these stands; very many are those of the table's own filter."""
    asked = {"places": "-".join(map(str, places))}
    if len(places) > MOST_NAMED:
        asked = {"state": Show.NO_OWN_ADDRESS.value}
    return url_for("participants.phones", slug=edition.slug, **asked)  # type: ignore[arg-type]


@bp.get("/editions/<slug>/messages/new")
@reads(SEND_MESSAGE, edition_by_slug)
def write(edition: Edition) -> str | Response:
    """Begin a message to those whom the table's filters show."""
    now = clock.now()
    table = edition_table(edition, now=now)
    filters, stuck = asked_filters(), request.args.get("stuck", "")
    if not stuck:
        return _first_page(edition, table.chosen(filters), filters.state)
    lines = heat_map_of(edition.id, table, now=now).chosen(filters, stuck=stuck)
    rows = [line.row for line in lines]
    return _first_page(edition, rows, _OF_STUCK.get(stuck, ""), back="participants.heat_map")


@bp.post("/editions/<slug>/messages/new")
@prepares(SEND_MESSAGE, edition_by_slug)
def write_to_ticked(edition: Edition) -> str | Response:
    """Begin a message to those ticked in the table; nothing is kept yet."""
    table = edition_table(edition, now=clock.now())
    return _first_page(edition, _rows(table, ticked()), "")


def _first_page(
    edition: Edition, rows: Sequence[TableRow], state: str, *, back: str = "participants.edition"
) -> str | Response:
    if not rows:
        flash(
            _("Tick those whom you want to write to, or choose a filter that shows somebody."),
            "info",
        )
        return redirect(url_for(back, slug=edition.slug))
    form = MessageForm(
        data={
            **asdict(opening_words(state, with_link=_may_invite())),
            "ids": ",".join(str(row.enrolment_id) for row in rows),
            "key": secrets.token_urlsafe(12),
        }
    )
    return _page(edition, form, sending.audience_of(rows))


@bp.post("/editions/<slug>/messages")
@prepares(SEND_MESSAGE, edition_by_slug)
def send(edition: Edition) -> str | Response:
    """Show the message as one person will read it; or send it, once."""
    form = _posted()
    ids = _ids(form.ids.data)
    rows = _rows(edition_table(edition, now=clock.now()), ids)
    key = (form.key.data or "")[:MOST_KEY]
    if not form.validate() or not key or request.form.get("do") != "send":
        return _page(edition, form, sending.audience_of(rows), shows=not form.errors)
    back = url_for("participants.edition", slug=edition.slug)
    db.end_reading()
    try:
        with writing_subject(SEND_MESSAGE, edition_by_slug) as again:
            message, is_new = sending.send_message(
                again,
                _rows(edition_table(again, now=clock.now()), ids),
                form.draft,
                key=key,
                may_invite=_may_invite(),
                by=me(),
                now=clock.now(),
            )
            message_id = message.id
    except NobodyToWriteTo:
        flash(_("None of those chosen can get a mail. Nothing was sent."), "warning")
        return redirect(back)
    except LinkNotOffered:  # the right to invite was taken while the form was open
        form = _posted()
        form.validate()
        return _page(edition, form, sending.audience_of(rows))
    _say_sent(message_id, is_new)
    return redirect(url_for("messages.see", message_id=message_id))


def _may_invite() -> bool:
    return may(INVITE_PARTICIPANTS.name)


def _posted() -> MessageForm:
    form: MessageForm = MessageForm.posted()
    form.may_invite = _may_invite()
    return form


def _say_sent(message_id: int, is_new: bool) -> None:
    if not is_new:
        flash(_("This message was sent already; it was not sent again."), "info")
        return
    lines = queries.recipient_lines(message_id)
    sent = sum(1 for line in lines if line.left_out is None)
    flash(
        ngettext(
            "The message is on its way to %(num)s person.",
            "The message is on its way to %(num)s people.",
            sent,
        ),
        "success",
    )


def _ids(text: str | None) -> set[int]:
    numbers = (whole_number(part) for part in (text or "").split(","))
    return {number for number in numbers if number is not None}


def _rows(table: EditionTable, ids: Collection[int]) -> list[TableRow]:
    """Return the chosen of an edition; an id from elsewhere finds nobody."""
    wanted = set(ids)
    return [row for row in table.rows if row.enrolment_id in wanted]


def _page(edition: Edition, form: MessageForm, audience: Audience, *, shows: bool = False) -> str:
    """Draw the form, and below it what one person will read."""
    example = None
    if shows and audience.reached:
        row = _example(audience, request.form.get("as"))
        person = sending.people_of([row.person_id])[row.person_id]
        example = (row, *sending.preview(edition, row, person.locale, form.draft))
    unmailed = [row.enrolment_id for row, why in audience.left_out if why in WITHOUT_MAIL]
    return render(
        "messages/write.html",
        edition=edition,
        **_way_back(edition),
        unmailed=unmailed,
        phones_href=_phones_of(edition, unmailed),
        form=form,
        audience=audience,
        example=example,
        words=words,
        spelt=placeholders.SPELT[current_locale()],
        offers_link=_may_invite(),
        Placeholder=placeholders.Placeholder,
    )


def _way_back(edition: Edition) -> dict[str, Any]:
    """Where one came from: the table, or the map of progress as it was narrowed."""
    stuck = request.args.get("stuck", "")
    if not stuck and request.args.get("back") != "progress":
        href = url_for("participants.edition", slug=edition.slug)
        return {"back_href": href, "back_label": _("Participants"), "kept": {}}
    kept = {"stuck": stuck} if stuck else {"back": "progress"}
    href = url_for("participants.heat_map", slug=edition.slug, stuck=stuck or None)
    return {"back_href": href, "back_label": _("Progress"), "kept": kept}


def _example(audience: Audience, asked: str | None) -> TableRow:
    """Return the person whose mail is shown: the one asked for, or the first."""
    wanted = whole_number(asked)
    return next((r for r in audience.reached if r.enrolment_id == wanted), audience.reached[0])
