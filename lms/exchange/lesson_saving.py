"""One lesson changed in the site: read as an import would read it, then stored with its file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import (
    ContentItem,
    ContentKind,
    Course,
    CourseFact,
    CourseFigure,
    Lesson,
    LessonVersion,
    Module,
)
from lms.errors import Refused
from lms.exchange.course_files import CONTENT_ID, MAX_TEXT_BYTES
from lms.exchange.glossary_file import TermEntry, finder_of, read_glossary
from lms.exchange.lesson_file import LessonFile, check_cedillas, read_lesson
from lms.exchange.plan import figure_address
from lms.exchange.problems import Problem, Reason
from lms.jobs import queue
from lms.papers.models import CoursePaper
from lms.quizzes.models import Question, QuestionState
from lms.quizzes.services import authoring, locks, pictures, prepared
from lms.safety.html import LONGEST_SOURCE, render_markdown
from lms.safety.terms import Marker


class LessonChanged(Refused):
    """Somebody else saved the lesson meanwhile; nothing was stored."""


class LessonHasFaults(Refused):
    """The lesson can't stand as it is written; nothing was stored."""


class CourseMoved(Refused):
    """The course changed between the reading and the write: read the lesson again."""


@dataclass(frozen=True)
class LessonBench:
    """A lesson's file, and what of its course its text may name."""

    course_id: int
    course_version: int
    slug: str
    lesson_id: int
    content_id: str
    path: str
    source: bytes
    base: str  # the hash of the file as it stands
    outcomes: int
    figures: frozenset[str]  # by path
    facts: Mapping[str, str]
    papers: frozenset[str]
    number: str
    is_named: bool  # by its number, in questions or working papers
    other_numbers: frozenset[str]
    terms: tuple[TermEntry, ...]

    @property
    def text(self) -> str:
        """The file as text, as the reader of a course sees it."""
        return text_of(self.source)


@dataclass(frozen=True)
class ReadLesson:
    """A lesson's text read and drawn: all that is wrong with it, and what is to be stored."""

    text: str
    file: LessonFile | None
    problems: tuple[Problem, ...]
    html: str
    terms: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it can be stored."""
        return self.file is not None and not any(p.is_error for p in self.problems)


_ITS_FILE = sa.and_(
    ContentItem.course_id == Lesson.course_id, ContentItem.content_id == Lesson.content_id
)


def text_of(source: bytes) -> str:
    """Return a stored file as text."""
    return source.decode("utf-8-sig").replace("\r\n", "\n")


def stands(lesson_id: int) -> tuple[str, str]:
    """Return a lesson's file as text and its hash, as they stand."""
    source, base = (
        db.session()
        .execute(
            sa.select(ContentItem.source, ContentItem.source_hash)
            .join(Lesson, _ITS_FILE)
            .where(Lesson.id == lesson_id)
        )
        .one()
    )
    return text_of(source), base


def bench_of(lesson_id: int) -> LessonBench:
    """Load a lesson with what its text may name."""
    session = db.session()
    asks = sa.exists().where(
        Question.course_id == Lesson.course_id,
        Question.lesson_number == Lesson.number,
        Question.state != QuestionState.RETIRED,
    )
    lesson, module, course, item, is_asked = session.execute(
        sa.select(Lesson, Module, Course, ContentItem, asks)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Lesson.course_id)
        .join(ContentItem, _ITS_FILE)
        .where(Lesson.id == lesson_id)
    ).one()
    facts = session.execute(
        sa.select(CourseFact.fact_id, CourseFact.confidence).where(
            CourseFact.course_id == course.id
        )
    )
    figures = session.scalars(
        sa.select(CourseFigure.name).where(CourseFigure.course_id == course.id)
    )
    papers = session.execute(
        sa.select(CoursePaper.content_id, CoursePaper.lessons).where(
            CoursePaper.course_id == course.id
        )
    ).all()
    numbers = session.scalars(
        sa.select(Lesson.number).where(
            Lesson.course_id == course.id, Lesson.in_files(), Lesson.id != lesson_id
        )
    )
    return LessonBench(
        course_id=course.id,
        course_version=course.version,
        slug=course.slug,
        lesson_id=lesson_id,
        content_id=lesson.content_id,
        path=item.path,
        source=item.source,
        base=item.source_hash,
        outcomes=len(module.outcomes),
        figures=frozenset(f"figures/{name}" for name in figures),
        facts={row.fact_id: row.confidence for row in facts},
        papers=frozenset(paper.content_id for paper in papers),
        number=lesson.number,
        is_named=is_asked or any(lesson.number in paper.lessons for paper in papers),
        other_numbers=frozenset(numbers),
        terms=_terms(course.id),
    )


def _terms(course_id: int) -> tuple[TermEntry, ...]:
    item = db.session().scalar(
        sa.select(ContentItem).where(
            ContentItem.course_id == course_id, ContentItem.kind == ContentKind.GLOSSARY
        )
    )
    return read_glossary(item.path, text_of(item.source), []) if item is not None else ()


