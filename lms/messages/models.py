"""Messages with who got them; rules of reminders with what was sent by them; who wants none."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Edition
from lms.db import Base, Id, Short, text_enum
from lms.messages.audience import WhyNot
from lms.messages.reminder_rules import Kind


class Message(Base):
    """What the office or a trainer wrote to a selection of an edition, as it was sent."""

    __tablename__ = "messages"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the form's: two clicks are one
    subject: Mapped[Short]
    text: Mapped[str] = mapped_column(sa.Text)
    subject_en: Mapped[Short | None]  # none: everybody gets the first
    text_en: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    edition: Mapped[Edition] = relationship()

    @property
    def course_id(self) -> int:
        """The course whose trainers may follow it."""
        return self.edition.course_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Message]:
        """Messages of the editions that one follows."""
        followed = Edition.visible_to(actor).with_only_columns(Edition.id)
        return sa.select(cls).where(cls.edition_id.in_(followed))


class MessageRecipient(Base):
    """One of those chosen: the mail that was written, or why none was."""

    __tablename__ = "message_recipients"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("mail_messages.id", ondelete="CASCADE"), index=True
    )
    left_out: Mapped[WhyNot | None] = mapped_column(text_enum(WhyNot))

    __table_args__ = (
        sa.UniqueConstraint("message_id", "person_id"),
        sa.CheckConstraint("(mail_id IS NULL) <> (left_out IS NULL)", name="mail_or_reason"),
    )


class ReminderPlan(Base):
    """When reminders of an edition may be sent; hours of the programme's zone."""

    __tablename__ = "reminder_plans"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    quiet_from: Mapped[int] = mapped_column(default=20)
    quiet_to: Mapped[int] = mapped_column(default=8)
    on_weekends: Mapped[bool] = mapped_column(default=False)


class ReminderRule(Base):
    """One rule of an edition, where it differs from what is shipped (which is switched off)."""

    __tablename__ = "reminder_rules"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    is_on: Mapped[bool]
    days: Mapped[int]
    subject_ro: Mapped[Short | None]  # none: the shipped words
    text_ro: Mapped[str | None] = mapped_column(sa.Text)
    subject_en: Mapped[Short | None]
    text_en: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.UniqueConstraint("edition_id", "kind"),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name="days"),
    )


class Reminder(Base):
    """A reminder that was composed: once for each occasion, one a day for each person."""

    __tablename__ = "reminders"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    occasion: Mapped[str] = mapped_column(sa.String(40))
    on_day: Mapped[date]  # of the programme's zone
    composed_at: Mapped[datetime]
    mail_id: Mapped[int] = mapped_column(
        sa.ForeignKey("mail_messages.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "kind", "occasion"),
        sa.UniqueConstraint("person_id", "on_day"),
    )


class ReminderStop(Base):
    """Somebody who wants no reminders; mails about the account and messages still come."""

    __tablename__ = "reminder_stops"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    stopped_at: Mapped[datetime]
