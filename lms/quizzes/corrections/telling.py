"""Learners whose result a correction changed are told by mail, once, after it was applied."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.courses.models import Enrolment
from lms.jobs import queue
from lms.mail.links import absolute_url
from lms.mail.services import compose
from lms.quizzes.models import Attempt, GradeChange
from lms.quizzes.services import seeing
from lms.quizzes.services.correcting import TELL

AT_ONCE = 50


@queue.task(TELL, sweep_seconds=60)
def tell_corrected() -> None:
    """Write to everybody who was not told yet, few in a transaction."""
    while True:
        ids = list(
            db.session().scalars(
                sa.select(GradeChange.id)
                .where(GradeChange.told_at.is_(None))
                .order_by(GradeChange.id)
                .limit(AT_ONCE)
            )
        )
        db.end_reading()
        if not ids:
            return
        with db.writing():
            for change in _locked(ids):
                _tell(change)
                change.told_at = clock.now()


def _locked(ids: list[int]) -> list[GradeChange]:
    """Lock those that nobody else has told meanwhile."""
    return list(
        db.session().scalars(
            sa.select(GradeChange)
            .options(
                joinedload(GradeChange.correction),
                joinedload(GradeChange.attempt).joinedload(Attempt.quiz),
                joinedload(GradeChange.attempt)
                .joinedload(Attempt.enrolment)
                .joinedload(Enrolment.person),
            )
            .where(GradeChange.id.in_(ids), GradeChange.told_at.is_(None))
            .order_by(GradeChange.id)
            .with_for_update(of=GradeChange)
        )
    )


def _tell(change: GradeChange) -> None:
    """Compose the mail; one whose answers are worth the same as before gets none.

    The result is in it only where its page shows it by now.
    """
    correction, attempt = change.correction, change.attempt
    before = (change.earned_before, change.possible_before, change.passed_before)
    if correction is None or before == (change.earned, change.possible, change.passed):
        return
    compose(
        f"grade.corrected:{change.id}",
        attempt.enrolment.person,
        "quizzes/mail/corrected.txt",
        attempt=attempt,
        change=change,
        reason=correction.reason,
        shows=seeing.sees_marks(attempt, now=clock.now()),
        url=absolute_url("quizzes.result", attempt_id=attempt.id),
    )
