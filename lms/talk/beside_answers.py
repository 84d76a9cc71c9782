"""What was asked about answers, for the page of a result."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.quizzes.asked import AskedLine
from lms.quizzes.models import AttemptItem
from lms.talk.models import Thread
from lms.talk.rules import ThreadState


class AskedAboutAnswers:
    """Answers what the page of a result asks of questions to the trainer."""

    def was_asked(self) -> sa.ColumnElement[bool]:
        """Tell whether something was asked about each answer of a statement."""
        return sa.exists().where(Thread.item_id == AttemptItem.id)

    def of_attempt(self, attempt_id: int) -> list[AskedLine]:
        """Return what was asked about an attempt's answers, the oldest first; one statement."""
        rows = db.session().execute(
            sa.select(AttemptItem.id, Thread.asked_at, Thread.state, Thread.id)
            .join(AttemptItem, AttemptItem.id == Thread.item_id)
            .where(AttemptItem.attempt_id == attempt_id)
            .order_by(Thread.id)
        )
        return [
            AskedLine(
                item_id, at, state is ThreadState.OPEN, url_for("talk.thread", thread_id=thread_id)
            )
            for item_id, at, state, thread_id in rows
        ]
