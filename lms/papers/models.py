"""Working papers as the site keeps them; the file that was built is a stored file."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum
from lms.papers.paper import Format


class CoursePaper(Base):
    """A working paper of a course: what it is for, and its built file."""

    __tablename__ = "course_papers"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    summary_ro: Mapped[str] = mapped_column(sa.Text)
    summary_en: Mapped[str] = mapped_column(sa.Text)
    format: Mapped[Format] = mapped_column(text_enum(Format))
    lessons: Mapped[list[Any]]  # the numbers of the lessons that use it
    fact_ids: Mapped[list[Any]] = mapped_column(default=list)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"))

    __table_args__ = (sa.UniqueConstraint("course_id", "content_id"),)
