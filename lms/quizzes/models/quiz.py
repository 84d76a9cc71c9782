"""Quizzes: what is drawn from the bank, and under which rules."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Course, Module
from lms.courses.models.course import taught_course_ids
from lms.db import Base, Id, Short, text_enum
from lms.quizzes.models.bank import QuestionVersion


class QuizPlace(enum.StrEnum):
    """Where a quiz stands in its course."""

    MODULE = "module"
    START = "start"
    END = "end"


class Quiz(Base):
    """A quiz of a module, or a test at a course's start or end.

    Its rules and questions stand in versions.
    """

    __tablename__ = "quizzes"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    place: Mapped[QuizPlace] = mapped_column(text_enum(QuizPlace), default=QuizPlace.MODULE)
    module_id: Mapped[int | None] = mapped_column(sa.ForeignKey("modules.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    slug: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int] = mapped_column(default=1)
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    current_version_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("quiz_versions.id", use_alter=True)
    )
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    module: Mapped[Module | None] = relationship()
    current_version: Mapped[QuizVersion | None] = relationship(
        foreign_keys=[current_version_id], post_update=True
    )

    __table_args__ = (
        sa.UniqueConstraint("course_id", "content_id"),
        sa.UniqueConstraint("course_id", "slug"),
        sa.CheckConstraint("(place = 'module') = (module_id IS NOT NULL)", name="stands_somewhere"),
    )

    @property
    def is_course_test(self) -> bool:
        """Whether it belongs to the whole course: it is taken once, and not passed or failed."""
        return self.place is not QuizPlace.MODULE

    @property
    def is_open(self) -> bool:
        """Whether learners see it."""
        return self.published_at is not None and self.withdrawn_at is None

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Quiz]:
        """Quizzes of the courses one may see; drafts and withdrawn ones where one trains."""
        statement = sa.select(cls).where(
            cls.course_id.in_(Course.visible_to(actor).with_only_columns(Course.id))
        )
        if actor is not None and (actor.runs_everything or actor.trains_all):
            return statement
        is_open = sa.and_(cls.published_at.is_not(None), cls.withdrawn_at.is_(None))
        if actor is not None and actor.is_staff:
            is_open = sa.or_(is_open, cls.course_id.in_(taught_course_ids(actor)))
        return statement.where(is_open)


class QuizVersion(Base):
    """The rules of a quiz as they stood; attempts keep the version they began with."""

    __tablename__ = "quiz_versions"

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), index=True)
    number: Mapped[int]
    settings: Mapped[dict[str, Any]]  # lms.quizzes.rules.settings.QuizSettings, dumped
    has_draws: Mapped[bool] = mapped_column(default=False)  # from the course's bank
    sections: Mapped[list[Any]] = mapped_column(default=list)  # lms.quizzes.rules.sections, dumped
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    questions: Mapped[list[QuizQuestion]] = relationship(order_by="QuizQuestion.position")

    __table_args__ = (sa.UniqueConstraint("quiz_id", "number"),)

    @classmethod
    def is_counted(cls) -> sa.ColumnElement[bool]:
        """Whether its module asks for it, in a statement: all but what is there to practise."""
        return sa.func.coalesce(cls.settings["counts"].as_boolean(), sa.true())


class QuizQuestion(Base):
    """A question that a version of a quiz may draw."""

    __tablename__ = "quiz_questions"

    quiz_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz_versions.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question_versions.id"), index=True
    )
    slot: Mapped[str | None] = mapped_column(sa.String(40))  # alternatives for one point
    # Of the version's sections, counted from one; 0: before the first.
    section: Mapped[int] = mapped_column(default=0, server_default="0")

    question_version: Mapped[QuestionVersion] = relationship()
