"""How far a person has come; what is once earned stays."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.exercises import ExerciseState
from lms.db import Base, Id, Short, text_enum


class LessonProgress(Base):
    """One person's way through one lesson: opened, active, read, exercise handed in."""

    __tablename__ = "lesson_progress"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(
        sa.ForeignKey("lessons.id"), primary_key=True, index=True
    )
    first_opened_at: Mapped[datetime]
    last_active_at: Mapped[datetime]
    active_seconds: Mapped[int] = mapped_column(default=0)  # pauses over five minutes are cut
    read_at: Mapped[datetime | None]
    last_heading: Mapped[Short | None]  # where the reader stopped; a comfort, never evidence
    # Written by whoever keeps what is handed in; it stands here for pages that ask for the rest.
    exercise_state: Mapped[ExerciseState | None] = mapped_column(text_enum(ExerciseState))


class ConditionKind(enum.StrEnum):
    """What may be asked for completion."""

    LESSONS_READ = "lessons_read"
    QUIZZES_PASSED = "quizzes_passed"
    TESTS_TAKEN = "tests_taken"
    HOURS_ATTENDED = "hours_attended"
    FORM_SUBMITTED = "form_submitted"
    CONFIRMED_BY_REGISTRAR = "confirmed_by_registrar"


class CompletionCondition(Base):
    """One thing asked for completing a course."""

    __tablename__ = "completion_conditions"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ConditionKind] = mapped_column(text_enum(ConditionKind))
    parameters: Mapped[dict[str, Any]]

    __table_args__ = (sa.UniqueConstraint("course_id", "kind"),)


class SubjectKind(enum.StrEnum):
    """What can be completed."""

    LESSON = "lesson"
    MODULE = "module"
    COURSE = "course"


class Completion(Base):
    """Completed, on a date, with the content as it then was; no later change takes it back."""

    __tablename__ = "completions"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    kind: Mapped[SubjectKind] = mapped_column(text_enum(SubjectKind))
    subject_id: Mapped[int]
    earned_at: Mapped[datetime]
    content_version: Mapped[int]
    evidence: Mapped[dict[str, Any]]

    __table_args__ = (sa.UniqueConstraint("enrolment_id", "kind", "subject_id"),)


class Confirmation(Base):
    """The registrar's word for a condition that the system can't see."""

    __tablename__ = "confirmations"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    condition_id: Mapped[int] = mapped_column(sa.ForeignKey("completion_conditions.id"))
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("enrolment_id", "condition_id"),)
