"""Printers with their offsets, and duplicates of lost papers."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum


class Printer(Base):
    """How far a printer is off for a programme's paper, in hundredths of a millimetre."""

    __tablename__ = "certificate_printers"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    right: Mapped[int] = mapped_column(default=0)
    up: Mapped[int] = mapped_column(default=0)

    __table_args__ = (sa.UniqueConstraint("programme_id", "name"),)

    @property
    def right_mm(self) -> Decimal:
        """How far to the right all is moved."""
        return Decimal(self.right) / 100

    @property
    def up_mm(self) -> Decimal:
        """How far up all is moved."""
        return Decimal(self.up) / 100


class DuplicateReason(enum.StrEnum):
    """What became of the paper."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    NEVER_ARRIVED = "never_arrived"


class DuplicateRule(Base):
    """How many duplicates a programme grants of one certificate, and on what proof."""

    __tablename__ = "duplicate_rules"

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), primary_key=True)
    most: Mapped[int]
    needs_declaration: Mapped[bool]


class Duplicate(Base):
    """A duplicate on paper: the same number and code, a row of its own; never edited."""

    __tablename__ = "duplicates"

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    ordinal: Mapped[int]
    on: Mapped[date]  # as printed on it
    asked_by: Mapped[Short | None]  # who asked; empty after an erasure
    asked_on: Mapped[date]
    reason: Mapped[DuplicateReason] = mapped_column(text_enum(DuplicateReason))
    declaration: Mapped[Short | None]  # by what the loss was declared
    note: Mapped[str | None] = mapped_column(sa.Text)
    granted_at: Mapped[datetime]
    # empty where it was entered again after a loss: the file doesn't say who granted it
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.UniqueConstraint("certificate_id", "ordinal"),)
