"""Write down what the bank knows of a question beside its versions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, ContentKind
from lms.quizzes.bank.entry import Entry, with_status
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.models import Question, QuestionState, QuestionTag

BANK, BANK_WORDS = "bank.gift", "bank.gift.en"


def file_entry(row: Question, entry: Entry, *, tags: Collection[str], now: datetime) -> set[str]:
    """File a question; `tags` are those that it has. Return those that it has then."""
    if (row.source, row.words_source) != (entry.source, entry.words_source):
        row.changed_at = now
    row.is_ready = entry.is_ready or row.state is QuestionState.PUBLISHED
    row.category, row.stem, row.search_text = entry.category, entry.stem, entry.search_text
    row.source, row.words_source = entry.source, entry.words_source
    before, after = set(tags), set(entry.tags)
    if before - after:
        gone = QuestionTag.question_id == row.id, QuestionTag.tag.in_(before - after)
        db.session().execute(sa.delete(QuestionTag).where(*gone))
    db.session().add_all(QuestionTag(question_id=row.id, tag=tag) for tag in sorted(after - before))
    return after


def keep_in_bank(row: Question, *, now: datetime) -> None:
    """Keep a question that no quiz's text has any more: in the bank alone, asked by nobody."""
    row.quiz_id, row.state, row.changed_at = None, QuestionState.DRAFT, now
    if row.source:
        status = ItemStatus.READY if row.is_ready else ItemStatus.DRAFT
        row.source = with_status(row.source, status)


def retire(row: Question, *, now: datetime) -> None:
    """Retire a question: it stands in no text and is offered to nobody; its text is kept."""
    if row.state is not QuestionState.RETIRED:
        row.state, row.quiz_id, row.changed_at = QuestionState.RETIRED, None, now


def keep_file(course_id: int, *, by: int | None, now: datetime) -> None:
    """Keep the texts of the bank alone among the course's files, for its export."""
    session = db.session()
    session.flush()  # the texts are read as they stand now
    rows = session.execute(
        sa.select(Question.source, Question.words_source)
        .where(
            Question.course_id == course_id,
            Question.quiz_id.is_(None),
            Question.state != QuestionState.RETIRED,
            Question.source != "",
        )
        .order_by(Question.category, Question.content_id)
    ).all()
    items = session.scalars(
        sa.select(ContentItem).where(
            ContentItem.course_id == course_id, ContentItem.content_id.in_([BANK, BANK_WORDS])
        )
    )
    here = {item.content_id: item for item in items}
    for content_id, path, kind, texts in (
        (BANK, BANK, ContentKind.BANK, [row[0] for row in rows]),
        (BANK_WORDS, "bank.en.gift", ContentKind.QUIZ_WORDS, [row[1] for row in rows]),
    ):
        source = "".join(f"{text}\n\n" for text in texts if text).encode()
        item = here.get(content_id)
        digest = hashlib.sha256(source).hexdigest()
        if (item is None and not source) or (item is not None and item.source_hash == digest):
            continue
        if item is None:
            item = ContentItem(course_id=course_id, content_id=content_id, base_hash="")
            item.path, item.kind = path, kind
            session.add(item)
        item.source, item.source_hash = source, digest
        item.changed_at, item.changed_by_id = now, by


def tags_of(course_id: int) -> dict[int, set[str]]:
    """Return the tags of a course's questions, by question."""
    found: dict[int, set[str]] = {}
    for question_id, tag in db.session().execute(
        sa.select(QuestionTag.question_id, QuestionTag.tag)
        .join(Question, Question.id == QuestionTag.question_id)
        .where(Question.course_id == course_id)
    ):
        found.setdefault(question_id, set()).add(tag)
    return found
