"""What people answered at entry: frozen once whole, corrected beside, never in place."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.db import Base, Id, Short, text_enum


class EntrySettings(Base):
    """What a programme asks at entry; one without a row asks nothing.

    The set is kept as it was chosen, so that figures can be made again when its file has changed.
    """

    __tablename__ = "entry_settings"

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), primary_key=True)
    set_id: Mapped[str | None] = mapped_column(sa.String(60))  # none: nothing is asked
    set_text: Mapped[str | None] = mapped_column(sa.Text)
    notice_ro: Mapped[str | None] = mapped_column(sa.Text)  # none: the text that we propose
    notice_en: Mapped[str | None] = mapped_column(sa.Text)
    asks_national_number: Mapped[bool] = mapped_column(default=False)
    national_number_purpose: Mapped[str | None] = mapped_column(sa.Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (
        sa.CheckConstraint("(set_id IS NULL) = (set_text IS NULL)", name="set_with_text"),
        sa.CheckConstraint(
            "asks_national_number = false OR national_number_purpose IS NOT NULL",
            name="number_has_purpose",
        ),
    )


class Source(enum.StrEnum):
    """Where answers came from."""

    LEARNER = "learner"
    REGISTRAR = "registrar"  # from a signed form
    IMPORT = "import"


class EntryRecord(Base):
    """One person's entry into one programme, however many editions: a person is counted once.

    Until `completed_at` the answers are a draft. From then on they stay; what was wrong in them
    is put right by corrections.
    """

    __tablename__ = "entry_records"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))  # the first one
    entered_on: Mapped[date]  # the day that ages are reckoned on
    answers: Mapped[dict[str, Any]]
    source: Mapped[Source] = mapped_column(text_enum(Source))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    completed_at: Mapped[datetime | None]

    corrections: Mapped[list[EntryCorrection]] = relationship(order_by="EntryCorrection.id")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("person_id", "programme_id"),)


class EntryCorrection(Base):
    """What was put right in frozen answers, by whom and why."""

    __tablename__ = "entry_corrections"

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("entry_records.id"), index=True)
    answers: Mapped[dict[str, Any]]  # only what changed; empty takes an answer away
    entered_on: Mapped[date | None]  # another day of entry, where that was wrong
    reason: Mapped[Short]
    corrected_at: Mapped[datetime]
    corrected_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))


class NationalNumberRow(Base):
    """A person's national number, for one programme's purpose; readable with a key alone."""

    __tablename__ = "national_numbers"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    key_id: Mapped[str] = mapped_column(sa.String(20))
    sealed: Mapped[bytes]
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)  # keyed; finds doubles
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.UniqueConstraint("person_id", "programme_id"),)
