"""Which version of a question a quiz asks: the newest, or the one that its text names."""

from __future__ import annotations

import sqlalchemy as sa

from lms import db
from lms.quizzes.models import QuestionVersion


def version_asked(newest: QuestionVersion, pinned: int | None) -> int:
    """Return the id of the version that a quiz asks.

    A number that the question doesn't have, as in a file from another site, pins nothing.
    """
    if pinned is None or pinned == newest.number:
        return newest.id
    found = db.session().scalar(
        sa.select(QuestionVersion.id).where(
            QuestionVersion.question_id == newest.question_id, QuestionVersion.number == pinned
        )
    )
    return newest.id if found is None else found
