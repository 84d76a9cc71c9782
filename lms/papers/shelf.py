"""A course's papers as plain values, kept in memory for as long as the course's version stands."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.files.models import StoredFile
from lms.papers.models import CoursePaper
from lms.papers.paper import Format


@dataclass(frozen=True)
class PaperEntry:
    """A paper as a list shows it."""

    content_id: str
    title_ro: str
    title_en: str
    summary_ro: str
    summary_en: str
    format: Format
    lessons: tuple[str, ...]
    size: int

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def summary(self, locale: str) -> str:
        """The summary in a language."""
        return self.summary_en if locale == "en" else self.summary_ro

    @property
    def kilobytes(self) -> int:
        """The size, rounded up."""
        return -(-self.size // 1024)


_kept: dict[int, tuple[int, tuple[PaperEntry, ...]]] = {}


def papers_of(course_id: int, version: int) -> tuple[PaperEntry, ...]:
    """Return a course's papers; read from the database once per version and process."""
    known = _kept.get(course_id)
    if known is not None and known[0] == version:
        return known[1]
    papers = _read(course_id)
    _kept[course_id] = (version, papers)
    return papers


def papers_of_lesson(course_id: int, version: int, number: str) -> tuple[PaperEntry, ...]:
    """Return the papers that a lesson uses."""
    return tuple(paper for paper in papers_of(course_id, version) if number in paper.lessons)


def forget() -> None:
    """Drop what is kept; for a store that was replaced under the process."""
    _kept.clear()


def _read(course_id: int) -> tuple[PaperEntry, ...]:
    rows = db.session().execute(
        sa.select(CoursePaper, StoredFile.size)
        .join(StoredFile, StoredFile.id == CoursePaper.file_id)
        .where(CoursePaper.course_id == course_id)
        .order_by(CoursePaper.position)
    )
    return tuple(
        PaperEntry(
            content_id=row.content_id,
            title_ro=row.title_ro,
            title_en=row.title_en,
            summary_ro=row.summary_ro,
            summary_en=row.summary_en,
            format=row.format,
            lessons=tuple(row.lessons),
            size=size,
        )
        for row, size in rows
    )
