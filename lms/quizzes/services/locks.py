"""Locks on what quizzes are made of, taken in one order; docs/decisions/0019-lock-order.md.

Course, quiz, question version, group, place, attempt, dispute. Whoever needs two of them takes
them in this order; whoever takes several of a kind takes them by id. SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Course, Enrolment, Group
from lms.quizzes.models import Attempt, Question, QuestionVersion, Quiz, QuizQuestion, QuizVersion


def course(course_id: int) -> Course:
    """Lock a course, so that an import and a change in the site come one after the other."""
    statement = sa.select(Course).where(Course.id == course_id).with_for_update()
    return db.session().scalars(statement.execution_options(populate_existing=True)).one()


def quiz(quiz_id: int) -> Quiz:
    """Lock a quiz whose dates or rules change: nobody starts it meanwhile."""
    return _quiz(quiz_id, of=Quiz)


def quiz_as_it_stands(quiz_id: int) -> Quiz:
    """Hold a quiz as it is while an attempt starts; others may start it too."""
    return _quiz(quiz_id, of=Quiz, read=True, key_share=True)


def hold_quiz(quiz_id: int | sa.ScalarSelect[int]) -> None:
    """Hold a quiz that a new row names, before the place; one that is not there is not found."""
    statement = sa.select(Quiz.id).where(Quiz.id == quiz_id)
    db.session().execute(statement.with_for_update(read=True, key_share=True)).all()


def _quiz(quiz_id: int, **how: Any) -> Quiz:
    # Its version is read afterwards: a statement that waited would join the one from before.
    statement = sa.select(Quiz).where(Quiz.id == quiz_id).with_for_update(**how)
    return db.session().scalars(statement.execution_options(populate_existing=True)).one()


def _course_of(version_id: int) -> sa.ScalarSelect[int]:
    return (
        sa.select(Question.course_id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(QuestionVersion.id == version_id)
        .scalar_subquery()
    )


def version(version_id: int) -> QuestionVersion:
    """Lock a version to correct it, after the quizzes that ask it: nobody starts one meanwhile."""
    asking = (
        sa.select(QuizVersion.quiz_id)
        .join(QuizQuestion, QuizQuestion.quiz_version_id == QuizVersion.id)
        .where(QuizQuestion.question_version_id == version_id)
        .union(
            sa.select(Quiz.id)
            .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
            .where(QuizVersion.has_draws, Quiz.course_id == _course_of(version_id))
        )
    )
    session = db.session()
    session.execute(
        sa.select(Quiz.id).where(Quiz.id.in_(asking)).order_by(Quiz.id).with_for_update()
    ).all()
    statement = sa.select(QuestionVersion).where(QuestionVersion.id == version_id)
    return session.scalars(statement.with_for_update(key_share=True)).one()


def group(group_id: int) -> Group:
    """Lock a group that is granted something: nobody comes into it meanwhile."""
    statement = sa.select(Group).where(Group.id == group_id)
    return db.session().scalars(statement.with_for_update()).one()


def company_of(attempt_id: int) -> None:
    """Lock the place that an attempt to be graded stands on, and hold its quiz before.

    PostgreSQL checks a row's keys anew where a transaction changes the row twice.
    """
    ours = Attempt.id == attempt_id
    hold_quiz(sa.select(Attempt.quiz_id).where(ours).scalar_subquery())
    places([sa.select(Attempt.enrolment_id).where(ours).scalar_subquery()])


def places(enrolment_ids: Sequence[Any] | sa.Select[Any]) -> None:
    """Lock places."""
    db.session().execute(
        sa.select(Enrolment.id)
        .where(Enrolment.id.in_(enrolment_ids))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
