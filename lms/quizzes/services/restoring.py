"""Bring an older wording of a question back: as an edit of the text in which the question stands.

What is stored is HTML, what is written is Markdown: the older words are written anew and read as
any edit is, so that text and versions agree and the history stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lms import db
from lms.audit.services import record
from lms.errors import Refused
from lms.quizzes.bank.entry import item_in
from lms.quizzes.bank_tools import queries
from lms.quizzes.bank_tools.difference import Difference, differ
from lms.quizzes.bank_tools.pin_text import with_pinned
from lms.quizzes.bank_tools.queries import RevisionLine
from lms.quizzes.exchange.gift_writer import write_words
from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.quiz_file import QuizFile, QuizItem
from lms.quizzes.models import Question, Quiz
from lms.quizzes.question_types import protocol
from lms.quizzes.question_types.registry import (
    dump_question,
    map_texts,
    parse_question,
    translated,
    with_kept_ids,
)
from lms.quizzes.services import authoring, filing, prepared, workshop
from lms.quizzes.services.prepared import Change, ReadyItem
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench, Titles, Wanted, bench_of, plan_text
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import with_piece

_RAISED = re.compile(r"<(/?(?:sup|sub|u))>")


class TextNotReady(Refused):
    """The quiz's text has faults of its own: they are put right first."""


class NotInText(Refused):
    """The quiz's text has the question no more, or nothing can be brought back into it."""


# The older words as text ---------------------------------------------------------------------


def markdown_of(question: protocol.Question, slug: str) -> protocol.Question:
    """Write the stored texts of a question of a course as Markdown."""
    folder = f"/courses/{slug}/figures/"

    def picture(address: str) -> str:
        return f"figures/{address.removeprefix(folder)}" if address.startswith(folder) else ""

    def written(html: str) -> str:
        return read_html(_RAISED.sub(r"&lt;\1&gt;", html), picture).markdown

    return map_texts(question, written)


def item_of(payloads: Mapping[str, Any], kept: QuizItem, slug: str) -> QuizItem:
    """Make a question of a text of stored words; its keys stay those that it has now."""
    english = payloads["en"]
    return replace(
        kept,
        question=markdown_of(parse_question(payloads["ro"]), slug),
        words=markdown_of(parse_question(english), slug) if english is not None else None,
    )


# What it would do ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Restoring:
    """What bringing an older wording back would do."""

    bench: Bench
    question_id: int
    content_id: str
    revision: RevisionLine
    item: QuizItem
    change: Change
    difference: Difference
    difference_en: Difference | None
    text: str | None  # of the whole quiz; None where no quiz has the question
    words: str  # the quiz's English file

    @property
    def changes_nothing(self) -> bool:
        """Whether the question says so already."""
        return self.change is Change.NONE


def plan(question: Question, revision_id: int) -> Restoring | None:
    """Work out what bringing a revision back would do; None where the question has no such one.

    Raise NotInText and TextNotReady.
    """
    found = queries.revision_of(question.id, revision_id)
    if found is None:
        return None
    revision, payloads = found
    bench = bench_of(question.course_id, question.quiz_id)
    stored = bench.known[question.content_id]
    kept, first = _kept(bench, question)
    item = item_of(payloads, kept, bench.slug)
    ready = prepared.prepare_item(item, bench.slug)
    new = with_kept_ids(ready.question, stored.question)
    english = translated(new, ready.words) if ready.words is not None else None
    text, words = None, bench.source.words
    if first is not None:
        text = with_piece(read_text(bench.source.text), first, item)
        if english is not None:
            words = with_words_of(words, item)
        elif stored.words is not None and new.type == stored.question.type:
            english = _still_fits(new, stored.words)
    before_en, after_en = stored.words, english
    return Restoring(
        bench=bench,
        question_id=question.id,
        content_id=question.content_id,
        revision=revision,
        item=item,
        change=prepared.compare(new, stored.question, words=after_en, old_words=before_en),
        difference=differ(dump_question(stored.question), dump_question(new)),
        difference_en=differ(
            dump_question(before_en) if before_en is not None else {},
            dump_question(after_en) if after_en is not None else {},
        )
        if before_en is not None or after_en is not None
        else None,
        text=text,
        words=words,
    )


def _still_fits(new: protocol.Question, words: protocol.Question) -> protocol.Question | None:
    try:
        return translated(new, words)
    except protocol.WordsDiffer:
        return None


