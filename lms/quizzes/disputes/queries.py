"""Reads of disputes: of an attempt, for its review and its PDF; of a trainer, to be answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.models import Course, Edition, Enrolment
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Dispute,
    DisputeState,
    QuestionVersion,
    Quiz,
    QuizQuestion,
)


@dataclass(frozen=True)
class DisputeLine:
    """A contested question of an attempt, with its answer where there is one."""

    id: int
    item_id: int
    position: int
    text: str
    state: DisputeState
    raised_at: datetime
    answered_at: datetime | None
    answer: str | None
    answered_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is DisputeState.OPEN

    @property
    def is_upheld(self) -> bool:
        """Whether the learner was right."""
        return self.state is DisputeState.UPHELD


def of_attempt(attempt_id: int) -> list[DisputeLine]:
    """Return an attempt's disputes, by question and oldest first; one statement."""
    rows = db.session().execute(
        sa.select(
            Dispute.id,
            Dispute.item_id,
            AttemptItem.position,
            Dispute.text,
            Dispute.state,
            Dispute.raised_at,
            Dispute.answered_at,
            Dispute.answer,
            Person,
        )
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .outerjoin(Person, Person.id == Dispute.answered_by_id)
        .where(Dispute.attempt_id == attempt_id)
        .order_by(AttemptItem.position, Dispute.id)
    )
    return [DisputeLine(*row[:8], row[8].full_name if row[8] else None) for row in rows]


@dataclass(frozen=True)
class QueueLine:
    """A dispute in the trainer's queue."""

    id: int
    text: str
    state: DisputeState
    raised_at: datetime
    answered_at: datetime | None
    learner: str
    quiz_ro: str
    quiz_en: str
    question_id: int
    position: int
    course_id: int
    course_slug: str
    quiz_slug: str
    version_id: int
    number: int | None  # of the question in the quiz as it is now

    def quiz(self, locale: str) -> str:
        """The quiz's title in a language."""
        return self.quiz_en if locale == "en" else self.quiz_ro


def _followed(actor: Actor | None, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Narrow to disputes of others, on editions and courses that one follows."""
    statement = statement.where(
        Dispute.id.in_(Dispute.visible_to(actor).with_only_columns(Dispute.id))
    )
    return statement.where(Enrolment.person_id != actor.person_id) if actor else statement


def _joined(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Dispute)
        .join(Attempt, Attempt.id == Dispute.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    )


def number_in_quiz() -> sa.ScalarSelect[Any]:
    """The number of an attempt's question in its quiz as it is now; none where it is not asked."""
    listed, answered = sa.orm.aliased(QuestionVersion), sa.orm.aliased(QuestionVersion)
    return (
        sa.select(sa.func.min(QuizQuestion.position))
        .join(listed, listed.id == QuizQuestion.question_version_id)
        .join(answered, answered.question_id == listed.question_id)
        .where(
            QuizQuestion.quiz_version_id == Quiz.current_version_id,
            answered.id == AttemptItem.question_version_id,
        )
        .correlate(Quiz, AttemptItem)
        .scalar_subquery()
    )


def queue(
    actor: Actor | None, *, course: str = "", answered: bool = False, most: int = 200
) -> list[QueueLine]:
    """Return what waits for an answer, oldest first; or what was answered, newest first."""
    state = Dispute.state != DisputeState.OPEN if answered else Dispute.state == DisputeState.OPEN
    order = Dispute.answered_at.desc() if answered else Dispute.raised_at
    statement = (
        _joined(
            Dispute.id,
            Dispute.text,
            Dispute.state,
            Dispute.raised_at,
            Dispute.answered_at,
            Person,
            Quiz.title_ro,
            Quiz.title_en,
            QuestionVersion.question_id,
            AttemptItem.position,
            Quiz.course_id,
            Course.slug,
            Quiz.slug,
            QuestionVersion.id,
            number_in_quiz(),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(state)
        .order_by(order, Dispute.id)
        .limit(most)
    )
    if course:
        statement = statement.where(Course.slug == course)
    rows = db.session().execute(_followed(actor, statement))
    return [
        QueueLine(
            id=row[0],
            text=row[1],
            state=row[2],
            raised_at=row[3],
            answered_at=row[4],
            learner=row[5].full_name,
            quiz_ro=row[6],
            quiz_en=row[7],
            question_id=row[8],
            position=row[9],
            course_id=row[10],
            course_slug=row[11],
            quiz_slug=row[12],
            version_id=row[13],
            number=row[14],
        )
        for row in rows
    ]


def waiting(actor: Actor | None) -> int:
    """Count what waits for an answer; one statement."""
    statement = _joined(sa.func.count()).where(Dispute.state == DisputeState.OPEN)
    return db.session().scalar(_followed(actor, statement)) or 0


def courses_of(actor: Actor | None) -> list[tuple[str, str, str]]:
    """Return (slug, title in Romanian, in English) of courses with disputes that one follows."""
    statement = (
        _joined(Course.slug, Course.title_ro, Course.title_en)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .distinct()
        .order_by(Course.title_ro)
    )
    return [tuple(row) for row in db.session().execute(_followed(actor, statement))]


def waiting_by_course(actor: Actor | None, course_ids: Collection[int]) -> dict[int, int]:
    """Count what waits for an answer on each course; one statement."""
    statement = (
        _joined(Quiz.course_id, sa.func.count())
        .where(Dispute.state == DisputeState.OPEN, Quiz.course_id.in_(course_ids))
        .group_by(Quiz.course_id)
    )
    return {row[0]: row[1] for row in db.session().execute(_followed(actor, statement))}
