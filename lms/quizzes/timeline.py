"""The save timeline of an attempt: every answer that arrived, in order, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.queries import Words
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules import merging
from lms.quizzes.rules.merging import Standing


@dataclass(frozen=True)
class Step:
    """One answer as it arrived."""

    position: int
    received_at: datetime
    given_at: datetime
    words: Words
    payload: Mapping[str, Any]
    before: Mapping[str, Any] | None  # what counted until then
    standing: Standing
    window: str  # a letter; empty for a page without a script
    covers_unseen: bool  # another window's answer counted until then, which the giver had not seen
    is_in_grace: bool

    @property
    def waited(self) -> bool:
        """Whether it lay in the browser for a while: the line was down."""
        return merging.came_late(self.given_at, self.received_at)

    @property
    def counts(self) -> bool:
        """Whether it became the answer."""
        return self.standing is Standing.COUNTS

    def answer(self, locale: str, payload: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Write an answer to this question in a language."""
        worded = self.words.in_language(locale)
        return rules_for(worded).response_text(worded, payload or {})


def timeline_of(attempt: Attempt) -> list[Step]:
    """Read every version of every answer in the order of arrival; two statements at most."""
    rows = (
        db.session()
        .execute(
            sa.select(
                AttemptItem.id,
                AttemptItem.position,
                AttemptItem.option_order,
                ResponseVersion.received_at,
                ResponseVersion.given_at,
                ResponseVersion.revision_id,
                ResponseVersion.payload,
                ResponseVersion.standing,
                ResponseVersion.writer,
                ResponseVersion.seen,
                ResponseVersion.sequence,
            )
            .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
            .where(AttemptItem.attempt_id == attempt.id)
            .order_by(ResponseVersion.received_at, ResponseVersion.id)
        )
        .all()
    )
    words = queries.words_of_revisions(sorted({row.revision_id for row in rows}))
    letters = _letters(rows)
    counted: dict[int, Any] = {}
    steps = []
    for row in rows:
        held = counted.get(row.id)
        is_unseen = (
            held is not None
            and row.seen is not None
            and row.seen < held.sequence
            and row.writer != held.writer
        )
        steps.append(
            Step(
                position=row.position,
                received_at=row.received_at,
                given_at=row.given_at,
                words=words[row.revision_id].as_drawn(row.option_order),
                payload=row.payload,
                before=None if held is None else held.payload,
                standing=row.standing,
                window=letters.get(row.writer, ""),
                covers_unseen=is_unseen and row.standing is Standing.COUNTS,
                is_in_grace=attempt.due_at is not None and row.received_at > attempt.due_at,
            )
        )
        if row.standing is Standing.COUNTS:
            counted[row.id] = row
    return steps


def _letters(rows: Sequence[Any]) -> dict[str, str]:
    """Name windows A, B, …, in the order in which they first sent something."""
    writers = dict.fromkeys(row.writer for row in rows if row.writer)
    return {writer: _letter(place) for place, writer in enumerate(writers)}


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)
