"""A person's place on an edition; everything earned hangs on it."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor, Role
from lms.accounts.models import Person
from lms.courses.models.programme import Edition, Group
from lms.db import Base, Hours, Id, Short, text_enum
from lms.organisations.models import Organisation, OrganisationKind


class EnrolmentState(enum.StrEnum):
    """Whether the place is held or was given up."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Enrolment(Base):
    """One person's place on one edition, with organisation and function as they were at entry."""

    __tablename__ = "enrolments"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("groups.id"), index=True)
    state: Mapped[EnrolmentState] = mapped_column(
        text_enum(EnrolmentState), default=EnrolmentState.ACTIVE
    )
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    # As at entry, frozen: what the organisation is called later changes nothing here.
    organisation_name: Mapped[Short | None]
    organisation_kind: Mapped[OrganisationKind | None] = mapped_column(text_enum(OrganisationKind))
    function: Mapped[Short | None]
    county: Mapped[str | None] = mapped_column(sa.String(2))
    enrolled_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None] = mapped_column(sa.Text)
    # Who took the seat over: the place given up is withdrawn, so that the seat counts once.
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolments.id"), unique=True)
    hours_attended: Mapped[Hours]
    release_id: Mapped[int | None] = mapped_column(sa.ForeignKey("releases.id"), index=True)
    first_activity_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime | None]
    last_lesson_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lessons.id", use_alter=True))

    person: Mapped[Person] = relationship()
    edition: Mapped[Edition] = relationship()
    group: Mapped[Group | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "edition_id"),)

    @property
    def course_id(self) -> int:
        """The course whose trainers may follow this place."""
        return self.edition.course_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Enrolment]:
        """One's own places; those of editions one trains; all, for those who run everything."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything or actor.trains_all:
            return statement
        own = cls.person_id == actor.person_id
        if Role.TRAINER in actor.roles:
            return statement.where(
                sa.or_(
                    own,
                    cls.edition_id.in_(Edition.visible_to(actor).with_only_columns(Edition.id)),
                )
            )
        return statement.where(own)


class Release(Base):
    """The registrar's decision that certificates of a list may be issued."""

    __tablename__ = "releases"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    released_on: Mapped[date]
    decision_number: Mapped[Short | None]
    reason: Mapped[str] = mapped_column(sa.Text)
    released_at: Mapped[datetime]
    released_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
