"""What stands behind a lesson's text: what it was before, and what somebody is writing now."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id


class LessonVersion(Base):
    """A lesson's file as it stood at a time, byte for byte; rows are added, never changed.

    They begin with a lesson's first change: until then its file itself is all that there was.
    """

    __tablename__ = "lesson_versions"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"))
    number: Mapped[int]
    source: Mapped[bytes]
    source_hash: Mapped[str] = mapped_column(sa.String(64))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    restored_from: Mapped[int | None]  # the number of the version that was brought back

    __table_args__ = (sa.UniqueConstraint("lesson_id", "number"),)


class LessonDraft(Base):
    """Somebody at a lesson: when they were last seen there, and what they wrote and did not save.

    `base` is the hash of the text that they began with. One of their windows writes; another one
    goes on from what it has seen, by its number, or not at all.
    """

    __tablename__ = "lesson_drafts"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    text: Mapped[str | None] = mapped_column(sa.Text)
    base: Mapped[str] = mapped_column(sa.String(64))
    number: Mapped[int]  # grows with each text that is kept
    window: Mapped[str] = mapped_column(sa.String(32))
    kept_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("lesson_id", "person_id"),)
