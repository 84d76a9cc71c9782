"""Whether a learner may see the marks of an attempt yet: what a mail says, the page must show."""

from __future__ import annotations

from datetime import datetime

from lms.courses.outline import outline_of
from lms.quizzes import attempt_rules, progress, queries
from lms.quizzes.models import Attempt
from lms.quizzes.review import FeedbackTime, Moment, Shown
from lms.quizzes.services.terms import terms_for
from lms.quizzes.settings import parse_settings


def sees_marks(attempt: Attempt, *, now: datetime) -> bool:
    """Tell whether the learner is shown the marks now, by the rules that the quiz has now.

    Nothing is read where the rules show them at every moment after the end.
    """
    settings = parse_settings((attempt.quiz.current_version or attempt.quiz_version).settings)
    waits = settings.feedback is FeedbackTime.AFTER_FINAL
    after = (m for m in Moment if m is not Moment.DURING)
    if not waits and all(Shown.MARKS in settings.shown.at(moment) for moment in after):
        return True
    shown = attempt_rules.shown_of(
        settings,
        attempt.state,
        now=now,
        submitted_at=attempt.submitted_at,
        closes_at=terms_for(attempt.enrolment_id, attempt.quiz_id, settings).closes_at,
        is_final_taken=waits and _is_final_taken(attempt),
    )
    return Shown.MARKS in shown


def _is_final_taken(attempt: Attempt) -> bool:
    course = attempt.enrolment.edition.course
    lines, papers = queries.results_of(attempt.enrolment_id)
    return progress.is_final_taken(outline_of(course.id, course.version), [*lines, *papers])
