"""What can be done with the working papers of a course: follow its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.courses.models import Course
from lms.files.models import StoredFile
from lms.papers.building import BuiltPaper
from lms.papers.models import CoursePaper


def store_papers(
    course: Course, built: Iterable[BuiltPaper], *, by: int | None, now: datetime
) -> None:
    """Make the course's papers those that were built, in their order; their bytes are stored."""
    rows = db.session().execute(
        sa.select(CoursePaper, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == CoursePaper.file_id)
        .where(CoursePaper.course_id == course.id)
    )
    here = {row[0].content_id: (row[0], row[1]) for row in rows}
    for position, each in enumerate(built, 1):
        row, sha256 = here.pop(each.paper.id, (None, None))
        file_id = None if sha256 == each.sha256 else _file(course, each, by=by, now=now)
        if row is None:
            row = CoursePaper(course_id=course.id, content_id=each.paper.id, lessons=[])
            db.session().add(row)
        _say_what_it_is(row, each, position)
        if file_id is not None:
            row.file_id = file_id
    for row, _sha256 in here.values():
        db.session().delete(row)


def _file(course: Course, built: BuiltPaper, *, by: int | None, now: datetime) -> int:
    file = StoredFile(
        sha256=built.sha256,
        size=len(built.data),
        media_type=built.paper.format.media_type,
        name=built.paper.file_name,
        owner_type=Course.__tablename__,
        owner_id=course.id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(file)
    db.session().flush()  # the paper points to its file
    return file.id


def _say_what_it_is(row: CoursePaper, built: BuiltPaper, position: int) -> None:
    paper = built.paper
    row.position, row.format = position, paper.format
    row.title_ro, row.title_en = paper.title["ro"], paper.title["en"]
    row.summary_ro, row.summary_en = paper.summary["ro"], paper.summary["en"]
    if row.lessons != list(paper.lessons):
        row.lessons = list(paper.lessons)
    if row.fact_ids != list(paper.facts):
        row.fact_ids = list(paper.facts)
