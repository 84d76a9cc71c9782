"""Comments on questions: handed out; erased, what was written goes, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.quizzes.models import Question, QuestionComment
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return the questions that the person wrote, and what the person said of others."""
    written = (
        sa.select(
            Question.content_id.label("question"), Question.stem.label("asked"), Question.changed_at
        )
        .where(Question.author_id == person_id)
        .order_by(Question.id)
    )
    comments = (
        sa.select(
            Question.content_id.label("question"),
            QuestionComment.text,
            QuestionComment.made_at,
            QuestionComment.resolved_at,
        )
        .join(Question, Question.id == QuestionComment.question_id)
        .where(QuestionComment.author_id == person_id)
        .order_by(QuestionComment.id)
    )
    return Exported(
        {"questions_written": plain_rows(written), "question_comments": plain_rows(comments)}
    )


def erase(person_id: int) -> Mapping[str, int]:
    """Empty the comments; questions stay, they are the course's."""
    theirs = QuestionComment.author_id == person_id
    closed = sa.update(QuestionComment).where(theirs, QuestionComment.resolved_at.is_(None))
    db.deleted(closed.values(resolved_at=QuestionComment.made_at))
    emptied = sa.update(QuestionComment).where(theirs).values(text="")
    return {_("comments on questions"): db.deleted(emptied)}


def _has_comments(person_id: int) -> bool:
    found = sa.select(sa.exists().where(QuestionComment.author_id == person_id))
    return bool(db.session().scalar(found))


def removes(person_id: int) -> Sequence[str]:
    """Say what goes, where something was said of questions."""
    return [_("What was said of questions in the bank.")] if _has_comments(person_id) else ()


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays, where the person wrote questions."""
    found = sa.select(sa.exists().where(Question.author_id == person_id))
    return (
        [_("The questions written: they belong to the course.")]
        if db.session().scalar(found)
        else ()
    )


def register() -> None:
    """Tell the registry."""
    register_trace(
        "questions",
        lambda: _("Questions of the bank"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("questions", "question_comments"),
    )
