"""Corrections, marks by hand and what they changed: written once, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, BigId, Id, Percent, Points, ScaledDecimal, text_enum
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models.attempt import Attempt, AttemptItem
from lms.quizzes.models.bank import Question, QuestionVersion


class Correction(Base):
    """What was put right on a version of a question after it had been asked, and why."""

    __tablename__ = "corrections"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_versions.id"), index=True)
    kind: Mapped[CorrectionKind] = mapped_column(text_enum(CorrectionKind))
    option_id: Mapped[str | None] = mapped_column(sa.String(80))
    key_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question_versions.id"))
    withdraws_id: Mapped[int | None] = mapped_column(sa.ForeignKey("corrections.id"), unique=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))

    version: Mapped[QuestionVersion] = relationship(foreign_keys=[version_id])

    @property
    def question(self) -> Question:
        """The question that it corrects."""
        return self.version.question


class ManualMark(Base):
    """A mark that somebody gave by hand; of several for one answer the newest counts."""

    __tablename__ = "manual_marks"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("attempt_items.id"), index=True)
    fraction: Mapped[Any] = mapped_column(ScaledDecimal(7))
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    details: Mapped[dict[str, Any] | None]  # how it came about, such as a rubric's points
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))

    item: Mapped[AttemptItem] = relationship()


class GradeChange(Base):
    """A grade that was changed after the attempt's end: before, after, and by what."""

    __tablename__ = "grade_changes"

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"), index=True)
    correction_id: Mapped[int | None] = mapped_column(sa.ForeignKey("corrections.id"), index=True)
    manual_mark_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("manual_marks.id"), index=True
    )
    changed_at: Mapped[datetime]
    earned_before: Mapped[Points]
    possible_before: Mapped[Points]
    percent_before: Mapped[Percent]
    passed_before: Mapped[bool | None]
    waiting_before: Mapped[int]
    earned: Mapped[Points]
    possible: Mapped[Points]
    percent: Mapped[Percent]
    passed: Mapped[bool | None]
    waiting: Mapped[int]
    items: Mapped[dict[str, Any]]  # of each answer that moved: its fraction before and after
    told_at: Mapped[datetime | None] = mapped_column(index=True)  # by mail, once

    attempt: Mapped[Attempt] = relationship()
    correction: Mapped[Correction | None] = relationship()
    manual_mark: Mapped[ManualMark | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("attempt_id", "correction_id"),
        sa.CheckConstraint(
            "(correction_id IS NULL) <> (manual_mark_id IS NULL)", name="has_one_cause"
        ),
    )
