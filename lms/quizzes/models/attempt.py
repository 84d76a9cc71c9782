"""Attempts: what was asked, what was answered, when; the mark is derived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Enrolment
from lms.db import Base, BigId, Id, Percent, Points, ScaledDecimal, text_enum
from lms.quizzes.models.bank import QuestionVersion
from lms.quizzes.models.quiz import Quiz, QuizVersion
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.merging import Standing


class Attempt(Base):
    """One try of one person at a quiz; drawn questions and shuffles are fixed by its seed."""

    __tablename__ = "attempts"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    quiz_version_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_versions.id"))
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[AttemptState] = mapped_column(text_enum(AttemptState), default=AttemptState.OPEN)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]  # of an abandoned one: when it was given up
    reached: Mapped[int] = mapped_column(default=1)  # where nobody goes back: the question now
    # Derived from the answers and the questions' versions; can be recomputed.
    earned: Mapped[Points | None]
    possible: Mapped[Points | None]
    percent: Mapped[Percent | None]
    passed: Mapped[bool | None]
    # How many answers wait to be marked by hand: until then they count as nothing.
    waiting: Mapped[int] = mapped_column(default=0)

    enrolment: Mapped[Enrolment] = relationship()
    quiz: Mapped[Quiz] = relationship()
    quiz_version: Mapped[QuizVersion] = relationship()
    items: Mapped[list[AttemptItem]] = relationship(
        back_populates="attempt", order_by="AttemptItem.position"
    )

    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "quiz_id", "number"),
        sa.Index(
            "uq_attempts_open",
            "enrolment_id",
            "quiz_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    @property
    def is_final(self) -> bool:
        """Whether no answer waits to be marked by hand."""
        return not self.waiting

    @property
    def person_id(self) -> int:
        """Whose attempt it is."""
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
    def visible_to(cls, actor: Actor | None) -> sa.Select[Attempt]:
        """Attempts of the enrolments one may see."""
        return sa.select(cls).where(
            cls.enrolment_id.in_(Enrolment.visible_to(actor).with_only_columns(Enrolment.id))
        )


class AttemptItem(Base):
    """One question of an attempt, at its place, with its options in the order drawn."""

    __tablename__ = "attempt_items"

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"))
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question_versions.id"), index=True
    )
    option_order: Mapped[list[Any]]
    # Of the quiz's version, counted from one; 0: under none.
    section: Mapped[int] = mapped_column(default=0, server_default="0")
    # Derived at submission; empty while the answer waits to be marked by hand.
    fraction: Mapped[Any | None] = mapped_column(ScaledDecimal(7))
    # Derived: a correction took the question out of this attempt's total.
    left_out: Mapped[bool] = mapped_column(default=False)
    is_flagged: Mapped[bool] = mapped_column(default=False)  # by its learner, for later

    attempt: Mapped[Attempt] = relationship(back_populates="items")
    question_version: Mapped[QuestionVersion] = relationship()

    __table_args__ = (sa.UniqueConstraint("attempt_id", "position"),)


class ResponseVersion(Base):
    """An answer as it was given; never changed.

    Of those that count, the one with the highest sequence is the answer; see `merging`. The
    idempotency key makes a repeated delivery of the same save one row.
    """

    __tablename__ = "response_versions"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("attempt_items.id"))
    sequence: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(sa.String(64))
    payload: Mapped[dict[str, Any]]
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("question_revisions.id"))
    received_at: Mapped[datetime]
    given_at: Mapped[datetime]  # by the giver's clock, never after it was received
    seen: Mapped[int | None]  # the sequence that the giver had before the eyes, where known
    writer: Mapped[str] = mapped_column(sa.String(32), default="")  # the window it came from
    standing: Mapped[Standing] = mapped_column(text_enum(Standing), default=Standing.COUNTS)

    __table_args__ = (
        sa.UniqueConstraint("item_id", "sequence"),
        sa.UniqueConstraint("item_id", "idempotency_key"),
    )


class ResponseTry(Base):
    """A check of an answer while the attempt went on, as it stood then; never changed."""

    __tablename__ = "response_tries"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("attempt_items.id"))
    number: Mapped[int]
    payload: Mapped[dict[str, Any]]
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("question_revisions.id"))
    checked_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("item_id", "number"),)


class AttemptAllowance(Base):
    """Attempts given beyond the quiz's own number, with who gave them and why."""

    __tablename__ = "attempt_allowances"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    extra: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(sa.Text)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
