"""Marks by hand and changed grades: handed out to the person; erased, the numbers alone stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.traces import places_of
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    GradeChange,
    ManualMark,
    MarkDraft,
    Quiz,
)
from lms.web.i18n import gettext as _


def _items(person_id: int) -> sa.Select[int]:
    return (
        sa.select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.enrolment_id.in_(places_of(person_id)))
    )


def export(person_id: int) -> Exported:
    """Return the marks that somebody gave by hand, and how grades were corrected."""
    marks = (
        sa.select(
            AttemptItem.attempt_id.label("attempt"),
            AttemptItem.position.label("question_number"),
            ManualMark.fraction.label("share"),
            ManualMark.comment,
            ManualMark.details,
            ManualMark.marked_at,
        )
        .join(AttemptItem, AttemptItem.id == ManualMark.item_id)
        .where(AttemptItem.id.in_(_items(person_id)))
        .order_by(ManualMark.id)
    )
    changes = (
        sa.select(
            GradeChange.attempt_id.label("attempt"),
            Quiz.title_ro.label("test"),
            GradeChange.changed_at,
            GradeChange.percent_before,
            GradeChange.percent,
            GradeChange.passed_before,
            GradeChange.passed,
            Correction.reason,
        )
        .join(Attempt, Attempt.id == GradeChange.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .outerjoin(Correction, Correction.id == GradeChange.correction_id)
        .where(Attempt.enrolment_id.in_(places_of(person_id)))
        .order_by(GradeChange.id)
    )
    return Exported({"marks_by_hand": plain_rows(marks), "corrected_results": plain_rows(changes)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove what was written about answers; the numbers stay with the attempts."""
    comments = (
        sa.update(ManualMark)
        .where(ManualMark.item_id.in_(_items(person_id)))
        .where(sa.or_(ManualMark.comment != "", ManualMark.details.is_not(None)))
        .values(comment="", details=None)
    )
    drafts = sa.delete(MarkDraft).where(MarkDraft.item_id.in_(_items(person_id)))
    db.session().execute(drafts)
    return {_("comments on answers"): db.deleted(comments)}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("The comments on answers that were marked by hand.")]


def keeps(_person_id: int) -> Sequence[str]:
    """Say nothing more: the tests' own trace tells that marks stay."""
    return ()


def register() -> None:
    """Tell the registry."""
    register_trace(
        "corrected_results",
        lambda: _("Corrected results"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("manual_marks", "grade_changes", "corrections", "mark_drafts"),
    )
