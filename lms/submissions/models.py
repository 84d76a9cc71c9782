"""Works handed in: one place for each exercise, its versions, the trainer's comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.exercises import ExerciseState, Trace
from lms.courses.models import Enrolment, Lesson
from lms.db import Base, BigId, Id, text_enum
from lms.files.models import StoredFile


class Submission(Base):
    """One person's work on one exercise: its state, the draft, and what the newest version is.

    The draft is the one thing that is written over; `draft_sequence` grows with it, so that a
    window that has not seen the newest text can't cover it.
    """

    __tablename__ = "submissions"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"), index=True)
    state: Mapped[ExerciseState] = mapped_column(
        text_enum(ExerciseState), default=ExerciseState.BEGUN
    )
    begun_at: Mapped[datetime]
    draft: Mapped[dict[str, Any] | None]
    draft_sequence: Mapped[int] = mapped_column(default=0)
    draft_writer: Mapped[str] = mapped_column(sa.String(32), default="")
    draft_turn: Mapped[int] = mapped_column(default=0)
    draft_saved_at: Mapped[datetime | None]
    # Of the newest version, for lists.
    version_number: Mapped[int] = mapped_column(default=0)
    trace: Mapped[Trace | None] = mapped_column(text_enum(Trace))
    handed_in_at: Mapped[datetime | None] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    enrolment: Mapped[Enrolment] = relationship()
    lesson: Mapped[Lesson] = relationship()

    __table_args__ = (sa.UniqueConstraint("enrolment_id", "lesson_id"),)

    @property
    def person_id(self) -> int:
        """Whose work it is."""
        return self.enrolment.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers read it."""
        return self.lesson.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers read it."""
        return self.enrolment.edition_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Submission]:
        """Works on the enrolments one may see."""
        return sa.select(cls).where(
            cls.enrolment_id.in_(Enrolment.visible_to(actor).with_only_columns(Enrolment.id))
        )


class SubmissionVersion(Base):
    """What was handed in, once; never changed. Keeps the exercise as it then was."""

    __tablename__ = "submission_versions"

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("submissions.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(64))
    trace: Mapped[Trace] = mapped_column(text_enum(Trace))
    content: Mapped[dict[str, Any]]
    exercise: Mapped[dict[str, Any]]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"))
    handed_in_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @property
    def person_id(self) -> int:
        """Whose work it is."""
        return self.submission.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers read it."""
        return self.submission.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers read it."""
        return self.submission.edition_id

    __table_args__ = (
        sa.UniqueConstraint("submission_id", "number"),
        sa.UniqueConstraint("submission_id", "key"),
    )


class SubmissionComment(Base):
    """What a trainer has said to a version; it closes the exercise, or asks for another version."""

    __tablename__ = "submission_comments"

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("submissions.id"))
    version_number: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(64))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    reopens: Mapped[bool]
    written_at: Mapped[datetime]

    author: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("submission_id", "key"),)
