"""What the pages of a lesson's text load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.models import ContentItem, Course, Lesson, LessonVersion, Module
from lms.exchange.lesson_saving import text_of


@dataclass(frozen=True)
class LessonRef:
    """A lesson as the pages of its text name it."""

    course_id: int
    course_slug: str
    course_title_ro: str
    course_title_en: str
    lesson_id: int
    content_id: str
    number: str
    title_ro: str
    title_en: str
    module_slug: str
    slug: str

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def course_title(self, locale: str) -> str:
        """The course's title in a language."""
        return self.course_title_en if locale == "en" else self.course_title_ro

    @property
    def args(self) -> dict[str, Any]:
        """What fills the addresses of its pages."""
        return {
            "slug": self.course_slug,
            "module_slug": self.module_slug,
            "lesson_slug": self.slug,
        }


def load_lesson(
    actor: Actor, *, locked: bool, slug: str, module_slug: str, lesson_slug: str, **_args: Any
) -> LessonRef | None:
    """Load a lesson for staff who see its course; for everybody else it isn't there."""
    if not actor.is_staff:
        return None
    seen = Course.visible_to(actor).where(Course.slug == slug).with_only_columns(Course.id)
    row = (
        db.session()
        .execute(
            sa.select(
                Course.id,
                Course.slug,
                Course.title_ro,
                Course.title_en,
                Lesson.id,
                Lesson.content_id,
                Lesson.number,
                Lesson.title_ro,
                Lesson.title_en,
                Module.slug,
                Lesson.slug,
            )
            .join(Module, Module.id == Lesson.module_id)
            .join(Course, Course.id == Lesson.course_id)
            .where(
                Course.id.in_(seen),
                Module.slug == module_slug,
                Lesson.slug == lesson_slug,
                Lesson.in_files(),
            )
        )
        .first()
    )
    return LessonRef(*row) if row is not None else None


@dataclass(frozen=True)
class Version:
    """A lesson's file as it stood."""

    number: int
    source: bytes
    saved_at: datetime
    saved_by: str | None  # None: with the course's files, or somebody who is not here any more
    restored_from: int | None

    @property
    def text(self) -> str:
        """The file as text."""
        return text_of(self.source)


_WHO = (Person.given_names, Person.family_name)


def versions_of(lesson: LessonRef) -> Sequence[Version]:
    """Return all that a lesson's file was, the newest first; it has one at least."""
    rows = db.session().execute(
        sa.select(LessonVersion, *_WHO)
        .outerjoin(Person, Person.id == LessonVersion.saved_by_id)
        .where(LessonVersion.lesson_id == lesson.lesson_id)
        .order_by(LessonVersion.number.desc())
    )
    found = [
        Version(
            row.number,
            row.source,
            row.saved_at,
            _name(given, family),
            row.restored_from,
        )
        for row, given, family in rows
    ]
    return found or [_as_it_stands(lesson)]


def _as_it_stands(lesson: LessonRef) -> Version:
    item, given, family = (
        db.session()
        .execute(
            sa.select(ContentItem, *_WHO)
            .outerjoin(Person, Person.id == ContentItem.changed_by_id)
            .where(
                ContentItem.course_id == lesson.course_id,
                ContentItem.content_id == lesson.content_id,
            )
        )
        .one()
    )
    name = _name(given, family)
    return Version(1, item.source, item.changed_at, name, None)


def _name(given: str | None, family: str | None) -> str | None:
    return f"{given} {family}" if given is not None else None
