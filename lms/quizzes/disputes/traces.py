"""Contested questions: handed out with their answers; erased, what was written goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.traces import places_of
from lms.quizzes.models import Attempt, AttemptItem, Dispute, DisputeState, Quiz
from lms.web.i18n import gettext as _


def _attempts(person_id: int) -> sa.Select[int]:
    return sa.select(Attempt.id).where(Attempt.enrolment_id.in_(places_of(person_id)))


def export(person_id: int) -> Exported:
    """Return what the person contested, and what was answered."""
    contested = (
        sa.select(
            Dispute.attempt_id.label("attempt"),
            Quiz.title_ro.label("test"),
            AttemptItem.position.label("question_number"),
            Dispute.text,
            Dispute.raised_at,
            Dispute.state,
            Dispute.answer,
            Dispute.answered_at,
        )
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .join(Attempt, Attempt.id == Dispute.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Dispute.attempt_id.in_(_attempts(person_id)))
        .order_by(Dispute.id)
    )
    return Exported({"contested": plain_rows(contested)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove what was written on both sides; what is open is closed: nobody waits any more."""
    ours = Dispute.attempt_id.in_(_attempts(person_id))
    now = sa.func.coalesce(Dispute.answered_at, Dispute.raised_at)
    closed = sa.update(Dispute).where(ours, Dispute.state == DisputeState.OPEN)
    db.deleted(closed.values(state=DisputeState.REFUSED, answered_at=now))
    emptied = sa.update(Dispute).where(ours).values(text="", answer=None)
    return {_("contested questions"): db.deleted(emptied)}


def removes(person_id: int) -> Sequence[str]:
    """Say what goes, where something was contested."""
    found = sa.select(sa.exists().where(Dispute.attempt_id.in_(_attempts(person_id))))
    if not db.session().scalar(found):
        return ()
    return [_("What was written about contested questions, and the answers.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "contested",
        lambda: _("Contested questions"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=lambda _person_id: (),
        tables=("disputes",),
    )
