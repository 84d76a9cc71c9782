"""Reads for the pages of messages and mails, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.mail.models import MailMessage, MailState
from lms.messages.audience import WhyNot
from lms.messages.models import Message, MessageRecipient, Reminder
from lms.messages.reminder_rules import Kind
from lms.people_names import fold, person_sort_key


@dataclass(frozen=True)
class MessageLine:
    """A message in the history of an edition, with how its mails stand."""

    id: int
    subject: str
    sent_at: datetime
    sent_by: str
    sent: int
    waiting: int
    failed: int
    left_out: int


def message_lines(edition_id: int) -> list[MessageLine]:
    """Return the messages of an edition, the newest first; one statement."""

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count().filter(condition)

    rows = db.session().execute(
        sa.select(
            Message.id,
            Message.subject,
            Message.sent_at,
            Person.given_names,
            Person.family_name,
            count(MailMessage.state == MailState.SENT),
            count(MailMessage.state.in_([MailState.WAITING, MailState.SENDING])),
            count(MailMessage.state.in_([MailState.FAILED, MailState.WITHDRAWN])),
            count(MessageRecipient.left_out.is_not(None)),
        )
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .outerjoin(MailMessage, MailMessage.id == MessageRecipient.mail_id)
        .outerjoin(Person, Person.id == Message.sent_by_id)
        .where(Message.edition_id == edition_id)
        .group_by(
            Message.id, Message.subject, Message.sent_at, Person.given_names, Person.family_name
        )
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )
    return [
        MessageLine(
            id=r[0],
            subject=r[1],
            sent_at=r[2],
            sent_by=f"{r[3]} {r[4]}" if r[3] else "",
            sent=r[5],
            waiting=r[6],
            failed=r[7],
            left_out=r[8],
        )
        for r in rows
    ]


@dataclass(frozen=True)
class RecipientLine:
    """One of those whom a message was meant for."""

    enrolment_id: int
    listed_name: str
    left_out: WhyNot | None
    state: MailState | None
    sent_at: datetime | None
    last_error: str | None


def recipient_lines(message_id: int) -> list[RecipientLine]:
    """Return everybody whom a message was meant for, in Romanian order; one statement."""
    rows = db.session().execute(
        sa.select(
            MessageRecipient.enrolment_id,
            Person.family_name,
            Person.given_names,
            MessageRecipient.left_out,
            MailMessage.state,
            MailMessage.sent_at,
            MailMessage.last_error,
        )
        .join(Person, Person.id == MessageRecipient.person_id)
        .outerjoin(MailMessage, MailMessage.id == MessageRecipient.mail_id)
        .where(MessageRecipient.message_id == message_id)
    )
    found = sorted(rows, key=lambda r: person_sort_key(r[1], r[2]))
    return [RecipientLine(r[0], f"{r[1]} {r[2]}", *r[3:]) for r in found]


@dataclass(frozen=True)
class WrittenLine:
    """A message or reminder that somebody was sent, or should have been."""

    at: datetime
    subject: str
    message_id: int | None
    reminder: Kind | None
    left_out: WhyNot | None
    state: MailState | None
    last_error: str | None


def written_to(enrolment_id: int) -> list[WrittenLine]:
    """Return messages and reminders about a place, the newest first; two statements."""
    session = db.session()
    messages = session.execute(
        sa.select(
            Message.sent_at,
            sa.func.coalesce(MailMessage.subject, Message.subject),
            Message.id,
            MessageRecipient.left_out,
            MailMessage.state,
            MailMessage.last_error,
        )
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .outerjoin(MailMessage, MailMessage.id == MessageRecipient.mail_id)
        .where(MessageRecipient.enrolment_id == enrolment_id)
    )
    reminders = session.execute(
        sa.select(
            Reminder.composed_at,
            MailMessage.subject,
            Reminder.kind,
            MailMessage.state,
            MailMessage.last_error,
        )
        .join(MailMessage, MailMessage.id == Reminder.mail_id)
        .where(Reminder.enrolment_id == enrolment_id)
    )
    lines = [WrittenLine(r[0], r[1], r[2], None, r[3], r[4], r[5]) for r in messages]
    lines += [WrittenLine(r[0], r[1], None, r[2], None, r[3], r[4]) for r in reminders]
    return sorted(lines, key=lambda line: line.at, reverse=True)


# --- The outbox --------------------------------------------------------------------------------


@dataclass(frozen=True)
class MailLine:
    """One mail as the list of all shows it."""

    id: int
    name: str
    address: str
    subject: str
    state: MailState
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime
    tries: int
    last_error: str | None
    enrolment_id: int | None


@dataclass(frozen=True)
class MailFilters:
    """What somebody asked the list of mails to show; empty means everything."""

    state: str = ""
    search: str = ""


@dataclass(frozen=True)
class MailFigures:
    """How many mails stand how."""

    waiting: int
    failed: int
    sent_today: int


def mail_figures(now: datetime) -> MailFigures:
    """Count the mails; one statement."""
    row = (
        db.session()
        .execute(
            sa.select(
                sa.func.count().filter(
                    MailMessage.state.in_([MailState.WAITING, MailState.SENDING])
                ),
                sa.func.count().filter(MailMessage.state == MailState.FAILED),
                sa.func.count().filter(
                    MailMessage.state == MailState.SENT,
                    MailMessage.sent_at > now - timedelta(days=1),
                ),
            )
        )
        .one()
    )
    return MailFigures(*row)


def mail_page(filters: MailFilters, *, page: int, per_page: int) -> tuple[int, list[MailLine]]:
    """Return how many mails fit, and those of a page, the newest first; two statements.

    A page past the end is the last.
    """
    session = db.session()
    where = _where(filters)
    total = (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(MailMessage)
            .join(Person, Person.id == MailMessage.person_id)
            .where(*where)
        )
        or 0
    )
    place = (
        sa.select(sa.func.max(Enrolment.id))
        .where(Enrolment.person_id == MailMessage.person_id)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            MailMessage.id,
            Person.family_name,
            Person.given_names,
            MailMessage.to_address,
            MailMessage.subject,
            MailMessage.state,
            MailMessage.created_at,
            MailMessage.sent_at,
            MailMessage.next_try_at,
            MailMessage.tries,
            MailMessage.last_error,
            place,
        )
        .join(Person, Person.id == MailMessage.person_id)
        .where(*where)
        .order_by(MailMessage.created_at.desc(), MailMessage.id.desc())
        .limit(per_page)
        .offset(min(page - 1, max(0, total - 1) // per_page) * per_page)
    )
    return total, [_mail_line(tuple(row)) for row in rows]


def _mail_line(row: tuple[Any, ...]) -> MailLine:
    mail_id, family_name, given_names, *rest = row
    return MailLine(mail_id, f"{family_name} {given_names}", *rest)


def _where(filters: MailFilters) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if filters.state == "waiting":
        where.append(MailMessage.state.in_([MailState.WAITING, MailState.SENDING]))
    elif filters.state in {s.value for s in MailState}:
        where.append(MailMessage.state == MailState(filters.state))
    if filters.search:
        where.append(
            sa.or_(
                MailMessage.to_address.icontains(filters.search, autoescape=True),
                MailMessage.person_id.in_(_named(filters.search)),
            )
        )
    return where


def _named(search: str) -> Sequence[int]:
    """People whose name holds the words, without regard to diacritics."""
    words = fold(search).split()
    rows = db.session().execute(sa.select(Person.id, Person.given_names, Person.family_name))
    return [r[0] for r in rows if all(word in fold(f"{r[1]} {r[2]}") for word in words)]
