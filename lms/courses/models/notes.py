"""What somebody wrote beside a lesson, or marked in it: theirs alone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short


class LessonNote(Base):
    """A note on a lesson, on words of it, or words only marked; nobody but its writer reads it.

    The words are kept with what stands around them, so that they are found in a new version too.
    """

    __tablename__ = "lesson_notes"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"), index=True)
    quote: Mapped[str] = mapped_column(sa.Text)
    before: Mapped[Short]
    after: Mapped[Short]
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_lesson_notes_of_reader", "person_id", "lesson_id"),)
