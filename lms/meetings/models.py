"""Meetings, presence, and tries at a code."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Edition, Enrolment, Group
from lms.db import Base, Hours, Id, Short, text_enum


class Meeting(Base):
    """A group, or a whole edition, comes together: in a place, online, or both."""

    __tablename__ = "meetings"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("groups.id"), index=True)
    title: Mapped[Short]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[Short | None]
    link: Mapped[str | None] = mapped_column(sa.Text)  # where it is met online
    trainers: Mapped[list[str]]
    hours: Mapped[Hours]  # that a whole presence gives
    module_ids: Mapped[list[Any]]
    code: Mapped[str] = mapped_column(sa.String(10), unique=True)
    grace_minutes: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text)

    edition: Mapped[Edition] = relationship()
    group: Mapped[Group | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        sa.CheckConstraint("hours > 0", name="gives_hours"),
    )

    @property
    def course_id(self) -> int:
        """The course whose trainers hold it."""
        return self.edition.course_id

    @property
    def zone(self) -> str:
        """The zone in which its times are said."""
        return self.edition.programme.zone

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Meeting]:
        """Meetings of the editions one follows."""
        followed = Edition.visible_to(actor).with_only_columns(Edition.id)
        return sa.select(cls).where(cls.edition_id.in_(followed))


class Way(enum.StrEnum):
    """How a presence was taken."""

    TICKED = "ticked"
    IMPORTED = "imported"
    CODE = "code"


class Presence(Base):
    """Somebody was at a meeting, for so many hours; struck out where it does not hold.

    It says how things stand; each change of hours is a row of the ledger, with its reason.
    """

    __tablename__ = "presences"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meetings.id"))
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    hours: Mapped[Hours]
    way: Mapped[Way] = mapped_column(text_enum(Way))
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    struck_at: Mapped[datetime | None]

    enrolment: Mapped[Enrolment] = relationship()

    __table_args__ = (sa.UniqueConstraint("meeting_id", "enrolment_id"),)

    @property
    def stands(self) -> bool:
        """Whether it holds."""
        return self.struck_at is None


class CodeTry(Base):
    """A code that was typed and not taken; counted, so that nobody guesses."""

    __tablename__ = "presence_code_tries"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    at: Mapped[datetime]
