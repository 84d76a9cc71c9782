"""Questions: a stable identity, immutable versions, and revisions of their words."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id, text_enum


class QuestionState(enum.StrEnum):
    """Whether a question may be asked."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Question(Base):
    """A question of a course, known by its content id however often it is rewritten."""

    __tablename__ = "questions"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[QuestionState] = mapped_column(text_enum(QuestionState))
    fact_ids: Mapped[list[str]]
    lesson_number: Mapped[str | None] = mapped_column(sa.String(12))

    versions: Mapped[list[QuestionVersion]] = relationship(
        back_populates="question", order_by="QuestionVersion.number"
    )

    __table_args__ = (sa.UniqueConstraint("course_id", "content_id"),)


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
