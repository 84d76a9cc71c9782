"""Whom a quiz is asked of: what publishing one, or taking it back, changes for people's courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import clock, db
from lms.courses import outline as outlines
from lms.courses.completion import Kind
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    EnrolmentState,
    Programme,
    SubjectKind,
)
from lms.courses.outline import Outline
from lms.courses.services.progress import review_all
from lms.quizzes.models import Attempt, PaperResult


@dataclass(frozen=True)
class Asked:
    """Whether a course asks for its quizzes, and of how many people at this moment."""

    by_course: bool
    running: int  # editions
    people: int  # in them, who have not completed the course


def asked_in(outline: Outline) -> Asked:
    """Count those of whom one quiz more would be asked; one statement."""
    if not any(condition.kind is Kind.QUIZZES_PASSED for condition in outline.conditions):
        return Asked(by_course=False, running=0, people=0)
    has_completed = sa.exists().where(
        Completion.enrolment_id == Enrolment.id, Completion.kind == SubjectKind.COURSE
    )
    rows = db.session().execute(
        sa.select(
            Edition.starts_on,
            Edition.ends_on,
            Programme.zone,
            sa.select(sa.func.count())
            .where(
                Enrolment.edition_id == Edition.id,
                Enrolment.state == EnrolmentState.ACTIVE,
                ~has_completed,
            )
            .correlate(Edition)
            .scalar_subquery(),
        )
        .join(Programme, Programme.id == Edition.programme_id)
        .where(Edition.course_id == outline.course_id)
    )
    people = [row[3] for row in rows if row[0] <= clock.today(row[2]) <= row[1]]
    return Asked(by_course=True, running=len(people), people=sum(people))


def taken_by(quiz_id: int) -> int:
    """Count the places that have begun a quiz or took it on paper."""
    both = sa.union(
        sa.select(Attempt.enrolment_id).where(Attempt.quiz_id == quiz_id),
        sa.select(PaperResult.enrolment_id).where(PaperResult.quiz_id == quiz_id),
    ).subquery()
    return db.session().scalar(sa.select(sa.func.count()).select_from(both)) or 0


def review_those_who_lack_nothing(course_id: int, *, now: datetime) -> None:
    """Store what is complete now that a quiz is no longer asked for. Inside the caller's write."""
    session = db.session()
    session.flush()
    places = session.scalars(
        sa.select(Enrolment.id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Edition.course_id == course_id, Enrolment.state == EnrolmentState.ACTIVE)
    ).all()
    review_all(places, now=now)
    outlines.forget()  # read inside a write that may yet be undone
