"""Save a trainer's text: what it changes was worked out and shown, and is stored whole.

A quiz's text is kept as a file of the course, so that an export has it and an import sees that it
was changed here. Ids, versions and revisions are `authoring`'s business, as in an import.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import ContentItem, ContentKind, Course
from lms.errors import Refused
from lms.jobs import queue
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.gift_writer import write_gift, write_words
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, Severity
from lms.quizzes.exchange.words import with_words
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import authoring, filing, locks, pictures, prepared
from lms.quizzes.services.prepared import Change, ReadyQuiz
from lms.quizzes.services.workshop_plan import (
    Bench,
    PlannedQuiz,
    TextPlan,
    source_of,
)
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Piece, TextRead
from lms.quizzes.workshop.writing import settled


class TextChanged(Refused):
    """Somebody else saved the quiz meanwhile; nothing was stored."""


class CourseMoved(Refused):
    """The course changed between the working out and the write: work it out again."""


@dataclass(frozen=True)
class ReadyText:
    """One quiz worked out, rendered and written: nothing slow is left to do."""

    planned: PlannedQuiz
    ready: ReadyQuiz
    source: bytes
    words: bytes | None  # the English file anew; None where it stays
    lost_words: tuple[str, ...]
    path: str


def make_ready(
    bench: Bench, plan: TextPlan, *, publishes: bool | None, counts: bool | None = None
) -> list[ReadyText]:
    """Render and write the quizzes of a plan that is ready; slow, so before the write.

    `publishes` decides about the questions of a quiz that is not published yet, `counts` whether
    such a quiz is asked for; None leaves each as it is.
    """
    return [
        _made_ready(bench, plan.read, _counting(planned, counts), publishes=publishes)
        for planned in plan.quizzes
    ]


def _counting(planned: PlannedQuiz, counts: bool | None) -> PlannedQuiz:
    """Let a quiz that is not published yet be asked for, or not; a new text may say no itself."""
    quiz = planned.quiz
    if counts is None or planned.module is None or (quiz is not None and quiz.is_published):
        return planned
    if quiz is None:
        counts = counts and planned.settings.counts
    return replace(planned, settings=replace(planned.settings, counts=counts))


def _made_ready(
    bench: Bench, read: TextRead, planned: PlannedQuiz, *, publishes: bool | None
) -> ReadyText:
    quiz = planned.quiz
    status = None
    if publishes is not None and (quiz is None or not quiz.is_published):
        status = ItemStatus.PUBLISHED if publishes else ItemStatus.DRAFT
    pieces = planned.pieces
    if quiz is not None and quiz.is_published:
        pieces = tuple(_asked(piece) for piece in pieces)
    body = settled(read, pieces, planned.headings, keeps_rest=quiz is not None, status=status)
    saved = read_text(body)
    file = QuizFile(
        id=planned.content_id,
        title={"ro": planned.title_ro, "en": planned.title_en},
        settings=_settings(planned, publishes=publishes),
        items=saved.items,
        sections=tuple(heading.section for heading in saved.headings),
    )
    worded, words, lost = _with_words(file, bench.source.words)
    head = _head(bench.source.head, file)
    return ReadyText(
        planned=planned,
        ready=prepared.prepare_quiz(worded, bench.slug),
        source=f"{head}\n{body}".encode(),
        words=words,
        lost_words=lost,
        path=_path(planned),
    )


def _settings(planned: PlannedQuiz, *, publishes: bool | None) -> QuizSettings:
    """Keep back what draws from the bank, or was taken back, until it is published."""
    settings, quiz = planned.settings, planned.quiz
    if publishes is None or (quiz is not None and quiz.is_published):
        return settings
    return replace(settings, draft=(bool(settings.draws) or settings.draft) and not publishes)


def _asked(piece: Piece) -> Piece:
    """Let a published quiz ask what was looked over; what is kept back stays so."""
    item = piece.item
    if item is None or item.status is not ItemStatus.READY:
        return piece
    return replace(piece, item=replace(item, status=ItemStatus.PUBLISHED), is_plain=True)


def _head(before: str, quiz: QuizFile) -> str:
    """Write the head, or keep it as it was written where it says the same."""
    written = write_gift(replace(quiz, items=(), sections=()))
    if not before:
        return written
    from_file = read_gift(before)
    same = (from_file.id, dict(from_file.title), from_file.settings)
    return before if same == (quiz.id, dict(quiz.title), quiz.settings) else written


def _with_words(quiz: QuizFile, text: str) -> tuple[QuizFile, bytes | None, tuple[str, ...]]:
    """Add the English words; those that fit no more are left out of their file."""
    if not text:
        return quiz, None, ()
    worded, problems = with_words(quiz, text)
    lost = tuple(sorted({p.item for p in problems if p.severity is Severity.ERROR and p.item}))
    if not lost:
        return worded, None, ()
    return worded, write_words(worded).encode(), lost


def _path(planned: PlannedQuiz) -> str:
    assert planned.module is not None or planned.quiz is not None
    slug = planned.module.slug if planned.module is not None else ""
    return f"modules/{slug}/quizzes/{planned.content_id}.gift"


def save_texts(
    texts: Sequence[ReadyText],
    bench: Bench,
    *,
    bases: Mapping[str, str],
    by: int,
    now: datetime,
    retires: bool = False,
) -> list[Quiz]:
    """Store quizzes inside the caller's write; the whole text, or nothing.

    What a text has no more is kept in the bank; with `retires` it is retired.

    Raise TextChanged where a quiz's text is no longer the one that was edited, CourseMoved where
    the course is no longer as it was worked out on.
    """
    course = locks.course(bench.course_id)
    twice = _already_made(course.id, texts)
    if twice:
        return twice
    for text in texts:
        standing = source_of(course.id, text.planned.content_id).base
        if standing != bases.get(text.planned.content_id, ""):
            raise TextChanged(text.planned.content_id)
    if course.version != bench.version:
        raise CourseMoved(course.slug)
    author = authoring.author_of(course.id, by=by, now=now)
    saved = [_store(author, course, text, retires=retires) for text in texts]
    filing.keep_file(course.id, by=by, now=now)
    course.version += 1
    queue.tell("certificates.flags")  # what the course asks for may be more than it was
    return saved


def locked_course(bench: Bench) -> Course:
    """Lock a course that is still as it was worked out on; raise CourseMoved where it isn't."""
    course = locks.course(bench.course_id)
    if course.version != bench.version:
        raise CourseMoved(course.slug)
    return course