def read_text(bench: LessonBench, text: str) -> ReadLesson:
    """Read a lesson as an import of the whole course would, and draw it as learners see it."""
    problems: list[Problem] = []
    if len(text.encode()) > MAX_TEXT_BYTES:
        return ReadLesson(text, None, (Problem(bench.path, 1, Reason.FILE_TOO_LARGE),), "", ())
    check_cedillas(bench.path, text, problems)
    file = read_lesson(bench.path, text, problems, outcomes=bench.outcomes, id_pattern=CONTENT_ID)
    if file is None:
        return ReadLesson(text, None, tuple(problems), "", ())
    problems += _unknown(bench, file)
    if len(file.body) > LONGEST_SOURCE:
        problems.append(Problem(bench.path, file.line, Reason.FILE_TOO_LARGE))
        return ReadLesson(text, file, tuple(problems), "", ())
    marker = Marker(finder_of(bench.terms))

    def resolve(target: str) -> str | None:
        known = target in bench.figures
        return figure_address(bench.slug, target.removeprefix("figures/")) if known else None

    html = str(render_markdown(file.body, resolve_image=resolve, terms=marker))
    return ReadLesson(text, file, tuple(sorted(set(problems))), html, tuple(marker.marked))


def _unknown(bench: LessonBench, file: LessonFile) -> list[Problem]:
    """Find what the lesson names and its course has not."""
    found = [
        Problem(bench.path, fact.line, Reason.UNKNOWN_FACT, fact.text)
        for fact in file.facts
        if fact.text not in bench.facts
    ]
    found += [
        Problem(bench.path, image.line, Reason.FIGURE_MISSING, image.text)
        for image in file.images
        if image.text not in bench.figures
    ]
    if file.id != bench.content_id:
        found.append(Problem(bench.path, file.line, Reason.BAD_ID, "id"))
    if bench.is_named and file.number != bench.number:
        found.append(Problem(bench.path, file.line, Reason.UNKNOWN_LESSON, bench.number))
    if file.number in bench.other_numbers:
        found.append(Problem(bench.path, file.line, Reason.DUPLICATE_ENTRY, file.number))
    paper = file.exercise.paper if file.exercise else ""
    if paper and paper not in bench.papers:
        found.append(Problem(bench.path, file.line, Reason.UNKNOWN_PAPER, paper))
    return found


def fill_lesson(
    row: Lesson,
    file: LessonFile,
    *,
    html: str,
    terms: Sequence[str],
    basis: prepared.FactBasis,
) -> None:
    """Write into a lesson's row what its file says below its titles."""
    exercise = file.exercise.as_json() if file.exercise else None
    if row.exercise != exercise:
        row.exercise = exercise
    row.reading_minutes = file.reading_minutes
    row.exercise_minutes = file.exercise_minutes
    row.test_minutes = file.test_minutes
    row.html = html
    row.html_digest = hashlib.sha256(html.encode()).hexdigest()
    row.terms = list(terms)
    row.fact_ids = list(file.fact_ids)
    row.is_published = not basis.unvouched(file.fact_ids)
    sources = [dict(source) for source in file.sources]
    if getattr(row, "sources", None) != sources:
        row.sources = sources
    row.checked_on = file.checked_on


def save_lesson(
    bench: LessonBench,
    read: ReadLesson,
    *,
    base: str,
    by: int,
    now: datetime,
    restored_from: int | None = None,
) -> bool:
    """Store a lesson inside the caller's write; False where its file says just the same.

    Raise LessonHasFaults; LessonChanged where the file is no longer the one that was edited;
    CourseMoved where the course is no longer as it was read against.
    """
    if not read.is_ready or read.file is None:
        raise LessonHasFaults(bench.content_id)
    course = locks.course(bench.course_id)
    session = db.session()
    item = session.scalars(
        sa.select(ContentItem)
        .where(
            ContentItem.course_id == course.id,
            ContentItem.content_id == bench.content_id,
            ContentItem.kind == ContentKind.LESSON,
        )
        .execution_options(populate_existing=True)
    ).one()
    source = read.text.encode()
    if text_of(item.source) == read.text:
        return False  # also a second click
    if item.source_hash != base:
        raise LessonChanged(bench.content_id)
    if course.version != bench.course_version:
        raise CourseMoved(course.slug)
    row = session.get_one(Lesson, bench.lesson_id)
    keep_version(row, item)
    row.number = read.file.number
    row.title_ro, row.title_en = read.file.title["ro"], read.file.title["en"]
    row.summary_ro, row.summary_en = read.file.summary["ro"], read.file.summary["en"]
    row.withdrawn_at = (row.withdrawn_at or now) if read.file.is_draft else None
    fill_lesson(
        row,
        read.file,
        html=read.html,
        terms=read.terms,
        basis=authoring.fact_basis(course.id),
    )
    row.version += 1
    item.source, item.source_hash = source, hashlib.sha256(source).hexdigest()
    item.changed_at, item.changed_by_id = now, by
    keep_version(row, item, restored_from=restored_from)
    pictures.list_figures(course.id, [i.text for i in read.file.images], by=by, now=now)
    course.version += 1
    record(
        "lesson.saved",
        by=by,
        on=row,
        course_id=course.id,
        lesson=row.content_id,
        **({"restored_from": restored_from} if restored_from is not None else {}),
    )
    queue.tell("certificates.flags")  # an exercise more or less is asked for
    return True


def keep_version(row: Lesson, item: ContentItem, *, restored_from: int | None = None) -> None:
    """Keep a lesson's file as it stands now among its versions; once, where it stands there."""
    session = db.session()
    last = session.execute(
        sa.select(LessonVersion.number, LessonVersion.source_hash)
        .where(LessonVersion.lesson_id == row.id)
        .order_by(LessonVersion.number.desc())
        .limit(1)
    ).first()
    if last is not None and last.source_hash == item.source_hash:
        return
    session.add(
        LessonVersion(
            lesson_id=row.id,
            number=last.number + 1 if last is not None else 1,
            source=item.source,
            source_hash=item.source_hash,
            saved_at=item.changed_at,
            saved_by_id=item.changed_by_id,
            restored_from=restored_from,
        )
    )
