"""Tests taken on paper: a record of its own, never an attempt."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Enrolment
from lms.db import Base, Id, Percent, Points, Short
from lms.quizzes.models.quiz import Quiz


class PaperResult(Base):
    """Somebody took a quiz on paper: when, where, with what result, and why so.

    Held against the rules of the quiz's version on the day it was written down. Revoked with a
    reason where it does not hold; what was earned by it stays.
    """

    __tablename__ = "paper_results"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    quiz_version_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_versions.id"))
    taken_on: Mapped[date]
    place: Mapped[Short]
    earned: Mapped[Points | None]
    possible: Mapped[Points | None]
    percent: Mapped[Percent]
    passed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(sa.Text)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    revoke_reason: Mapped[str | None] = mapped_column(sa.Text)

    enrolment: Mapped[Enrolment] = relationship()
    quiz: Mapped[Quiz] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_paper_results_stands",
            "enrolment_id",
            "quiz_id",
            "taken_on",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
        sa.CheckConstraint("(earned IS NULL) = (possible IS NULL)", name="points_are_whole"),
    )

    @property
    def person_id(self) -> int:
        """Whose result it is."""
        return self.enrolment.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers may see it."""
        return self.quiz.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers may see it."""
        return self.enrolment.edition_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[PaperResult]:
        """Results of the enrolments one may see."""
        return sa.select(cls).where(
            cls.enrolment_id.in_(Enrolment.visible_to(actor).with_only_columns(Enrolment.id))
        )