def _already_made(course_id: int, texts: Sequence[ReadyText]) -> list[Quiz]:
    """Find the quizzes that the same form has made already: a double click makes one."""
    made = [text.planned.content_id for text in texts if text.planned.quiz is None]
    if not made:
        return []
    return list(
        db.session().scalars(
            sa.select(Quiz)
            .where(Quiz.course_id == course_id, Quiz.content_id.in_(made))
            .order_by(Quiz.id)
        )
    )


def _store(author: authoring.Author, course: Course, text: ReadyText, *, retires: bool) -> Quiz:
    planned, session = text.planned, db.session()
    if planned.quiz is not None:
        before = session.get_one(Quiz, planned.quiz.id)
        slug, place, module_id = before.slug, before.place, before.module_id
    else:
        assert planned.module is not None
        slug, place, module_id = planned.content_id, QuizPlace.MODULE, planned.module.id
    row = author.store_quiz(text.ready, slug=slug, module_id=module_id, place=place)
    if planned.quiz is None:
        row.position = len(planned.beside) + 1
    for content_id in planned.removed:
        stored = author.known.get(content_id)
        if stored is None or stored.row.quiz_id != row.id:
            continue
        if retires:
            filing.retire(stored.row, now=author.now)
        else:
            filing.keep_in_bank(stored.row, now=author.now)
    kept = _keep_file(author, _File(planned.content_id, ContentKind.QUIZ, text.path, text.source))
    pictures.keep_in_files(course.id, text.source.decode(), by=author.by, now=author.now)
    if text.words is not None:
        words_id, beside = f"{planned.content_id}.en", f"{kept.path.removesuffix('.gift')}.en.gift"
        _keep_file(author, _File(words_id, ContentKind.QUIZ_WORDS, beside, text.words))
    record(
        "quiz.saved",
        by=author.by,
        on=row,
        course_id=course.id,
        quiz=row.content_id,
        questions=len(planned.changes),
        removed=list(planned.removed),
        **{change.value: planned.count(change) for change in Change if change is not Change.NONE},
    )
    return row


@dataclass(frozen=True)
class _File:
    content_id: str
    kind: ContentKind
    path: str
    source: bytes


def _keep_file(author: authoring.Author, file: _File) -> ContentItem:
    """Keep the text among the course's files; an import sees that it was changed here."""
    row = db.session().scalar(
        sa.select(ContentItem).where(
            ContentItem.course_id == author.course_id, ContentItem.content_id == file.content_id
        )
    )
    if row is None:
        row = ContentItem(
            course_id=author.course_id,
            content_id=file.content_id,
            kind=file.kind,
            path=file.path,
            base_hash="",
        )
        db.session().add(row)
    row.source, row.source_hash = file.source, hashlib.sha256(file.source).hexdigest()
    row.changed_at, row.changed_by_id = author.now, author.by
    return row
