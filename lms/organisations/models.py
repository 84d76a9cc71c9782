"""Organisations that take part, and who works or volunteers there."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.db import Base, Id, Short, text_enum


class OrganisationKind(enum.StrEnum):
    """The two target groups, and whoever else takes part."""

    NGO = "ngo"
    PUBLIC_AUTHORITY = "public_authority"
    OTHER = "other"


class Organisation(Base):
    """An association, a town hall, or another body."""

    __tablename__ = "organisations"

    id: Mapped[Id]
    name: Mapped[Short]
    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind))
    cui: Mapped[str | None] = mapped_column(sa.String(12), unique=True)
    county: Mapped[str | None] = mapped_column(sa.String(2))
    address: Mapped[str | None] = mapped_column(sa.Text)  # for envelopes, line by line
    created_at: Mapped[datetime]


class Membership(Base):
    """A person's function in an organisation, from one day to another."""

    __tablename__ = "memberships"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    function: Mapped[Short | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
