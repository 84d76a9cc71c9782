"""Take an import back: whatever nobody has acted on since, and for thirty days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.errors import Refused
from lms.quizzes.exchange.quiz_file import QuizItem
from lms.quizzes.models import AttemptItem, QuestionVersion
from lms.quizzes.models.imports import QuizImport
from lms.quizzes.services import workshop
from lms.quizzes.services.import_planning import Verdict
from lms.quizzes.services.import_texts import pieces_of, saved, with_questions
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench
from lms.quizzes.workshop.values import Piece


class UndoOver(Refused):
    """An import can be taken back for 30 days, and once."""


class Hold(StrEnum):
    """Say why a question of an import stays as it is."""

    CHANGED = "changed"
    ANSWERED = "answered"
    GONE = "gone"


@dataclass(frozen=True)
class UndoLine:
    """A question of an import, and whether it can be taken back."""

    id: str
    is_new: bool
    hold: Hold | None
    stem: str


@dataclass(frozen=True)
class UndoPlan:
    """What taking an import back would do now."""

    batch: QuizImport
    lines: tuple[UndoLine, ...]

    @property
    def free(self) -> tuple[UndoLine, ...]:
        """The questions that can be taken back."""
        return tuple(line for line in self.lines if line.hold is None)


def plan_undo(bench: Bench, batch: QuizImport) -> UndoPlan:
    """Say what taking back would do: whatever nobody has acted on since."""
    pieces = pieces_of(bench.source.text)
    answered = _answered(bench)
    return UndoPlan(batch, tuple(_undo_line(each, pieces, answered) for each in batch.questions))


def _undo_line(
    each: Mapping[str, Any], pieces: Mapping[str, Piece], answered: Collection[str]
) -> UndoLine:
    piece = pieces.get(each["id"])
    hold = None
    if piece is None or piece.item is None:
        hold = Hold.GONE
    else:
        [after] = pieces_of(each["after"]).values()
        if after.item is None or _said(piece.item) != _said(after.item):
            hold = Hold.CHANGED
        elif each["change"] != Verdict.WORDS and each["id"] in answered:
            hold = Hold.ANSWERED
    return UndoLine(each["id"], not each["before"], hold, piece.stem if piece else "")


def _said(item: QuizItem) -> tuple[object, ...]:
    """What somebody may have written of a question since; publishing alone sets its status."""
    return (item.question, item.title, item.lesson, item.slot, item.facts, item.tags, item.pinned)


def _answered(bench: Bench) -> frozenset[str]:
    """Find the questions whose present version stands in somebody's attempt."""
    by_version = {stored.version.id: content_id for content_id, stored in bench.known.items()}
    found = db.session().scalars(
        sa.select(QuestionVersion.id).where(
            QuestionVersion.id.in_(by_version),
            sa.exists().where(AttemptItem.question_version_id == QuestionVersion.id),
        )
    )
    return frozenset(by_version[version] for version in found)


def make_undo_ready(bench: Bench, plan: UndoPlan, *, now: datetime) -> list[ReadyText]:
    """Write the quiz's text without the import; raise UndoOver or TextNotReady."""
    if plan.batch.undone_at is not None or now > plan.batch.undo_until or not plan.free:
        raise UndoOver(plan.batch.id)
    free = {line.id for line in plan.free}
    before = {each["id"]: each["before"] for each in plan.batch.questions if each["id"] in free}
    return saved(bench, with_questions(bench.source.text, before, {}))


def undo(
    bench: Bench,
    batch: QuizImport,
    texts: list[ReadyText],
    *,
    taken_back: int,
    by: int,
    now: datetime,
) -> None:
    """Take an import back, inside the caller's write; raise what `workshop.save_texts` raises."""
    assert bench.quiz is not None
    if batch.undone_at is not None:
        return  # a second click
    bases = {bench.quiz.content_id: bench.source.base}
    [quiz] = workshop.save_texts(texts, bench, bases=bases, by=by, now=now, retires=True)
    batch.undone_at, batch.undone_by_id = now, by
    record(
        "quiz.import_undone",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        questions=taken_back,
    )
