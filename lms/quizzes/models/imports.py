"""Files of questions that were brought into a quiz; each can be taken back for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.db import Base, Id, Short
from lms.quizzes.models.quiz import Quiz

UNDO_FOR = timedelta(days=30)


class QuizImport(Base):
    """A file whose questions were taken over, and what each of them was before."""

    __tablename__ = "quiz_imports"

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"))
    format: Mapped[Short]
    questions: Mapped[list[Any]]  # {id, change, before, after}: the question as text, "" if new
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    quiz: Mapped[Quiz] = relationship()

    @property
    def course_id(self) -> int:
        """The course whose trainers may take it back."""
        return self.quiz.course_id

    @property
    def undo_until(self) -> datetime:
        """Until when it can be taken back."""
        return self.made_at + UNDO_FOR

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[QuizImport]:
        """Imports of the quizzes that staff may see."""
        statement = sa.select(cls)
        if actor is None or not actor.is_staff:
            return statement.where(sa.false())
        return statement.where(cls.quiz_id.in_(Quiz.visible_to(actor).with_only_columns(Quiz.id)))