def _kept(bench: Bench, question: Question) -> tuple[QuizItem, int | None]:
    """Find the question where it stands: on a line of its quiz's text, or in the bank alone."""
    if bench.quiz is None:
        return item_in(question.source, question.words_source), None
    for piece in read_text(bench.source.text).pieces:
        if piece.item is not None and piece.item.id == question.content_id:
            return piece.item, piece.first
    raise NotInText(question.content_id)


def with_words_of(text: str, item: QuizItem) -> str:
    """Put a question's English words into the file of them, in the place of those it has."""
    written = write_words(QuizFile(items=(item,))).strip("\n")
    read = read_text(text)
    lines = read.text.split("\n")
    for piece in read.pieces:
        if piece.item is not None and piece.item.id == item.id:
            lines[piece.first - 1 : piece.last] = written.split("\n")
            return "\n".join(lines)
    return f"{text.rstrip()}\n\n{written}\n" if text.strip() else f"{written}\n"


# Doing it ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadyEdit:
    """An edit of where a question stands, with nothing slow left to do."""

    bench: Bench
    texts: tuple[ReadyText, ...] = ()
    item: ReadyItem | None = None


def make_ready(restoring: Restoring) -> ReadyEdit:
    """Render and write what is to be stored; slow, so before the write. Raise TextNotReady."""
    bench = restoring.bench
    if restoring.text is None:
        return ReadyEdit(bench, item=prepared.prepare_item(restoring.item, bench.slug))
    return ReadyEdit(bench, tuple(edited(bench, restoring.text, words=restoring.words)))


def edited(bench: Bench, text: str, *, words: str | None = None) -> list[ReadyText]:
    """Make an edit of a quiz's text ready, with its English file where that changes too."""
    if words is not None and words != bench.source.words:
        bench = replace(bench, source=replace(bench.source, words=words))
    else:
        words = None
    planned = plan_text(bench, text, Wanted(), Titles("", ""))
    if not planned.is_ready:
        raise TextNotReady(", ".join(str(problem) for problem in planned.read.errors[:3]))
    ready = workshop.make_ready(bench, planned, publishes=None)
    if words is None:
        return ready
    return [replace(t, words=t.words if t.words is not None else words.encode()) for t in ready]


def carry_out(ready: ReadyEdit, restoring: Restoring, *, by: int, now: datetime) -> None:
    """Store it, in the caller's write; raise what `workshop.save_texts` raises."""
    save(ready, by=by, now=now)
    question = db.session().get_one(Question, restoring.question_id)
    record(
        "question.restored",
        by=by,
        on=question,
        course_id=question.course_id,
        question=question.content_id,
        version=restoring.revision.version,
        revision=restoring.revision.number,
    )


def save(ready: ReadyEdit, *, by: int, now: datetime, retires: bool = False) -> None:
    """Store an edit of a quiz's text, or of a question of the bank alone."""
    bench = ready.bench
    if ready.item is None:
        assert bench.quiz is not None
        bases = {bench.quiz.content_id: bench.source.base}
        workshop.save_texts(ready.texts, bench, bases=bases, by=by, now=now, retires=retires)
        return
    course = workshop.locked_course(bench)
    author = authoring.author_of(course.id, by=by, now=now)
    author.store_question(ready.item, None)
    filing.keep_file(course.id, by=by, now=now)
    course.version += 1


# Pinned or latest ----------------------------------------------------------------------------


def pinning(question: Question, number: int | None) -> ReadyEdit:
    """Make ready that a question's quiz stays with a version, or follows the newest (None).

    Raise NotInText and TextNotReady.
    """
    if question.quiz_id is None:
        raise NotInText(question.content_id)
    bench = bench_of(question.course_id, question.quiz_id)
    _kept(bench, question)
    return ReadyEdit(
        bench, tuple(edited(bench, with_pinned(bench.source.text, question.content_id, number)))
    )


def pin(ready: ReadyEdit, question_id: int, number: int | None, *, by: int, now: datetime) -> None:
    """Store the choice, in the caller's write; raise what `workshop.save_texts` raises."""
    save(ready, by=by, now=now)
    question = db.session().get_one(Question, question_id)
    assert ready.bench.quiz is not None
    quiz = db.session().get_one(Quiz, ready.bench.quiz.id)
    record(
        "question.pinned" if number is not None else "question.unpinned",
        by=by,
        on=question,
        course_id=question.course_id,
        question=question.content_id,
        quiz=quiz.content_id,
        version=number,
    )


def pinned_in_text(question: Question) -> int | None:
    """Tell at which version a question's quiz stays; None where it follows the newest."""
    if question.quiz_id is None or not question.source:
        return None
    return item_in(question.source).pinned
