"""What imports leave behind: how columns were read, and what each list has done, row by row."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Edition
from lms.db import Base, Id, Short, text_enum

UNDO_FOR = timedelta(days=30)


class ColumnChoice(Base):
    """How a heading is read, as a person once said; it holds for later lists as well."""

    __tablename__ = "import_columns"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    heading_key: Mapped[Short]
    heading: Mapped[Short]
    field: Mapped[str | None] = mapped_column(sa.String(40))  # none: the column is not read
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.UniqueConstraint("edition_id", "heading_key"),)


class Deed(enum.StrEnum):
    """What an import did with a row."""

    NEW = "new"  # a person, and their place
    PLACED = "placed"  # a place for somebody known
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class ParticipantImport(Base):
    """A list carried out, or one person enrolled by hand; it can be undone for 30 days."""

    __tablename__ = "participant_imports"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    made_groups: Mapped[list[Any]]  # ids, so that what stays empty goes with the list
    made_organisations: Mapped[list[Any]]
    filled: Mapped[list[Any]]  # [organisation's id, field, value] that was missing before
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    undo_reason: Mapped[str | None] = mapped_column(sa.Text)

    edition: Mapped[Edition] = relationship()
    rows: Mapped[list[ImportRow]] = relationship(order_by="ImportRow.number")

    @property
    def course_id(self) -> int:
        """The course whose people it brought."""
        return self.edition.course_id

    @property
    def undo_until(self) -> datetime:
        """Until when it can be undone."""
        return self.made_at + UNDO_FOR

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[ParticipantImport]:
        """Imports are the office's to see."""
        statement = sa.select(cls)
        if actor is None or not actor.runs_everything:
            return statement.where(sa.false())
        return statement


class ImportRow(Base):
    """What an import did with one row; who was taken back is no longer named."""

    __tablename__ = "participant_import_rows"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("participant_imports.id"), index=True)
    number: Mapped[int]
    deed: Mapped[Deed] = mapped_column(text_enum(Deed))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    changes: Mapped[list[Any]]  # [field, before, after]
    membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey("memberships.id"))
    closed_membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey("memberships.id"))
    is_taken_back: Mapped[bool] = mapped_column(default=False)
