"""What was corrected on an attempt, and what its learner contests: for the page of its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.corrections.marking import ItemMark
from lms.quizzes.disputes.queries import DisputeLine, of_attempt
from lms.quizzes.disputes.rules import may_contest
from lms.quizzes.merging import Standing
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    GradeChange,
    ManualMark,
    ResponseVersion,
)
from lms.quizzes.queries import Words
from lms.quizzes.services import disputes, regrading


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

    marks: Mapping[int, ItemMark]
    changes: Sequence[ChangeLine] = ()
    disputes: Sequence[DisputeLine] = ()
    until: datetime | None = None  # the end of the days to contest in
    is_open: bool = False  # whether the reader may contest now
    seen: Mapping[int, Words] = field(default_factory=dict)  # words that were put right since

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
    """Read what the page of a result shows of corrections and disputes."""
    until = disputes.until_of(attempt)
    return Amended(
        regrading.item_marks(attempt),
        changes_of(attempt.id),
        of_attempt(attempt.id),
        until,
        own and may_contest(until, now=now),
        seen_words(attempt.id),
    )


def seen_words(attempt_id: int) -> dict[int, Words]:
    """Return the words that answers were given to, where they were put right since."""
    newest = (
        sa.select(ResponseVersion.item_id, sa.func.max(ResponseVersion.sequence).label("sequence"))
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .where(AttemptItem.attempt_id == attempt_id, ResponseVersion.standing == Standing.COUNTS)
        .group_by(ResponseVersion.item_id)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(ResponseVersion.item_id, ResponseVersion.revision_id)
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .join(
            newest,
            sa.and_(
                newest.c.item_id == ResponseVersion.item_id,
                newest.c.sequence == ResponseVersion.sequence,
            ),
        )
        .where(
            ResponseVersion.revision_id
            != queries.newest_revision_of(AttemptItem.question_version_id)
        )
    )
    found = {row[0]: row[1] for row in rows}
    words = queries.words_of_revisions(sorted(set(found.values()))) if found else {}
    return {item_id: words[revision_id] for item_id, revision_id in found.items()}
