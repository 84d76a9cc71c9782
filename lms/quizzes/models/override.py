"""What holds beside a quiz's own rules: an edition's dates and password, grants to people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Enrolment, Group
from lms.db import Base, Id
from lms.quizzes.models.quiz import Quiz


class QuizWindow(Base):
    """When an edition may take a quiz, and with which password (its keyed digest)."""

    __tablename__ = "quiz_windows"

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"))
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    password_digest: Mapped[str | None] = mapped_column(sa.String(120))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.UniqueConstraint("quiz_id", "edition_id"),)


class QuizOverride(Base):
    """Other terms for one person or one group, with the reason; taken back, never removed."""

    __tablename__ = "quiz_overrides"

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("groups.id"), index=True)
    terms: Mapped[dict[str, Any]]  # lms.quizzes.rules.overrides.Granted, dumped
    reason: Mapped[str] = mapped_column(sa.Text)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    quiz: Mapped[Quiz] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    group: Mapped[Group | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(enrolment_id IS NULL) <> (group_id IS NULL)", name="is_of_one"),
        sa.Index(
            "uq_quiz_overrides_person",
            "quiz_id",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL AND enrolment_id IS NOT NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL AND enrolment_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_quiz_overrides_group",
            "quiz_id",
            "group_id",
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL AND group_id IS NOT NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL AND group_id IS NOT NULL"),
        ),
    )

    @classmethod
    def concerns(cls) -> sa.ColumnElement[bool]:
        """Whether it is of a place (Enrolment) itself or of its group, in a statement."""
        return sa.or_(cls.enrolment_id == Enrolment.id, cls.group_id == Enrolment.group_id)

    @property
    def course_id(self) -> int:
        """The course whose trainers may grant and take back."""
        return self.quiz.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers may."""
        of = self.enrolment or self.group
        assert of is not None
        return of.edition_id

    @property
    def person_id(self) -> int | None:
        """Whom it was granted to; a group's terms are nobody's own."""
        return self.enrolment.person_id if self.enrolment is not None else None
