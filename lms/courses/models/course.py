"""What is taught: course > module > lesson, the files it came from, the facts it rests on."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor, Role
from lms.courses.models.enrolment import Enrolment, EnrolmentState
from lms.courses.models.programme import Edition
from lms.db import Base, Hours, Id, Short, text_enum


def taught_course_ids(actor: Actor) -> sa.Select[int]:
    """Courses that the actor trains, by course or by edition."""
    return sa.select(Course.id).where(
        sa.or_(
            Course.id.in_(actor.trains_courses),
            Course.id.in_(
                sa.select(Edition.course_id).where(Edition.id.in_(actor.trains_editions))
            ),
        )
    )


def learnt_course_ids(actor: Actor) -> sa.Select[int]:
    """Courses in an edition of which the actor has a place."""
    return (
        sa.select(Edition.course_id)
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .where(Enrolment.person_id == actor.person_id, Enrolment.state == EnrolmentState.ACTIVE)
    )


class Course(Base):
    """Content shared by editions; kept from files, so that a folder comes out as it went in."""

    __tablename__ = "courses"

    id: Mapped[Id]
    content_id: Mapped[str] = mapped_column(sa.String(80), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    summary_ro: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    modules_in_order: Mapped[bool] = mapped_column(default=True)
    dispute_days: Mapped[int] = mapped_column(default=7)  # to contest a result; 0: never
    version: Mapped[int] = mapped_column(default=1)  # grows with each change of content
    published_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    modules: Mapped[list[Module]] = relationship(
        back_populates="course", order_by="Module.position"
    )

    @property
    def course_id(self) -> int:
        """Itself, for rules that ask whose course a thing is of."""
        return self.id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Course]:
        """Published courses one learns; courses one trains; all, for those who run everything."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything or actor.trains_all:
            return statement
        mine = sa.and_(cls.id.in_(learnt_course_ids(actor)), cls.published_at.is_not(None))
        if Role.TRAINER in actor.roles:
            return statement.where(sa.or_(mine, cls.id.in_(taught_course_ids(actor))))
        return statement.where(mine)


class Module(Base):
    """A part of a course with its outcomes, lessons and quizzes."""

    __tablename__ = "modules"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    slug: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    summary_ro: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    outcomes: Mapped[list[Any]]  # [{"ro": …, "en": …}]
    hours: Mapped[Hours]
    test_minutes: Mapped[int] = mapped_column(default=0)
    opens_on: Mapped[date | None]
    opens_after: Mapped[str | None] = mapped_column(sa.String(80))  # a module's content id
    withdrawn_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(back_populates="modules")
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="module", order_by="Lesson.position"
    )

    __table_args__ = (
        sa.UniqueConstraint("course_id", "content_id"),
        sa.UniqueConstraint("course_id", "slug"),
    )

    @classmethod
    def in_files(cls) -> sa.ColumnElement[bool]:
        """Whether the course's files have it: shown, or a draft. What they lost has no address."""
        return sa.not_(cls.slug.startswith("~"))


