"""Bring a file's questions into a quiz: an edit of the quiz's text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.exchange.read_question import to_item
from lms.quizzes.models.imports import QuizImport
from lms.quizzes.services import pictures, workshop
from lms.quizzes.services.import_planning import ImportPlan
from lms.quizzes.services.import_texts import lines_of, pieces_of, saved, with_questions
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench
from lms.quizzes.workshop.writing import gift_of

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class ReadyImport:
    """The quiz's text with the chosen questions in it; nothing slow is left to do."""

    texts: list[ReadyText]
    questions: list[dict[str, str]]
    format: str
    files: dict[str, bytes]


def make_ready(
    bench: Bench, plan: ImportPlan, chosen: Collection[str], *, as_drafts: bool
) -> ReadyImport | None:
    """Work the chosen questions into the quiz's text; None where nothing would change.

    Raise TextNotReady where the text can't be saved.
    """
    lines = [line for line in plan.lines if line.is_open and line.read.id in chosen]
    if not lines:
        return None
    pieces = pieces_of(bench.source.text)
    texts: dict[str, str] = {}
    questions = []
    for line in lines:
        assert line.read.question is not None
        item = to_item(line.read, line.read.question)
        piece = pieces.get(item.id)
        if piece is not None and piece.item is not None:
            kept = piece.item
            item = replace(
                item,
                status=kept.status,
                lesson=item.lesson or kept.lesson,
                slot=item.slot or kept.slot,
                pinned=kept.pinned,
                facts=item.facts or kept.facts,
            )
        elif as_drafts:
            item = replace(item, status=ItemStatus.DRAFT)
        texts[item.id] = gift_of(item)
        questions.append(
            {
                "id": item.id,
                "change": line.verdict.value,
                "before": lines_of(bench.source.text, piece),
                "after": texts[item.id],
                "category": "" if piece else item.category,
            }
        )
    text = with_questions(bench.source.text, texts, {q["id"]: q["category"] for q in questions})
    files = {name: data for line in lines for name, data in line.read.files.items()}
    pictures.lay_down(files)
    return ReadyImport(saved(bench, text), questions, plan.format or "", files)


def carry_out(
    bench: Bench, ready: ReadyImport, *, base: str, file_id: int, by: int, now: datetime
) -> QuizImport:
    """Save the text and remember what was brought in, inside the caller's write.

    Raise what `workshop.save_texts` raises.
    """
    assert bench.quiz is not None
    pictures.keep(bench.course_id, ready.files, by=by, now=now)
    [quiz] = workshop.save_texts(
        ready.texts, bench, bases={bench.quiz.content_id: base}, by=by, now=now
    )
    batch = QuizImport(
        quiz_id=quiz.id,
        file_id=file_id,
        format=ready.format,
        questions=ready.questions,
        made_at=now,
        made_by_id=by,
    )
    db.session().add(batch)
    db.session().flush()
    record(
        "quiz.imported",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        file=file_id,
        format=ready.format,
        questions=len(ready.questions),
    )
    return batch


def imports_of(quiz_id: int) -> Sequence[QuizImport]:
    """List a quiz's imports, the latest first."""
    return (
        db.session()
        .scalars(
            sa.select(QuizImport)
            .where(QuizImport.quiz_id == quiz_id)
            .order_by(QuizImport.id.desc())
            .limit(50)
        )
        .all()
    )
