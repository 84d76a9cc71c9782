"""Marks given by hand: added one after another, the newest counts; the attempt is graded anew.

An attempt whose answers wait for a person is submitted like any other; `Attempt.waiting` counts
them, and until it is nought its percentage is not final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.services.progress import locked_enrolment, review_completion
from lms.errors import Refused
from lms.mail.links import absolute_url
from lms.mail.services import compose
from lms.quizzes.corrections.marking import Total
from lms.quizzes.models import Attempt, AttemptItem, AttemptState, GradeChange, ManualMark
from lms.quizzes.services import regrading, seeing
from lms.quizzes.services.regrading import Marked


class NotSubmitted(Refused):
    """The attempt is still open, or was never submitted: there is nothing to mark."""


class NothingLeft(Refused):
    """The answers were erased with their person: the marks stay as they are."""


class MarkedMeanwhile(Refused):
    """Somebody else gave this answer another mark since it was looked at."""


class MarkOutOfRange(Refused):
    """A fraction lies between nothing and the whole."""

    status = 422


def newest_mark(item_id: int) -> ManualMark | None:
    """Return the mark by hand that counts for an answer."""
    return db.session().scalar(
        sa.select(ManualMark)
        .where(ManualMark.item_id == item_id)
        .order_by(ManualMark.id.desc())
        .limit(1)
    )


def comments_of(item_ids: Sequence[int]) -> dict[int, str]:
    """Return the comments of the marks that count, where there is one."""
    newest = sa.select(sa.func.max(ManualMark.id)).where(ManualMark.item_id.in_(item_ids))
    rows = db.session().execute(
        sa.select(ManualMark.item_id, ManualMark.comment).where(
            ManualMark.id.in_(newest.group_by(ManualMark.item_id)), ManualMark.comment != ""
        )
    )
    return {row[0]: row[1] for row in rows}


def marks_of(item_id: int) -> list[ManualMark]:
    """Return every mark by hand that an answer was given, oldest first."""
    found = sa.select(ManualMark).where(ManualMark.item_id == item_id).order_by(ManualMark.id)
    return list(db.session().scalars(found))


def set_mark(
    attempt: Attempt,
    item_id: int,
    fraction: Decimal,
    *,
    comment: str = "",
    by: int,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    seen: int | None = None,
    tell: bool = True,
) -> ManualMark:
    """Give an answer of a submitted attempt a mark by hand, and grade the attempt anew.

    `attempt` is locked (`attempts.locked_attempt`). The same mark and comment again add nothing.
    `seen` is the id of the mark that the page showed, 0 for none: raises MarkedMeanwhile where
    there is a newer one. With `tell` the learner gets a mail once nothing waits any more, or once
    a final mark has moved. Raises NotSubmitted, NothingLeft, MarkOutOfRange.
    """
    if attempt.state is not AttemptState.SUBMITTED:
        raise NotSubmitted
    if not 0 <= fraction <= 1:
        raise MarkOutOfRange
    item = db.session().get(AttemptItem, item_id)
    if item is None or item.attempt_id != attempt.id:
        raise ValueError(f"answer {item_id} is not of attempt {attempt.id}")
    if attempt.enrolment.person.erased_at is not None:
        raise NothingLeft
    before = newest_mark(item_id)
    fraction = fraction.quantize(Decimal("1e-7"))
    if before is not None and (before.fraction, before.comment, before.details) == (
        fraction,
        comment,
        details,
    ):
        return before
    if seen is not None and seen != (before.id if before else 0):
        raise MarkedMeanwhile
    mark = ManualMark(
        item_id=item_id,
        fraction=fraction,
        comment=comment,
        details=None if details is None else dict(details),
        marked_at=now,
        marked_by_id=by,
    )
    db.session().add(mark)
    db.session().flush()  # the grading reads it
    change = grade_anew(attempt, now=now, mark=mark)
    record(
        "attempt.marked",
        by=by,
        on=attempt,
        question=item.position,
        fraction=str(fraction),
        percent=str(attempt.percent),
    )
    if tell and attempt.is_final:
        tell_learner(attempt, mark, change)
    return mark


def grade_anew(attempt: Attempt, *, now: datetime, mark: ManualMark) -> GradeChange:
    """Grade a locked attempt after a mark by hand; what the grade was before is kept."""
    before = total_as_stored(attempt)
    marked = regrading.regrade(attempt)
    total = marked.total
    change = GradeChange(
        attempt_id=attempt.id,
        manual_mark_id=mark.id,
        told_at=now,
        **change_values(before, marked, now=now),
    )
    db.session().add(change)
    db.session().flush()  # completion reads the grade
    if total.passed is not False and (before.passed is False or not before.is_final):
        review_completion(locked_enrolment(attempt.enrolment_id), now=now)
    return change


def total_as_stored(attempt: Attempt) -> Total:
    """Return the result that an attempt holds."""
    zero = Decimal(0)
    return Total(
        attempt.earned or zero,
        attempt.possible or zero,
        attempt.percent or zero,
        attempt.passed,
        attempt.waiting,
    )


def change_values(before: Total, marked: Marked, *, now: datetime) -> dict[str, Any]:
    """Write down how a grade moved, as a row of `GradeChange` holds it."""
    after = marked.total
    return {
        "changed_at": now,
        "earned_before": before.earned,
        "possible_before": before.possible,
        "percent_before": before.percent,
        "passed_before": before.passed,
        "waiting_before": before.waiting,
        "earned": after.earned,
        "possible": after.possible,
        "percent": after.percent,
        "passed": after.passed,
        "waiting": after.waiting,
        "items": {
            str(item_id): [
                _text(marked.was[item_id].fraction, is_left_out=marked.was[item_id].is_left_out),
                _text(mark.kept_fraction, is_left_out=mark.is_left_out),
            ]
            for item_id, mark in marked.moved.items()
        },
    }


def _text(fraction: Decimal | None, *, is_left_out: bool) -> str | None:
    if is_left_out:
        return "left_out"
    return None if fraction is None else str(fraction)


def tell_learner(attempt: Attempt, mark: ManualMark, change: GradeChange) -> None:
    """Write to the learner that the result is final now, or that it was marked anew; once each.

    The marks, and what the trainer says of them, are in it only where its page shows them by now.
    """
    if change.waiting_before:
        event, template = f"attempt.marked:{attempt.id}", "quizzes/mail/marked.txt"
    elif change.percent != change.percent_before or change.passed != change.passed_before:
        event, template = f"attempt.marked:{attempt.id}:{mark.id}", "quizzes/mail/marked_anew.txt"
    else:
        return
    compose(
        event,
        attempt.enrolment.person,
        template,
        attempt=attempt,
        change=change,
        comment=mark.comment,
        shows=seeing.sees_marks(attempt, now=change.changed_at),
        url=absolute_url("quizzes.result", attempt_id=attempt.id),
    )
