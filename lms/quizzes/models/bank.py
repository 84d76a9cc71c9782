"""Questions: a stable identity, immutable versions, and revisions of their words."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Course
from lms.db import Base, Id, text_enum

LONGEST_CATEGORY, LONGEST_TAG, LONGEST_STEM = 200, 100, 300


class QuestionState(enum.StrEnum):
    """Whether a question is asked: a published one is, and a quiz has it.

    A draft waits, in a quiz's text or in the bank, where a quiz may draw it once it is ready; a
    retired one stands in no text at all.
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Question(Base):
    """A question of a course, known by its content id however often it is rewritten.

    `source` is its text, as GIFT with its keys. While a quiz has the question, the quiz's own text
    is what counts and `source` follows it; in the bank alone, and retired, this is the text.
    """

    __tablename__ = "questions"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[QuestionState] = mapped_column(text_enum(QuestionState))
    fact_ids: Mapped[list[str]]
    lesson_number: Mapped[str | None] = mapped_column(sa.String(12))
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    type: Mapped[str] = mapped_column(sa.String(40), default="")  # of the newest version
    category: Mapped[str] = mapped_column(sa.String(LONGEST_CATEGORY), default="")
    is_ready: Mapped[bool] = mapped_column(default=False)  # looked over: it may be published
    is_shared: Mapped[bool] = mapped_column(default=False)  # offered to every course's trainers
    stem: Mapped[str] = mapped_column(sa.String(LONGEST_STEM), default="")  # plain, for lists
    search_text: Mapped[str] = mapped_column(sa.Text, default="")  # folded
    source: Mapped[str] = mapped_column(sa.Text, default="")
    words_source: Mapped[str] = mapped_column(sa.Text, default="")  # of its English words
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(index=True)
    copied_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("questions.id"), index=True)

    versions: Mapped[list[QuestionVersion]] = relationship(
        back_populates="question", order_by="QuestionVersion.number"
    )

    __table_args__ = (sa.UniqueConstraint("course_id", "content_id"),)

    @property
    def is_in_bank_alone(self) -> bool:
        """Whether no quiz has it, and it is not retired."""
        return self.quiz_id is None and self.state is not QuestionState.RETIRED

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Question]:
        """Questions of the courses that staff may see; nobody else reads a key."""
        statement = sa.select(cls)
        if actor is None or not actor.is_staff:
            return statement.where(sa.false())
        courses = Course.visible_to(actor).with_only_columns(Course.id)
        return statement.where(cls.course_id.in_(courses))


class QuestionTag(Base):
    """A tag that a question has."""

    __tablename__ = "question_tags"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(LONGEST_TAG), primary_key=True, index=True)


class QuestionComment(Base):
    """What a colleague says of a question while it is looked over."""

    __tablename__ = "question_comments"

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))


class QuestionVersion(Base):
    """Option ids, key and marks: they never change within a version."""

    __tablename__ = "question_versions"

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    number: Mapped[int]
    type: Mapped[str] = mapped_column(sa.String(40))
    structure_digest: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]

    question: Mapped[Question] = relationship(back_populates="versions")
    revisions: Mapped[list[QuestionRevision]] = relationship(
        back_populates="version", order_by="QuestionRevision.number"
    )

    __table_args__ = (sa.UniqueConstraint("question_id", "number"),)


class QuestionRevision(Base):
    """The words of a version; the newest is shown, and each answer keeps the one it saw.

    Both languages have the same ids and the same key: what differs is words alone.
    """

    __tablename__ = "question_revisions"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_versions.id"), index=True)
    number: Mapped[int]
    payload: Mapped[dict[str, Any]]
    payload_en: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    version: Mapped[QuestionVersion] = relationship(back_populates="revisions")

    __table_args__ = (sa.UniqueConstraint("version_id", "number"),)
