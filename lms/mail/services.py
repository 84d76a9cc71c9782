"""Compose mails: rows of the outbox, written with what caused them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from flask import current_app

from lms import clock, db
from lms.jobs import queue
from lms.mail.addresses import is_one_address
from lms.mail.message import html_of, one_line
from lms.mail.models import MailMessage, MailState
from lms.web.i18n import current_locale, in_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render_mail

SEND = "mail.send"


class Recipient(Protocol):
    """Somebody whom mail can be sent to."""

    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str | None: ...
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True)
class Bulk:
    """What sets a mail to many apart: it gives way to others, may lapse, may be stopped."""

    send_before: datetime | None = None
    stop_url: str | None = None


def compose(event: str, person: Recipient, template: str, **context: object) -> MailMessage | None:
    """Write a mail about an event to a person, in the person's language. Runs inside a write.

    The pair (event, person) is unique: composed again, it returns None and nothing more is sent. A
    person without a usable address gets none either. `template` names a file such as
    „accounts/mail/invitation.txt”: its first line is the subject, the rest the text, of which the
    HTML part is made. Beside the context it knows `person` and `site`.
    """
    if person.email is None:
        return None
    return _compose(person.email, event, person, template, context)


def compose_to(
    address: str, event: str, person: Recipient, template: str, **context: object
) -> MailMessage | None:
    """Do as `compose`, to an address that is not (or no longer) the person's."""
    return _compose(address, event, person, template, context)


def compose_bulk(
    event: str, person: Recipient, template: str, bulk: Bulk, **context: object
) -> MailMessage | None:
    """Do as `compose`, for one of many: mails about accounts are sent first."""
    if person.email is None:
        return None
    return _compose(person.email, event, person, template, context, bulk=bulk)


@dataclass(frozen=True)
class Letter:
    """A mail among many that are composed at once: its event, to whom, and what it says."""

    event: str
    person: Recipient
    context: Mapping[str, object]


def compose_all(template: str, letters: Sequence[Letter]) -> int:
    """Do as `compose`, for letters of one template, in few statements; return how many are new."""
    wanted = {
        (letter.event, letter.person.id): letter
        for letter in letters
        if letter.person.email is not None and is_one_address(letter.person.email)
    }
    if not wanted:
        return 0
    known = db.session().execute(
        sa.select(MailMessage.event, MailMessage.person_id).where(
            MailMessage.event.in_({event for event, _person in wanted}),
            MailMessage.person_id.in_({person_id for _event, person_id in wanted}),
        )
    )
    for event, person_id in known:
        wanted.pop((event, person_id), None)
    now = clock.now()
    for letter in wanted.values():
        assert letter.person.email is not None  # looked at above
        _add(letter.person.email, letter, template, now=now)
    if wanted:
        _tell_once()
    return len(wanted)


def _compose(
    address: str,
    event: str,
    person: Recipient,
    template: str,
    context: dict[str, object],
    *,
    bulk: Bulk | None = None,
) -> MailMessage | None:
    if not is_one_address(address) or _exists(event, person.id):
        return None
    row = _add(address, Letter(event, person, context), template, now=clock.now(), bulk=bulk)
    _tell_once()
    return row


def _add(
    address: str, letter: Letter, template: str, *, now: datetime, bulk: Bulk | None = None
) -> MailMessage:
    person = letter.person
    subject, text, page = _write(person.locale, template, {"person": person, **letter.context})
    row = MailMessage(
        event=letter.event,
        person_id=person.id,
        to_address=address,
        subject=subject,
        text=text,
        html=page,
        next_try_at=now,
        created_at=now,
        waiting_since=now,
        is_bulk=bulk is not None,
        send_before=bulk.send_before if bulk else None,
        stop_url=bulk.stop_url if bulk else None,
    )
    db.session().add(row)
    return row


def _exists(event: str, person_id: int) -> bool:
    statement = sa.select(MailMessage.id).where(
        MailMessage.event == event, MailMessage.person_id == person_id
    )
    return db.session().scalar(statement) is not None


def _write(locale: str, template: str, context: dict[str, object]) -> tuple[str, str, str]:
    with in_locale(locale):
        # The environment escapes for HTML; the text part wants the signs themselves back.
        written = html.unescape(render_mail(template, **context)).strip()
        subject, _newline, text = written.partition("\n")
        text = text.strip() + "\n"
        brand = current_app.extensions["lms_site"].brand
        colour = f"#{brand}" if brand else "#0b5c55"
        site = current_app.config["LMS"].base_url.rstrip("/") + "/"
        page = render_mail(
            "mail/frame.html",
            subject=one_line(subject),
            body=html_of(text, opens=_("Open the page"), site=site, colour=colour),
            colour=colour,
            lang=current_locale(),
        )
    return one_line(subject), text, page


def _tell_once() -> None:
    """Tell the queue once for each transaction, however many mails it composes."""
    session = db.session()
    transaction = session.get_transaction()
    if session.info.get("mail_told_in") is not transaction:
        session.info["mail_told_in"] = transaction
        queue.tell(SEND)


def waiting(person_id: int, *, about: str) -> list[str]:
    """Name the events whose mails to a person wait still, of those that begin with a word."""
    return list(
        db.session().scalars(
            sa.select(MailMessage.event).where(
                MailMessage.person_id == person_id,
                MailMessage.state == MailState.WAITING,
                MailMessage.event.startswith(about, autoescape=True),
            )
        )
    )


def withdraw(event: str, person_id: int) -> None:
    """Take back a mail that waits still; a sent one stays sent. Runs inside a write."""
    db.session().execute(
        sa.update(MailMessage)
        .where(
            MailMessage.event == event,
            MailMessage.person_id == person_id,
            MailMessage.state == MailState.WAITING,
        )
        .values(state=MailState.WITHDRAWN)
    )


def try_again(mail: MailMessage, *, now: datetime) -> bool:
    """Let a mail that failed wait once more; False where it has not failed. Runs inside a write."""
    if mail.state is not MailState.FAILED:
        return False
    mail.state, mail.tries, mail.last_error = MailState.WAITING, 0, None
    mail.next_try_at = mail.waiting_since = now
    mail.send_before = None  # whoever asks by hand means it
    _tell_once()
    return True
