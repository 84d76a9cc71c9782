"""Change questions of the bank: many at once, in whichever text they stand, all of them or none.

What changes is worked out before the write (`plan_…`) and stored in it (`carry_out`). A question
that a quiz has is changed in the quiz's text, which is saved as the workshop saves it; one in the
bank alone is changed in its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Course
from lms.errors import Refused
from lms.quizzes.bank.entry import Entry, entry_of, item_in
from lms.quizzes.bank.retouch import Edit, appended, fresh_ids, retouched
from lms.quizzes.exchange.gift_writer import write_words
from lms.quizzes.exchange.quiz_file import QuizFile, QuizItem
from lms.quizzes.models import Question, QuestionState
from lms.quizzes.services import filing, pictures, prepared, workshop
from lms.quizzes.services.bank_text import Fitted, copy_of
from lms.quizzes.services.workshop import CourseMoved, ReadyText
from lms.quizzes.services.workshop_plan import (
    Bench,
    QuizRef,
    Source,
    Titles,
    Wanted,
    bench_of,
    plan_text,
    source_of,
)
from lms.quizzes.workshop.reading import read_text

MOST_CHOSEN = 500


class TextNotReady(Refused):
    """A quiz's own text has faults, so nothing can be changed in it."""

    def __init__(self, quiz: QuizRef) -> None:
        super().__init__(quiz.content_id)
        self.quiz = quiz


class Held(StrEnum):
    """Say why a chosen question stays as it is."""

    PUBLISHED = "published"  # a quiz asks it: it can't be a draft
    IN_TEST = "in_test"  # a quiz has it: it can't be put out of use
    NO_TEXT = "no_text"  # nothing of its text is kept
    RETIRED = "retired"  # it is out of use
    SAME = "same"  # it is so already


@dataclass
class Change:
    """A change of the bank, worked out: nothing slow is left to do."""

    bench: Bench
    texts: list[ReadyText] = field(default_factory=list)
    bases: dict[str, str] = field(default_factory=dict)
    entries: dict[int, tuple[str, Entry]] = field(default_factory=dict)  # source before; by row
    concerned: set[str] = field(default_factory=set)
    sources: dict[str, int] = field(default_factory=dict)  # of copies: of which question each is
    files: dict[str, bytes] = field(default_factory=dict)  # pictures that copies bring along
    held: Counter[Held] = field(default_factory=Counter)

    def hold(self, why: Held) -> None:
        """Count a question that stays as it is."""
        self.held[why] += 1


def chosen(course_id: int, ids: Collection[int]) -> list[Question]:
    """Return the questions of a course's bank with these ids, in order; others are not there."""
    wanted = sorted(ids)[:MOST_CHOSEN]
    statement = sa.select(Question).where(Question.course_id == course_id, Question.id.in_(wanted))
    return list(db.session().scalars(statement.order_by(Question.id)))


# Edits ---------------------------------------------------------------------------------------


def plan_edit(course_id: int, ids: Collection[int], edit: Edit, *, drafts: bool = False) -> Change:
    """Work out an edit of chosen questions; with `drafts` those that are asked stay.

    Raise TextNotReady where a quiz's text can't be saved.
    """
    change = Change(bench_of(course_id))
    by_quiz: dict[int, dict[str, Edit]] = {}
    for row in chosen(course_id, ids):
        if drafts and row.state is QuestionState.PUBLISHED:
            change.hold(Held.PUBLISHED)
        elif row.quiz_id is not None:
            by_quiz.setdefault(row.quiz_id, {})[row.content_id] = edit
        elif not row.source:
            change.hold(Held.NO_TEXT)
        else:
            _edit_entry(change, row, edit)
    for quiz in change.bench.quizzes:
        if quiz.id in by_quiz:
            _edit_text(change, quiz, by_quiz[quiz.id])
    return change


def _edit_entry(change: Change, row: Question, edit: Edit) -> None:
    item = item_in(row.source, row.words_source)
    new = edit(item)
    if new == item:
        change.hold(Held.SAME)
        return
    stem = prepared.to_html(new.question.stem, change.bench.slug)
    change.entries[row.id] = (row.source, entry_of(new, stem))
    change.concerned.add(row.content_id)


def _edit_text(change: Change, quiz: QuizRef, edits: Mapping[str, Edit]) -> None:
    source = source_of(change.bench.course_id, quiz.content_id)
    text = retouched(source.text, edits)
    before = {item.id: item for item in read_text(source.text).items}
    concerned = {
        content_id
        for content_id, edit in edits.items()
        if content_id in before and edit(before[content_id]) != before[content_id]
    }
    for _each in range(len(edits) - len(concerned)):
        change.hold(Held.SAME)
    if concerned:
        change.concerned |= concerned
        _plan_quiz(change, quiz, source, text)


def _plan_quiz(
    change: Change, quiz: QuizRef, source: Source, text: str, *, words: str = ""
) -> None:
    """Work a quiz's text out as the workshop would."""
    read = read_text(source.text)
    bench = replace(
        change.bench,
        quiz=quiz,
        source=replace(source, words=(source.words + words).lstrip("\n")),
        own_ids=frozenset(item.id for item in read.items if item.id),
    )
    plan = plan_text(bench, text, Wanted(), Titles("", ""))
    if not plan.is_ready:
        raise TextNotReady(quiz)
    made = workshop.make_ready(bench, plan, publishes=None)
    if words:
        made = [
            each if each.words else replace(each, words=bench.source.words.encode())
            for each in made
        ]
    change.texts += made
    change.bases[quiz.content_id] = source.base


