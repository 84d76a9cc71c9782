"""The outbox: mails are rows written with what caused them, and sent afterwards."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum


class MailState(enum.StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class MailMessage(Base):
    """One mail to one person about one event; the pair is unique, so it is sent once at most."""

    __tablename__ = "mail_messages"

    id: Mapped[Id]
    event: Mapped[Short]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    to_address: Mapped[Short]
    subject: Mapped[Short]
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[MailState] = mapped_column(text_enum(MailState), default=MailState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    waiting_since: Mapped[datetime]  # when it was composed, or last put back by hand
    is_bulk: Mapped[bool] = mapped_column(default=False)  # gives way to mails about accounts
    send_before: Mapped[datetime | None]  # worthless from then on: withdrawn rather than sent
    stop_url: Mapped[Short | None]  # where one click ends mails of its kind
    attached_name: Mapped[Short | None]  # a file that goes with it, kept in the store
    attached_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("event", "person_id"),)
