"""What the pages of this package load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.models import ContentItem, Course
from lms.files.models import StoredFile

ZIP = "application/zip"


@dataclass(frozen=True)
class CourseRef:
    """A course as its pages of files name it."""

    course_id: int
    slug: str
    content_id: str
    title_ro: str
    title_en: str
    version: int
    is_published: bool

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


def load_course(actor: Actor, *, locked: bool, slug: str, **_args: Any) -> CourseRef | None:
    """Load a course for staff who may see it; for everybody else it isn't there."""
    if not actor.is_staff:
        return None
    statement = Course.visible_to(actor).where(Course.slug == slug)
    if locked:
        statement = statement.with_for_update(of=Course)
    row = db.session().scalars(statement).one_or_none()
    if row is None:
        return None
    return CourseRef(
        course_id=row.id,
        slug=row.slug,
        content_id=row.content_id,
        title_ro=row.title_ro,
        title_en=row.title_en,
        version=row.version,
        is_published=row.published_at is not None,
    )


@dataclass(frozen=True)
class Upload:
    """An archive that waits for its sender's decision; for a course, or for a new one."""

    file_id: int
    sha256: str
    name: str
    course: CourseRef | None

    @property
    def course_id(self) -> int | None:
        """Whose course it is sent to, for the rules of access."""
        return self.course.course_id if self.course else None


def load_upload(
    actor: Actor, *, locked: bool, upload_id: int, slug: str | None = None
) -> Upload | None:
    """Load one's own archive, and the course it was sent to."""
    course = None
    if slug is not None:
        course = load_course(actor, locked=locked, slug=slug)
        if course is None:
            return None
    file = db.session().scalar(
        sa.select(StoredFile).where(
            StoredFile.id == upload_id,
            StoredFile.owner_type == Person.__tablename__,
            StoredFile.owner_id == actor.person_id,
            StoredFile.media_type == ZIP,
        )
    )
    return None if file is None else Upload(file.id, file.sha256, file.name, course)


def slug_of(content_id: str) -> str | None:
    """Return the address of the course with a content id; None where there is none."""
    return db.session().scalar(sa.select(Course.slug).where(Course.content_id == content_id))


def file_count(course_id: int) -> int:
    """Count the files of a course."""
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(ContentItem)
            .where(ContentItem.course_id == course_id)
        )
        or 0
    )
