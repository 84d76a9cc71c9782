"""Programme > edition > group: who pays, what gets printed, who learns when and where."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor, Role
from lms.db import Base, Hours, Id, Short, text_enum


class IssuingMode(enum.StrEnum):
    """When a certificate is due: at completion, or once the registrar has released a list."""

    AUTOMATIC = "automatic"
    RELEASE = "release"


class Programme(Base):
    """Everything about a funded programme that gets printed, and its certificate series."""

    __tablename__ = "programmes"

    id: Mapped[Id]
    title: Mapped[Short]
    short_name: Mapped[str] = mapped_column(sa.String(60))
    funder: Mapped[Short | None]
    contract_number: Mapped[Short | None]
    project_code: Mapped[Short | None]
    issuers: Mapped[list[str]]  # names of the issuing organisations, in order
    issuer_contact: Mapped[Short | None]
    place: Mapped[Short | None]
    funding_statement: Mapped[str | None] = mapped_column(sa.Text)
    disclaimer: Mapped[str | None] = mapped_column(sa.Text)
    certificate_title: Mapped[Short] = mapped_column(default="Certificat de participare")
    certificate_series: Mapped[str] = mapped_column(sa.String(12))
    certificate_years_valid: Mapped[int | None]
    design: Mapped[dict[str, Any]]
    zone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Bucharest")
    retain_until: Mapped[date | None]
    completed_at: Mapped[datetime | None]  # declared complete: numbers may be given
    created_at: Mapped[datetime]

    signatories: Mapped[list[Signatory]] = relationship(order_by="Signatory.position")
    logos: Mapped[list[ProgrammeLogo]] = relationship(order_by="ProgrammeLogo.position")
    editions: Mapped[list[Edition]] = relationship(back_populates="programme")

    __table_args__ = (sa.UniqueConstraint("certificate_series"),)

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Programme]:
        """Programmes are the office's; learners and trainers meet them through their edition."""
        statement = sa.select(cls)
        if actor is None or not actor.runs_everything:
            return statement.where(sa.false())
        return statement


class Signatory(Base):
    """Someone whose name and function stand under the certificate."""

    __tablename__ = "signatories"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    position: Mapped[int]
    name: Mapped[Short]
    function: Mapped[Short]


class ProgrammeLogo(Base):
    """A logo slot: a picture with its alternative text."""

    __tablename__ = "programme_logos"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    position: Mapped[int]
    alt_text: Mapped[Short]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"))


class Edition(Base):
    """One run of a course in a programme, with its dates and target."""

    __tablename__ = "editions"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    title: Mapped[Short]
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    target_number: Mapped[int | None]
    issuing: Mapped[IssuingMode] = mapped_column(
        text_enum(IssuingMode), default=IssuingMode.AUTOMATIC
    )
    hours_required: Mapped[Hours]
    # Days on which modules open here, by content id, where it is not the course's; "": no day.
    opening: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(back_populates="editions")
    course: Mapped[Any] = relationship("Course")
    groups: Mapped[list[Group]] = relationship(order_by="Group.name")

    @property
    def edition_id(self) -> int:
        """Itself, for rules that ask whose edition a thing is of."""
        return self.id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Edition]:
        """Editions one trains; all, for those who run everything."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything or actor.trains_all:
            return statement
        if Role.TRAINER in actor.roles:
            return statement.where(
                sa.or_(cls.id.in_(actor.trains_editions), cls.course_id.in_(actor.trains_courses))
            )
        return statement.where(sa.false())


class Group(Base):
    """Part of an edition that meets together."""

    __tablename__ = "groups"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    name: Mapped[Short]
    place: Mapped[Short | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    trainers: Mapped[list[str]]

    __table_args__ = (sa.UniqueConstraint("edition_id", "name"),)
