"""Reads for the questionnaire's pages, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from lms import db
from lms.courses.models import Course, Edition, Enrolment, EnrolmentState
from lms.surveys import figures
from lms.surveys.figures import QuestionFigures
from lms.surveys.models import (
    Survey,
    SurveyAnswer,
    SurveyBox,
    SurveySubmission,
    SurveyVersion,
)
from lms.surveys.questions import Answers, load


def submitted_on(enrolment_id: int, survey_id: int) -> date | None:
    """Return the day on which somebody has submitted a questionnaire, or None."""
    return db.session().scalar(
        sa.select(SurveySubmission.submitted_on).where(
            SurveySubmission.enrolment_id == enrolment_id, SurveySubmission.survey_id == survey_id
        )
    )


def newest_version(survey_id: int, *, locked: bool = False) -> SurveyVersion | None:
    """Return what a questionnaire asks now."""
    statement = (
        sa.select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    return db.session().scalars(db.lock(statement) if locked else statement).one_or_none()


def shown_version(course_slug: str, *, locked: bool) -> SurveyVersion | None:
    """Return what a course's questionnaire asks; locked against a change, not against others."""
    statement = (
        sa.select(SurveyVersion)
        .join(Survey, Survey.id == SurveyVersion.survey_id)
        .join(Course, Course.id == Survey.course_id)
        .where(Course.slug == course_slug, Survey.withdrawn_at.is_(None))
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    if locked:
        statement = statement.with_for_update(read=True, of=SurveyVersion)
    return db.session().scalars(statement).one_or_none()


def is_answered(version_id: int) -> bool:
    """Whether anybody has answered a version, shown or not."""
    boxes = sa.exists().where(
        SurveyBox.version_id == version_id, sa.or_(SurveyBox.waiting > 0, SurveyBox.lost > 0)
    )
    answers = sa.exists().where(SurveyAnswer.version_id == version_id)
    return bool(db.session().scalar(sa.select(sa.or_(boxes, answers))))


# Results ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many places there are, how many have submitted, and what became of the answers."""

    places: int = 0
    submitted: int = 0
    shown: int = 0
    waiting: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Results:
    """What came of a questionnaire in some editions of its course."""

    survey: Survey
    counts: Counts
    questions: tuple[QuestionFigures, ...]


def survey_of(course_id: int) -> Survey | None:
    """Return a course's questionnaire; one that was withdrawn where there is no other."""
    return (
        db.session()
        .scalars(
            sa.select(Survey)
            .where(Survey.course_id == course_id)
            .order_by(Survey.withdrawn_at.is_not(None), Survey.id.desc())
            .limit(1)
        )
        .one_or_none()
    )


def results_of(survey: Survey, edition_ids: Collection[int]) -> Results:
    """Count and gather all that may be shown of some editions; four statements."""
    session = db.session()
    versions = session.scalars(
        sa.select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey.id)
        .order_by(SurveyVersion.number.desc())
    ).all()
    answers: dict[int, list[Answers]] = {version.id: [] for version in versions}
    for version_id, given in session.execute(
        sa.select(SurveyAnswer.version_id, SurveyAnswer.answers).where(
            SurveyAnswer.edition_id.in_(edition_ids), SurveyAnswer.version_id.in_(answers)
        )
    ):
        answers[version_id].append(given)
    gathered = [(load(version.content), answers[version.id]) for version in versions]
    shown = sum(len(found) for found in answers.values())
    return Results(survey, _counts(survey, edition_ids, answers, shown), figures.gather(gathered))


def _counts(
    survey: Survey, edition_ids: Collection[int], version_ids: Collection[int], shown: int
) -> Counts:
    has_submitted = SurveySubmission.enrolment_id.is_not(None)
    places, submitted = (
        db.session()
        .execute(
            sa.select(sa.func.count(), sa.func.count(SurveySubmission.enrolment_id))
            .select_from(Enrolment)
            .outerjoin(
                SurveySubmission,
                sa.and_(
                    SurveySubmission.enrolment_id == Enrolment.id,
                    SurveySubmission.survey_id == survey.id,
                ),
            )
            .where(
                Enrolment.edition_id.in_(edition_ids),
                sa.or_(Enrolment.state == EnrolmentState.ACTIVE, has_submitted),
            )
        )
        .one()
    )
    waiting, lost = (
        db.session()
        .execute(
            sa.select(
                sa.func.coalesce(sa.func.sum(SurveyBox.waiting), 0),
                sa.func.coalesce(sa.func.sum(SurveyBox.lost), 0),
            ).where(
                SurveyBox.edition_id.in_(edition_ids), SurveyBox.version_id.in_(list(version_ids))
            )
        )
        .one()
    )
    return Counts(places, submitted, shown, int(waiting), int(lost))


def edition_ids_of(course_id: int) -> list[int]:
    """Return the editions of a course."""
    return list(db.session().scalars(sa.select(Edition.id).where(Edition.course_id == course_id)))
