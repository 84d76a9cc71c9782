"""What quizzes show on a participant's page: attempts, and one more to give."""

from __future__ import annotations

from dataclasses import dataclass

from lms.access import may
from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Panel
from lms.quizzes import queries
from lms.quizzes.models import Quiz
from lms.quizzes.permissions import GIVE_ATTEMPT, REVIEW_ATTEMPT
from lms.quizzes.queries import AttemptLine


@dataclass(frozen=True)
class QuizLines:
    """A quiz with one participant's attempts."""

    quiz: Quiz
    lines: list[AttemptLine]

    @property
    def has_passed(self) -> bool:
        """Whether one of the attempts passed, or a test without pass mark was taken."""
        return any(line.is_done for line in self.lines)


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show the office and the trainer all attempts of a participant; two statements."""
    lines = queries.attempts_of(enrolment.id)
    quizzes = [
        QuizLines(quiz, [line for line in lines if line.quiz_id == quiz.id])
        for quiz in queries.quizzes_of(enrolment.edition.course_id)
    ]
    if not quizzes:
        return None
    return Panel(
        "quizzes/_participant.html",
        {
            "quizzes": quizzes,
            "may_give": may(GIVE_ATTEMPT.name, enrolment),
            "may_review": may(REVIEW_ATTEMPT.name, enrolment),
        },
    )
