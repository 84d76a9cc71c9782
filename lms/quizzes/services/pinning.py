"""Which version of a question a quiz asks: the newest, or the one that its text names."""

from __future__ import annotations

import sqlalchemy as sa

from lms import db
from lms.quizzes.models import Question, QuestionVersion


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


def versions_to_ask(quiz_id: int | None, content_id: str) -> range:
    """Return the numbers of the versions that a quiz's question has; none of one that is new."""
    if quiz_id is None or not content_id:
        return range(0)
    newest = db.session().scalar(
        sa.select(sa.func.max(QuestionVersion.number))
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.quiz_id == quiz_id, Question.content_id == content_id)
    )
    return range(1, (newest or 0) + 1)