class Lesson(Base):
    """A lesson: its file verbatim in `ContentItem`, its HTML rendered and sanitised on save."""

    __tablename__ = "lessons"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    module_id: Mapped[int] = mapped_column(sa.ForeignKey("modules.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    slug: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[str] = mapped_column(sa.String(12))
    position: Mapped[int]
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    summary_ro: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    exercise: Mapped[dict[str, Any] | None]  # see lms.courses.exercises
    reading_minutes: Mapped[int]
    exercise_minutes: Mapped[int]
    test_minutes: Mapped[int]
    html: Mapped[str] = mapped_column(sa.Text)
    html_digest: Mapped[str] = mapped_column(sa.String(64))  # for the page's ETag
    sources: Mapped[list[Any]]  # [{"title": …, "url": …}]
    checked_on: Mapped[date | None]
    fact_ids: Mapped[list[Any]] = mapped_column(default=list)
    terms: Mapped[list[Any]] = mapped_column(default=list)  # ids of those marked, as they come
    is_published: Mapped[bool] = mapped_column(default=True)  # false: a fact waits for a sign-off
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    module: Mapped[Module] = relationship(back_populates="lessons")

    __table_args__ = (
        sa.UniqueConstraint("course_id", "content_id"),
        sa.UniqueConstraint("module_id", "slug"),
    )

    @classmethod
    def in_files(cls) -> sa.ColumnElement[bool]:
        """Whether the course's files have it: shown, or a draft. What they lost has no address."""
        return sa.not_(cls.slug.startswith("~"))

    @property
    def minutes(self) -> int:
        """The lesson's whole time."""
        return self.reading_minutes + self.exercise_minutes + self.test_minutes


class ContentKind(enum.StrEnum):
    """What a course file holds."""

    COURSE = "course"
    FACTS = "facts"
    GLOSSARY = "glossary"
    MODULE = "module"
    LESSON = "lesson"
    QUIZ = "quiz"
    QUIZ_WORDS = "quiz_words"
    BANK = "bank"
    FIGURE = "figure"
    PAPER = "paper"
    QUESTIONNAIRE = "questionnaire"


class ContentItem(Base):
    """One file of a course, byte for byte, with the hash it had when it was last imported.

    A source whose hash differs from `base_hash` was changed in the site; changed in the file too,
    it is a conflict that an import shows and never overwrites unless told so by id.
    """

    __tablename__ = "content_items"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    path: Mapped[Short]
    kind: Mapped[ContentKind] = mapped_column(text_enum(ContentKind))
    content_id: Mapped[str] = mapped_column(sa.String(80))
    source: Mapped[bytes]
    source_hash: Mapped[str] = mapped_column(sa.String(64))
    base_hash: Mapped[str] = mapped_column(sa.String(64))
    base_path: Mapped[Short] = mapped_column(default="")  # where the last import had it
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (
        sa.UniqueConstraint("course_id", "path"),
        sa.UniqueConstraint("course_id", "content_id"),
    )


class CourseFigure(Base):
    """A picture of a course; its bytes are a stored file."""

    __tablename__ = "course_figures"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    name: Mapped[Short]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"))

    __table_args__ = (sa.UniqueConstraint("course_id", "name"),)


class CourseFact(Base):
    """A fact that lessons and questions rest on, with its source and how sure it is."""

    __tablename__ = "course_facts"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    fact_id: Mapped[str] = mapped_column(sa.String(20))
    statement: Mapped[str] = mapped_column(sa.Text)
    statement_hash: Mapped[str] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.Text)
    confidence: Mapped[str] = mapped_column(sa.String(2))
    checked_on: Mapped[date | None]

    __table_args__ = (sa.UniqueConstraint("course_id", "fact_id"),)


class GlossaryTerm(Base):
    """A word of the field with its definition; lessons lead to it where they first use it."""

    __tablename__ = "glossary_terms"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    term_id: Mapped[str] = mapped_column(sa.String(60))
    term_ro: Mapped[Short]
    term_en: Mapped[Short]
    definition_ro: Mapped[str] = mapped_column(sa.Text)
    definition_en: Mapped[str] = mapped_column(sa.Text)
    forms: Mapped[list[Any]]  # other Romanian forms, by which it is found
    fact_id: Mapped[str | None] = mapped_column(sa.String(20))

    __table_args__ = (sa.UniqueConstraint("course_id", "term_id"),)


class FactSignOff(Base):
    """A person's word that a fact holds; it stands while the statement's hash stands."""

    __tablename__ = "fact_sign_offs"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    fact_id: Mapped[str] = mapped_column(sa.String(20))
    statement_hash: Mapped[str] = mapped_column(sa.String(64))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    signed_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("course_id", "fact_id", "statement_hash"),)
