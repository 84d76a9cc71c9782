"""Questions written, brought in or copied for the bank alone: in no quiz, asked by nobody yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Course
from lms.quizzes.bank.entry import item_in, source_of
from lms.quizzes.bank.retouch import appended, fresh_ids
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizItem
from lms.quizzes.exchange.read_question import from_item, to_item
from lms.quizzes.models import Question, QuestionState
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import (
    authoring,
    filing,
    import_planning,
    import_reading,
    kept_files,
    pictures,
    prepared,
    workshop,
)
from lms.quizzes.services.prepared import ReadyItem
from lms.quizzes.services.workshop_plan import (
    Bench,
    QuizRef,
    TextPlan,
    Titles,
    Wanted,
    bench_of,
    plan_text,
)
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import settled

NO_QUIZ = 0


def bank_bench(course_id: int) -> Bench:
    """Read what a course has, to work a text of the bank out: as if it were a quiz's."""
    bench = bench_of(course_id)
    content_id = db.session().get_one(Course, course_id).content_id
    prefix = f"{content_id}-b"[:70]
    return replace(bench, quiz=QuizRef(NO_QUIZ, prefix, "", "", "", None, False, QuizSettings()))


def text_of(rows: Sequence[Question]) -> str:
    """Write questions of the bank alone as one text."""
    items = [item_in(row.source) for row in rows if row.is_in_bank_alone and row.source]
    return appended("", items).lstrip("\n") if items else ""


def plan(bench: Bench, text: str) -> TextPlan:
    """Work out what saving a text into the bank would do."""
    return plan_text(bench, text, Wanted(), Titles("", ""))


@dataclass(frozen=True)
class ReadyText:
    """Questions for the bank, rendered: nothing slow is left to do."""

    items: tuple[ReadyItem, ...]
    text: str
    sources: Mapping[str, int] = field(default_factory=dict)  # of copies
    files: Mapping[str, bytes] = field(default_factory=dict)


def make_ready(bench: Bench, planned: TextPlan, *, are_ready: bool) -> ReadyText:
    """Render a plan that can be saved; what says so itself stays kept back."""
    [quiz] = planned.quizzes
    body = settled(planned.read, quiz.pieces)
    usual = ItemStatus.READY if are_ready else ItemStatus.DRAFT
    items = []
    for item in read_text(body).items:
        status = usual if item.status is ItemStatus.PUBLISHED else item.status
        items.append(_with_known_words(bench, replace(item, status=status)))
    ready = tuple(prepared.prepare_item(item, bench.slug) for item in items)
    return ReadyText(ready, body)


def _with_known_words(bench: Bench, item: QuizItem) -> QuizItem:
    """Keep the English words of a question that is rewritten, where they still fit."""
    known = bench.known.get(item.id)
    if known is None or not known.row.words_source:
        return item
    return item_in(source_of(item), known.row.words_source)


def save(ready: ReadyText, bench: Bench, act: str, *, by: int, now: datetime) -> list[str]:
    """Store questions inside the caller's write; raise CourseMoved where something else came."""
    course = workshop.locked_course(bench)
    pictures.keep(course.id, ready.files, by=by, now=now)
    author = authoring.author_of(course.id, by=by, now=now)
    for item in ready.items:
        stored = author.store_question(item, None)
        stored.row.copied_from_id = ready.sources.get(item.content_id, stored.row.copied_from_id)
    pictures.keep_in_files(course.id, ready.text, by=by, now=now)
    filing.keep_file(course.id, by=by, now=now)
    course.version += 1
    ids = [item.content_id for item in ready.items]
    record(act, by=by, on=course, course_id=course.id, questions=ids)
    return ids


# Copies --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitted:
    """A question of another course as it fits into this one, and its pictures."""

    question_id: int
    item: QuizItem
    files: Mapping[str, bytes]
    has_lost: bool  # facts, a lesson or pictures that this course has not


def copy_of(item: QuizItem, content_id: str) -> QuizItem:
    """Make a copy with an id of its own: asked by nobody until it is published itself."""
    status = item.status if item.status is ItemStatus.DRAFT else ItemStatus.READY
    return replace(item, id=content_id, slot="", pinned=None, status=status)


def shared_rows(course_id: int, ids: Sequence[int]) -> list[Question]:
    """Return questions that other courses share, by id; what is shared no longer isn't there."""
    statement = sa.select(Question).where(
        Question.id.in_(ids),
        Question.course_id != course_id,
        Question.is_shared.is_(True),
        Question.state != QuestionState.RETIRED,
        Question.source != "",
    )
    return list(db.session().scalars(statement.order_by(Question.id)))


def fit(bench: Bench, rows: Sequence[Question]) -> list[Fitted]:
    """Make copies of shared questions that fit into a course: slow, so before the write."""
    return [_fitted(bench, row) for row in rows]


def _fitted(bench: Bench, row: Question) -> Fitted:
    item = item_in(row.source, row.words_source)
    files = kept_files.shown_pictures(row.course_id, [row.source])
    read = import_planning.fitting(
        bench, import_reading.tidied(replace(from_item(item), files=files))
    )
    assert read.question is not None
    has_lost = bool(read.problems) or len(files) < len(names_in(row.source))
    made = copy_of(to_item(read, read.question), item.id)
    if not files:
        made = replace(made, words=item.words)  # names of pictures in them would be others
    if has_lost:
        made = replace(made, status=ItemStatus.DRAFT)
    return Fitted(row.id, made, dict(read.files), has_lost)


def ready_copies(bench: Bench, copies: Sequence[Fitted]) -> ReadyText:
    """Render copies for the bank; each keeps its id where this course has none like it."""
    assert bench.quiz is not None
    taken = {each.casefold() for each in bench.taken}
    ids = fresh_ids(bench.quiz.content_id, taken | {copy.item.id for copy in copies})
    items = []
    sources: dict[str, int] = {}
    files: dict[str, bytes] = {}
    for copy in copies:
        item = copy.item
        if item.id.casefold() in taken:
            item = replace(item, id=next(ids))
        taken.add(item.id.casefold())
        sources[item.id] = copy.question_id
        files |= copy.files
        items.append(item)
    ready = tuple(prepared.prepare_item(item, bench.slug) for item in items)
    return ReadyText(ready, "\n".join(source_of(item) for item in items), sources, files)
