"""What trainers and registrars do for learners: look at a quiz, give one more attempt."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.courses.models import Edition, Enrolment
from lms.quizzes import queries
from lms.quizzes.key_words import key_texts, plain_words
from lms.quizzes.models import Question as QuestionRow
from lms.quizzes.models import QuestionVersion, Quiz, QuizQuestion
from lms.quizzes.permissions import GIVE_ATTEMPT, PREVIEW_QUIZ
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.rules.sections import shown_sections
from lms.quizzes.services import attempts as services
from lms.quizzes.services import locks
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.safety.redirects import safe_next
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/preview")
@reads(PREVIEW_QUIZ, load_quiz)
def preview(page: QuizPage) -> str:
    """Show all questions with their keys; nothing is recorded and nothing counts."""
    questions, version = shown_questions(page.quiz), page.quiz.current_version
    held = version.sections if version is not None else []
    headings = shown_sections(held, [row.section for row, *_more in questions], current_locale())
    return render(
        "quizzes/preview.html",
        page=page,
        questions=questions,
        headings=headings,
        words=plain_words,
    )


def shown_questions(quiz: Quiz) -> list[tuple[Any, Question, tuple[str, ...], str]]:
    """Return a quiz's questions in order: row, words, key and language; two statements."""
    rows = (
        db.session()
        .execute(
            sa.select(
                QuestionVersion.id,
                QuestionRow.content_id,
                QuestionRow.state,
                QuestionRow.fact_ids,
                QuizQuestion.slot,
                QuizQuestion.section,
            )
            .join(QuizQuestion, QuizQuestion.question_version_id == QuestionVersion.id)
            .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
            .where(QuizQuestion.quiz_version_id == quiz.current_version_id)
            .order_by(QuizQuestion.position)
        )
        .all()
    )
    words = queries.newest_words([row[0] for row in rows])
    locale = current_locale()
    shown = []
    for row in rows:
        question = words[row[0]].in_language(locale)
        key = key_texts(question)
        shown.append((row, question, key, words[row[0]].language(locale)))
    return shown


def load_allowance(
    actor: Actor, *, locked: bool, enrolment_id: int, quiz_id: int
) -> Enrolment | None:
    """Load the enrolment that an attempt is given to; the quiz must be of its course."""
    if locked:
        locks.hold_quiz(quiz_id)
    statement = (
        Enrolment.visible_to(actor)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Quiz, Quiz.course_id == Edition.course_id)
        .where(Enrolment.id == enrolment_id, Quiz.id == quiz_id)
    )
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    found: Enrolment | None = db.session().scalars(statement).one_or_none()
    return found


@bp.post("/enrolments/<int:enrolment_id>/quizzes/<int:quiz_id>/attempts")
@writes(GIVE_ATTEMPT, load_allowance)
def give(enrolment: Enrolment) -> Response:
    """Give one more attempt, with a reason."""
    actor = current_actor()
    assert actor is not None
    back = safe_next(request.form.get("next"), url_for("web.home"))
    reason = " ".join(request.form.get("reason", "").split())[:500]
    if not reason:
        flash(_("Nothing was changed. Say in a few words why the attempt is given."), "error")
        return redirect(back)
    quiz = db.session().get(Quiz, int((request.view_args or {})["quiz_id"]))
    assert quiz is not None
    services.give_attempt(enrolment, quiz, by=actor.person_id, reason=reason, now=clock.now())
    flash(_("One more attempt was given at “%(quiz)s”.", quiz=quiz.title_ro), "success")
    return redirect(back)
