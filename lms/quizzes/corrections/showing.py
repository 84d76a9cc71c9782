"""What was corrected on an attempt, and what its learner contests: for the page of its result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.asked import PROVIDERS, AskedLine
from lms.quizzes.corrections.marking import ItemMark
from lms.quizzes.disputes.queries import DisputeLine, of_attempt
from lms.quizzes.disputes.rules import may_contest
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Dispute,
    GradeChange,
    ManualMark,
    ResponseVersion,
)
from lms.quizzes.queries import PaperItem, Words
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services import disputes
from lms.quizzes.services.regrading import Marker, Stored, Worth


@dataclass(frozen=True)
class ChangeLine:
    """A grade that moved after the attempt's end."""

    changed_at: datetime
    reason: str
    is_by_hand: bool
    percent_before: Decimal
    percent: Decimal
    passed_before: bool | None
    passed: bool | None
    waiting_before: int
    items: frozenset[int]  # the answers that are worth something else since

    @property
    def is_first_marking(self) -> bool:
        """Whether it only ended the waiting for marks."""
        return self.is_by_hand and self.waiting_before > 0


def changes_of(attempt_id: int) -> list[ChangeLine]:
    """Return how an attempt's grade moved, oldest first; one statement."""
    rows = db.session().execute(
        sa.select(
            GradeChange.changed_at,
            sa.func.coalesce(Correction.reason, ManualMark.comment, ""),
            GradeChange.manual_mark_id.is_not(None),
            GradeChange.percent_before,
            GradeChange.percent,
            GradeChange.passed_before,
            GradeChange.passed,
            GradeChange.waiting_before,
            GradeChange.items,
        )
        .outerjoin(Correction, Correction.id == GradeChange.correction_id)
        .outerjoin(ManualMark, ManualMark.id == GradeChange.manual_mark_id)
        .where(GradeChange.attempt_id == attempt_id)
        .order_by(GradeChange.id)
    )
    return [
        ChangeLine(
            changed_at=row[0],
            reason=row[1],
            is_by_hand=bool(row[2]),
            percent_before=row[3],
            percent=row[4],
            passed_before=row[5],
            passed=row[6],
            waiting_before=row[7],
            items=frozenset(map(int, row[8])),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Amended:
    """An attempt's marks as they stand, with what was corrected and contested."""

    items: Sequence[PaperItem]
    marks: Mapping[int, ItemMark]
    changes: Sequence[ChangeLine] = ()
    disputes: Sequence[DisputeLine] = ()
    until: datetime | None = None  # the end of the days to contest in
    is_open: bool = False  # whether the reader may contest now
    seen: Mapping[int, Words] = field(default_factory=dict)  # words that were put right since
    asked: Mapping[int, AskedLine] = field(default_factory=dict)  # of the trainer, by the reader

    def changes_on(self, item_id: int) -> list[ChangeLine]:
        """What moved the mark of one answer."""
        return [change for change in self.changes if item_id in change.items]

    def disputes_on(self, item_id: int) -> list[DisputeLine]:
        """What was contested about one answer."""
        return [line for line in self.disputes if line.item_id == item_id]

    def may_contest(self, item_id: int) -> bool:
        """Whether a dispute may be raised about one answer: none is open on it."""
        return self.is_open and not any(line.is_open for line in self.disputes_on(item_id))


def amended(attempt: Attempt, *, own: bool, now: datetime) -> Amended:
    """Read what the page of a result shows of answers, corrections and disputes.

    One statement for an attempt on which nothing was corrected, marked by hand, contested or asked.
    """
    rows = db.session().execute(_review(), {"attempt_id": attempt.id}).all()
    items = queries.paper_items(rows)
    has_changes = any(row.has_changes for row in rows)
    changes = changes_of(attempt.id) if has_changes else []
    until = disputes.until_after(attempt, lambda: changes[-1].changed_at if changes else None)
    return Amended(
        items,
        _marks_of(attempt, items, rows),
        changes,
        of_attempt(attempt.id) if any(row.has_disputes for row in rows) else [],
        until,
        own and may_contest(until, now=now),
        _seen_words(items, rows),
        _asked(attempt.id) if own and any(row.was_asked for row in rows) else {},
    )


def _asked(attempt_id: int) -> dict[int, AskedLine]:
    return {line.item_id: line for p in PROVIDERS for line in p.of_attempt(attempt_id)}


def _of_attempt(kind: type[GradeChange | Dispute]) -> sa.Exists:
    return sa.exists().where(kind.attempt_id == sa.bindparam("attempt_id"))


_REVIEW = queries.PAPER.add_columns(
    AttemptItem.left_out,
    ResponseVersion.revision_id.label("given_to"),
    sa.select(ManualMark.fraction)
    .where(ManualMark.item_id == AttemptItem.id)
    .order_by(ManualMark.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("by_hand"),
    sa.exists()
    .where(Correction.version_id == AttemptItem.question_version_id)
    .label("is_corrected"),
    _of_attempt(GradeChange).label("has_changes"),
    _of_attempt(Dispute).label("has_disputes"),
)


@cache
def _review() -> sa.Select[Any]:
    """Complete the statement with whether something was asked about each answer; built once."""
    said = sa.or_(sa.false(), *(provider.was_asked() for provider in PROVIDERS))
    return _REVIEW.add_columns(said.label("was_asked"))


def _marks_of(
    attempt: Attempt, items: Sequence[PaperItem], rows: Sequence[Any]
) -> Mapping[int, ItemMark]:
    settings = parse_settings(attempt.quiz_version.settings)
    stored = [
        Stored(
            item.item_id,
            item.version_id,
            item.revision_id,
            json.dumps(item.option_order),
            json.dumps(item.payload),
            row.by_hand,
            bool(row.is_corrected),
            settings,
            Worth(item.fraction, row.left_out),
        )
        for item, row in zip(items, rows, strict=True)
    ]
    marked = Marker().of({attempt.id: stored}, {attempt.id: settings.pass_mark})
    return marked[attempt.id].items


def _seen_words(items: Sequence[PaperItem], rows: Sequence[Any]) -> dict[int, Words]:
    """Return the words that answers were given to, where they were put right since."""
    found = {
        item.item_id: row.given_to
        for item, row in zip(items, rows, strict=True)
        if row.given_to is not None and row.given_to != item.revision_id
    }
    words = queries.words_of_revisions(sorted(set(found.values()))) if found else {}
    orders = {item.item_id: item.option_order for item in items}
    return {
        item_id: words[revision_id].as_drawn(orders[item_id])
        for item_id, revision_id in found.items()
    }
