"""What can be done with a course's files: import, export, publish."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import ContentItem, Course
from lms.exchange.apply import apply_import, keep_files
from lms.exchange.course_files import read_course
from lms.exchange.course_values import CourseFiles
from lms.exchange.errors import CourseHasFaults
from lms.exchange.plan import ImportPlan, bytes_of, plan_import

__all__ = [
    "apply_import",
    "export_course",
    "import_course",
    "keep_files",
    "plan_files",
    "plan_import",
    "publish_course",
]


def plan_files(files: Mapping[str, bytes], *, overwrite: Collection[str] = ()) -> ImportPlan:
    """Read a course's files and plan their import; raise CourseHasFaults with all that is wrong."""
    reading = read_course(files)
    if reading.course is None:
        raise CourseHasFaults(reading.problems)
    return plan_import(reading.course, overwrite=overwrite)


def import_course(
    course: CourseFiles,
    *,
    by: int | None,
    now: datetime,
    overwrite: Collection[str] = (),
    publish: bool = False,
) -> int:
    """Plan and apply in one go, in a write transaction of its own; return the course's id."""
    plan = plan_import(course, overwrite=overwrite)
    db.end_reading()
    if not plan.problems:
        keep_files(plan)
    with db.writing():
        row = apply_import(plan, by=by, now=now)
        if publish:
            publish_course(row, by=by, now=now)
    return row.id


def publish_course(course: Course, *, by: int | None, now: datetime) -> bool:
    """Show the course to those enrolled in it; False where it was shown already."""
    if course.published_at is not None:
        return False
    course.published_at = now
    course.version += 1
    record("course.published", by=by, on=course, course_id=course.id)
    return True


def export_course(course_id: int) -> dict[str, bytes]:
    """Return a course's files by path, byte for byte as they were imported or last changed here."""
    rows = db.session().scalars(
        sa.select(ContentItem).where(ContentItem.course_id == course_id).order_by(ContentItem.path)
    )
    return {row.path: bytes_of(row) for row in rows}
