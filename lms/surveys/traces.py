"""The questionnaire: that somebody has submitted it; the answers are nobody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.traces import places_of
from lms.surveys.models import Survey, SurveySubmission
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return which questionnaires were submitted, and on which day."""
    statement = (
        sa.select(Survey.title_ro.label("questionnaire"), SurveySubmission.submitted_on)
        .join(Survey, Survey.id == SurveySubmission.survey_id)
        .where(SurveySubmission.enrolment_id.in_(places_of(person_id)))
        .order_by(SurveySubmission.enrolment_id, Survey.id)
    )
    return Exported({"questionnaires": plain_rows(statement)})


def erase(_person_id: int) -> Mapping[str, int]:
    """Remove nothing: nobody can tell which answers were the person's."""
    return {}


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays, where a questionnaire was submitted."""
    count = sa.select(sa.func.count()).select_from(SurveySubmission)
    if not db.session().scalar(
        count.where(SurveySubmission.enrolment_id.in_(places_of(person_id)))
    ):
        return ()
    return [
        _(
            "Without a name: the day on which the questionnaire was submitted. The answers "
            "can’t be removed, because nobody can tell whose they are."
        )
    ]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "questionnaires",
        lambda: _("Questionnaires"),
        export=export,
        erase=erase,
        keeps=keeps,
        tables=("survey_submissions",),
    )