def carry_out(change: Change, act: str, *, by: int, now: datetime) -> int:
    """Store a change inside the caller's write; return how many questions it concerned.

    Raise CourseMoved or TextChanged where something else was saved meanwhile.
    """
    if not change.concerned:
        return 0
    course = workshop.locked_course(change.bench)
    if change.entries:
        rows = db.session().scalars(
            db.lock(sa.select(Question).where(Question.id.in_(change.entries)))
        )
        tags = filing.tags_of(course.id)
        for row in rows.all():
            before, entry = change.entries[row.id]
            if row.source != before or row.quiz_id is not None:
                raise CourseMoved(course.slug)
            filing.file_entry(row, entry, tags=tags.get(row.id, ()), now=now)
    if change.files:
        pictures.keep(course.id, change.files, by=by, now=now)
    if change.texts:
        workshop.save_texts(change.texts, change.bench, bases=change.bases, by=by, now=now)
    else:
        course.version += 1
        filing.keep_file(course.id, by=by, now=now)
    if change.sources:
        _note_sources(course.id, change.sources)
    record_change(course, act, change.concerned, by=by)
    return len(change.concerned)


def record_change(course: Course, act: str, questions: Collection[str], *, by: int) -> None:
    """Write down who changed what in the bank."""
    record(
        "bank.changed",
        by=by,
        on=course,
        course_id=course.id,
        act=act,
        questions=sorted(questions),
    )


# Adding to a quiz ----------------------------------------------------------------------------


def plan_adding(
    course_id: int, quiz_id: int, question_ids: Collection[int], copies: Sequence[Fitted] = ()
) -> Change:
    """Work out a quiz's text with questions at its end.

    A question of the bank alone moves into the quiz; one that another quiz has comes as a copy
    with an id of its own, and so do `copies` (from other courses, fitted to this one).
    """
    change = Change(bench_of(course_id))
    quiz = next((q for q in change.bench.quizzes if q.id == quiz_id), None)
    if quiz is None:
        return change
    source = source_of(course_id, quiz.content_id)
    ids = fresh_ids(quiz.content_id, change.bench.taken)
    items = []
    for row in chosen(course_id, question_ids):  # read after the version of the course
        if row.quiz_id == quiz_id:
            change.hold(Held.SAME)
        elif not row.source:
            change.hold(Held.NO_TEXT)
        elif row.state is QuestionState.RETIRED:
            change.hold(Held.RETIRED)
        else:
            item = item_in(row.source, row.words_source)
            if row.quiz_id is not None:
                item = copy_of(item, next(ids))
                change.sources[item.id] = row.id
            items.append(replace(item, slot="", pinned=None))  # those were its other quiz's
    for copy in copies:
        item = replace(copy.item, id=next(ids))
        change.sources[item.id] = copy.question_id
        change.files |= copy.files
        items.append(item)
    if not items:
        return change
    change.concerned |= {item.id for item in items}
    _plan_quiz(change, quiz, source, appended(source.text, items), words=_words(items))
    return change


def _words(items: Sequence[QuizItem]) -> str:
    written = write_words(QuizFile(items=tuple(items)))
    return f"\n{written}" if written else ""


def _note_sources(course_id: int, sources: Mapping[str, int]) -> None:
    """Write down of copies which question each was made of."""
    rows = db.session().scalars(
        sa.select(Question).where(
            Question.course_id == course_id, Question.content_id.in_(list(sources))
        )
    )
    for row in rows.all():
        row.copied_from_id = sources[row.content_id]


# Acts that no text tells of ------------------------------------------------------------------


def share(course: Course, rows: Sequence[Question], *, shares: bool, by: int) -> int:
    """Offer questions to every course's trainers, or no longer; inside the caller's write."""
    moved = [row for row in rows if row.is_shared is not shares]
    for row in moved:
        row.is_shared = shares
    if moved:
        act = "share" if shares else "unshare"
        record_change(course, act, [row.content_id for row in moved], by=by)
    return len(moved)


def put_out_of_use(
    course: Course, rows: Sequence[Question], *, by: int, now: datetime
) -> tuple[int, Counter[Held]]:
    """Retire questions that no quiz has; inside the caller's write, the course locked."""
    held: Counter[Held] = Counter()
    done = []
    for row in rows:
        if row.quiz_id is not None:
            held[Held.IN_TEST] += 1
        elif row.state is QuestionState.RETIRED:
            held[Held.SAME] += 1
        else:
            filing.retire(row, now=now)
            done.append(row.content_id)
    return _finish(course, "retire", done, by=by, now=now), held


def bring_back(
    course: Course, rows: Sequence[Question], *, by: int, now: datetime
) -> tuple[int, Counter[Held]]:
    """Take retired questions into the bank again; inside the caller's write, the course locked."""
    held: Counter[Held] = Counter()
    done = []
    for row in rows:
        if row.state is not QuestionState.RETIRED:
            held[Held.SAME] += 1
        elif not row.source:
            held[Held.NO_TEXT] += 1
        else:
            filing.keep_in_bank(row, now=now)
            done.append(row.content_id)
    return _finish(course, "restore", done, by=by, now=now), held


def _finish(course: Course, act: str, done: Sequence[str], *, by: int, now: datetime) -> int:
    if done:
        filing.keep_file(course.id, by=by, now=now)
        course.version += 1
        record_change(course, act, done, by=by)
    return len(done)
