"""What a trainer took out of a course: its texts wait in a bin until they are brought back."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum


class PartKind(enum.StrEnum):
    """What can be taken out of a course and brought back."""

    MODULE = "module"
    LESSON = "lesson"


class BinnedPart(Base):
    """A module or a lesson taken out: its files byte for byte, and where it stood."""

    __tablename__ = "binned_parts"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    kind: Mapped[PartKind] = mapped_column(text_enum(PartKind))
    content_id: Mapped[str] = mapped_column(sa.String(80))
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    files: Mapped[list[Any]]  # [{"path": …, "content_id": …, "text": …, "base": …}]
    place: Mapped[dict[str, Any]]  # {"module": id or "", "before": ids, "lost": what led to it}
    removed_at: Mapped[datetime]
    removed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.UniqueConstraint("course_id", "content_id"),)
