"""What a learner is shown of a closed attempt: what a mail says, the page must show."""

from __future__ import annotations

from datetime import datetime

from lms.courses.outline import outline_of
from lms.quizzes import progress, queries
from lms.quizzes.models import Attempt
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.review import FeedbackTime, Moment, Shown
from lms.quizzes.rules.settings import QuizSettings, parse_settings
from lms.quizzes.services.terms import terms_for


def _settings_now(attempt: Attempt) -> QuizSettings:
    return parse_settings((attempt.quiz.current_version or attempt.quiz_version).settings)


def shown_to_learner(attempt: Attempt, *, now: datetime) -> frozenset[Shown]:
    """Tell what the learner of a closed attempt is shown now, by the rules the quiz has now."""
    settings = _settings_now(attempt)
    waits = settings.feedback is FeedbackTime.AFTER_FINAL
    return attempt_rules.shown_of(
        settings,
        attempt.state,
        now=now,
        submitted_at=attempt.submitted_at,
        closes_at=terms_for(attempt.enrolment_id, attempt.quiz_id, settings).closes_at,
        is_final_taken=waits and _is_final_taken(attempt),
    )


def sees_marks(attempt: Attempt, *, now: datetime) -> bool:
    """Tell whether the learner is shown the marks now.

    Nothing is read where the rules show them at every moment after the end.
    """
    settings = _settings_now(attempt)
    after = (m for m in Moment if m is not Moment.DURING)
    if settings.feedback is not FeedbackTime.AFTER_FINAL and all(
        Shown.MARKS in settings.shown.at(moment) for moment in after
    ):
        return True
    return Shown.MARKS in shown_to_learner(attempt, now=now)


def _is_final_taken(attempt: Attempt) -> bool:
    course = attempt.enrolment.edition.course
    lines, papers = queries.results_of(attempt.enrolment_id)
    return progress.is_final_taken(outline_of(course.id, course.version), [*lines, *papers])
