"""The trainer's workshop: a course's quizzes, and the questions of one as text."""

from __future__ import annotations

from lms.access import reads
from lms.courses.views.learning import CoursePage, load_course
from lms.quizzes import desk, queries
from lms.quizzes.permissions import PREVIEW_QUIZ
from lms.quizzes.views import bp
from lms.quizzes.views.helping import shown_questions
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.web.templating import render


@bp.get("/courses/<slug>/quizzes")
@reads(PREVIEW_QUIZ, load_course)
def workshop(page: CoursePage) -> str:
    """List a course's quizzes, each one click from its pages."""
    return render(
        "quizzes/workshop.html", outline=page.outline, quizzes=queries.quizzes_of(page.course_id)
    )


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/questions")
@reads(PREVIEW_QUIZ, load_quiz)
def questions(page: QuizPage) -> str:
    """Show a quiz's questions with their keys."""
    return render(
        "quizzes/questions.html",
        frame=desk.frame_of(page, "questions"),
        questions=shown_questions(page.quiz),
    )
