"""The questionnaire as the last thing to do in a course."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.activities import (
    NO_INSTANT,
    NO_PERCENT,
    ONLINE,
    Activity,
    ActivityKind,
    Edge,
    Narrow,
)
from lms.courses.models import Course
from lms.courses.tries import Tries
from lms.surveys.models import Survey, SurveySubmission

PREFIX = "survey:"
LAST = 1000  # after whatever else stands at the course's end


def key_of(survey_id: int) -> str:
    """The questionnaire's key in the registry."""
    return f"{PREFIX}{survey_id}"


class SurveyProvider:
    """Answers what courses ask of questionnaires."""

    def outline(self, course_id: int) -> Mapping[int | Edge, list[Activity]]:
        """Return the course's questionnaire, at its end."""
        rows = db.session().execute(
            sa.select(Survey.id, Survey.content_id, Survey.title_ro, Survey.title_en, Course.slug)
            .join(Course, Course.id == Survey.course_id)
            .where(Survey.course_id == course_id, Survey.withdrawn_at.is_(None))
        )
        found = [
            Activity(
                key=key_of(survey_id),
                title_ro=title_ro,
                title_en=title_en,
                href=f"/courses/{slug}/questionnaire",
                position=LAST,
                kind=ActivityKind.FORM,
                form=content_id,
            )
            for survey_id, content_id, title_ro, title_en, slug in rows
        ]
        return {Edge.END: found} if found else {}

    def percents_shown(self, _enrolment_id: int, _keys: Collection[str]) -> frozenset[str]:
        """Show no result: there is none."""
        return frozenset()

    def unpassed(self, _enrolment_id: int, _keys: Collection[str]) -> Mapping[str, Tries]:
        """Name nothing: nobody fails a questionnaire."""
        return {}

    def standings(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select the questionnaires that an enrolment has submitted."""
        return sa.select(
            SurveySubmission.enrolment_id,
            (sa.literal(PREFIX) + sa.cast(SurveySubmission.survey_id, sa.String)).label("key"),
            sa.literal(1).label("done"),
            NO_PERCENT.label("percent"),
            ONLINE.label("on_paper"),
        ).where(narrow(SurveySubmission.enrolment_id))

    def dates(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select the day on which an enrolment submitted each; never the hour."""
        return sa.select(
            (sa.literal(PREFIX) + sa.cast(SurveySubmission.survey_id, sa.String)).label("key"),
            NO_INSTANT.label("at"),
            SurveySubmission.submitted_on.label("day"),
        ).where(narrow(SurveySubmission.enrolment_id))
