"""Who has failed a test again and again without passing it; one statement for an edition."""

from __future__ import annotations

import sqlalchemy as sa

from lms import db
from lms.courses.queries import ids_of_edition
from lms.quizzes.models import Attempt, PaperResult
from lms.quizzes.provider import key_of


def failed_often(edition_id: int, times: int) -> dict[tuple[int, str], int]:
    """Say how often each place failed which test, by place and the test's key.

    Only where it was failed so many times or more, never passed, on paper neither, and no answer
    waits to be marked.
    """
    passed_on_paper = (
        sa.select(PaperResult.id)
        .where(
            PaperResult.enrolment_id == Attempt.enrolment_id,
            PaperResult.quiz_id == Attempt.quiz_id,
            PaperResult.passed.is_(True),
            PaperResult.revoked_at.is_(None),
        )
        .exists()
    )
    failed = sa.func.sum(sa.case((Attempt.passed.is_(False), 1), else_=0))
    rows = db.session().execute(
        sa.select(Attempt.enrolment_id, Attempt.quiz_id, failed)
        .where(Attempt.enrolment_id.in_(ids_of_edition(edition_id)), ~passed_on_paper)
        .group_by(Attempt.enrolment_id, Attempt.quiz_id)
        .having(
            failed >= times,
            sa.func.max(sa.case((Attempt.passed.is_(True), 1), else_=0)) == 0,
            sa.func.max(Attempt.waiting) == 0,
        )
    )
    return {(row[0], key_of(row[1])): int(row[2]) for row in rows}
