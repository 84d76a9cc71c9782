"""A quiz's statistics for trainers: the test, its questions, and each question by itself."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor, prepares, reads, writing_subject
from lms.audit.services import record
from lms.errors import Hidden
from lms.quizzes import desk
from lms.quizzes.key_words import plain_words
from lms.quizzes.permissions import SEE_RESULTS
from lms.quizzes.results import files, plots, words
from lms.quizzes.results.report import QuizReport, report_of
from lms.quizzes.results.scope import Which, scope_of, which_of
from lms.quizzes.statistics.figures import FEW, SCARCE
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.safety.file_names import content_disposition
from lms.web.i18n import current_locale
from lms.web.templating import render

PAGE = "/courses/<slug>/quizzes/<quiz_slug>/statistics"


def load_results(
    actor: Actor | None, *, locked: bool, slug: str, quiz_slug: str, **_more: Any
) -> QuizPage | None:
    """Load a quiz for whoever follows its results; what else the address names is the view's."""
    return (
        None if actor is None else load_quiz(actor, locked=locked, slug=slug, quiz_slug=quiz_slug)
    )


load_results.consumes = frozenset({"slug", "quiz_slug"})  # type: ignore[attr-defined]


def _report(page: QuizPage) -> QuizReport:
    scope = scope_of(page.quiz, current_actor(), request.args.get("edition", ""))
    which = which_of(request.args.get("attempts", ""), Which.FIRST)
    return report_of(scope, which, page.settings.pass_mark, locale=current_locale())


def _query(report: QuizReport) -> dict[str, Any]:
    """Write what was chosen back into addresses."""
    several = len(report.scope.editions) > 1
    return {
        "edition": report.scope.edition_id if several else None,
        "attempts": None if report.which is Which.FIRST else report.which.value,
    }


@bp.get(PAGE)
@reads(SEE_RESULTS, load_results)
def statistics(page: QuizPage) -> str:
    """Show a test's figures and one line for each question."""
    report = _report(page)
    return render(
        "quizzes/statistics.html",
        page=page,
        frame=desk.frame_of(page, "statistics"),
        report=report,
        query=_query(report),
        words=words,
        choices=list(Which),
        results_plot=plots.results_plot(report),
        questions_plot=plots.questions_plot(report),
        bands=plots.band_names(),
        few=FEW,
        scarce=SCARCE,
    )


@bp.get(f"{PAGE}/<int:version_id>")
@reads(SEE_RESULTS, load_results)
def question_statistics(page: QuizPage, version_id: int) -> str:
    """Show a question with all its figures, who chose what, and what to look at."""
    report = _report(page)
    question = report.question(version_id)
    if question is None:
        raise Hidden
    names = option_names(len(question.table.lines))
    locale = current_locale()
    return render(
        "quizzes/question_statistics.html",
        page=page,
        frame=desk.frame_of(page, "statistics"),
        report=report,
        query=_query(report),
        question=question,
        worded=question.asked.words.in_language(locale),
        language=question.asked.words.language(locale),
        said=plain_words,
        words=words,
        names=names,
        plot=plots.options_plot(question, names),
        beside=_beside(report, version_id),
        few=FEW,
    )


def _beside(report: QuizReport, version_id: int) -> tuple[int | None, int | None]:
    ids = [question.asked.version_id for question in report.questions]
    at = ids.index(version_id)
    return (ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None)


def option_names(count: int) -> list[str]:
    """Name options by letters as papers do; after z by numbers."""
    return [chr(ord("a") + at) + ")" if at < 26 else str(at + 1) for at in range(count)]


@bp.get(f"{PAGE}.<any(xlsx, csv):form>")
@prepares(SEE_RESULTS, load_results)
def statistics_file(page: QuizPage, form: str) -> Response:
    """Hand out the figures as a file, and record it."""
    report = _report(page)
    data = files.statistics_file(report, page.quiz, form, plain_words)
    return handed_out(page, data, f"{page.quiz.slug}-statistica.{form}", form, what="statistics")


def handed_out(page: QuizPage, data: bytes, name: str, form: str, *, what: str) -> Response:
    """Answer with a file that no cache keeps, and record who took it."""
    quiz_id, course_id, by = page.quiz.id, page.course_id, current_actor()
    assert by is not None
    db.end_reading()
    with writing_subject(SEE_RESULTS, load_results) as again:
        record(
            "quiz.exported",
            by=by.person_id,
            on=again.quiz,
            course_id=course_id,
            what=what,
            kind=form,
            quiz=quiz_id,
        )
    response = Response(data)
    response.headers["Content-Type"] = files.TYPES[form]
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response
