"""The learner's way through a quiz: first page, paper, result."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, reads, writes
from lms.courses import queries as course_queries
from lms.courses.activities import Activity
from lms.courses.models import Course, EnrolmentState
from lms.courses.outline import ModuleEntry, Outline, outline_of
from lms.courses.queries import Place, Standing
from lms.courses.views.gates import refuse_held
from lms.quizzes import attempt_rules, progress, queries
from lms.quizzes.attempt_rules import AttemptState, StartRefusal
from lms.quizzes.errors import AttemptClosed, CannotStart, OddAnswer, QuizNotReady
from lms.quizzes.models import Attempt, Quiz, QuizPlace, QuizQuestion
from lms.quizzes.permissions import (
    SAVE_ANSWER,
    SEE_PAPER,
    SEE_QUIZ,
    SUBMIT_ATTEMPT,
    TAKE_QUIZ,
)
from lms.quizzes.provider import key_of
from lms.quizzes.queries import PaperItem
from lms.quizzes.services import attempts as services
from lms.quizzes.settings import Layout, QuizSettings
from lms.quizzes.views import bp
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, format_time
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.templating import render


@dataclass(frozen=True)
class QuizPage:
    """A quiz as one person meets it."""

    quiz: Quiz
    settings: QuizSettings
    outline: Outline
    place: Place | None
    questions: int  # that an attempt gets

    @property
    def course_id(self) -> int:
        """The course that the quiz belongs to."""
        return self.outline.course_id

    @property
    def person_id(self) -> int | None:
        """Who would take it."""
        return self.place.person_id if self.place else None

    @property
    def module(self) -> ModuleEntry | None:
        """The module it belongs to; a test of the whole course belongs to none."""
        module_id = self.quiz.module_id
        return None if module_id is None else self.outline.module(module_id)

    def is_open(self, standing: Standing) -> bool:
        """Whether an attempt may be begun."""
        if self.quiz.module_id is not None:
            return self.quiz.module_id in standing.open_modules
        return any(
            activity.key == key_of(self.quiz.id) and standing.is_open(activity)
            for activity in self.outline.activities
        )


def _slots() -> sa.ScalarSelect[int]:
    """Count the slots of a quiz's present version."""
    of_its_own = sa.cast(QuizQuestion.position, sa.String)
    slot = sa.func.coalesce(sa.literal("s") + QuizQuestion.slot, of_its_own)
    return (
        sa.select(sa.func.count(sa.distinct(slot)))
        .where(QuizQuestion.quiz_version_id == Quiz.current_version_id)
        .correlate(Quiz)
        .scalar_subquery()
    )


def load_quiz(actor: Actor, *, locked: bool, slug: str, quiz_slug: str) -> QuizPage | None:
    """Load a quiz through a place on its course, or for staff."""
    place = None if actor.runs_everything else course_queries.place_on(actor.person_id, slug)
    statement = (
        sa.select(Quiz, _slots())
        .options(sa.orm.joinedload(Quiz.current_version))
        .join(Course, Course.id == Quiz.course_id)
        .where(Course.slug == slug, Quiz.slug == quiz_slug)
    )
    if place is None:
        statement = statement.where(Quiz.id.in_(Quiz.visible_to(actor).with_only_columns(Quiz.id)))
        if not actor.is_staff:
            return None
    else:
        statement = statement.where(Quiz.published_at.is_not(None), Quiz.withdrawn_at.is_(None))
    row = db.session().execute(statement).one_or_none()
    if row is None:
        return None
    quiz, slots = row
    if quiz.current_version is None:
        return None
    if place is None:
        version = db.session().scalar(sa.select(Course.version).where(Course.id == quiz.course_id))
        outline = outline_of(quiz.course_id, version or 0)
    else:
        outline = outline_of(place.course_id, place.course_version)
    settings = services.settings_of(quiz.current_version)
    return QuizPage(quiz, settings, outline, place, settings.draw or slots)


@bp.get("/courses/<slug>/quizzes/<quiz_slug>")
@reads(SEE_QUIZ, load_quiz)
def quiz(page: QuizPage) -> str:
    """Say what the quiz asks, how it is marked, and how one's attempts went."""
    lines: list[queries.AttemptLine] = []
    papers: list[queries.PaperLine] = []
    held: list[queries.Line] = []
    left: int | None = None
    shows = True
    if page.place is not None:
        refuse_held(page.place)
        everything, on_paper = queries.results_of(page.place.enrolment_id)
        lines = [line for line in everything if line.quiz_id == page.quiz.id]
        papers = [line for line in on_paper if line.quiz_id == page.quiz.id and line.stands]
        held = [*lines, *papers]
        extra = queries.extra_attempts(page.place.enrolment_id, page.quiz.id)
        left = attempt_rules.attempts_left(page.settings, len(lines), extra)
        shows = shows_percents(page.quiz, page.outline, [*everything, *on_paper])
    return render(
        "quizzes/quiz.html",
        page=page,
        lines=lines,
        papers=papers,
        left=left,
        open_line=next((a for a in lines if a.state is AttemptState.OPEN), None),
        has_passed=any(line.is_done for line in held),
        shows_percents=shows,
    )


def shows_percents(quiz: Quiz, outline: Outline, lines: Sequence[queries.Line]) -> bool:
    """Tell whether a learner may see results: those of a first test wait for the last one."""
    return quiz.place is not QuizPlace.START or progress.is_final_taken(outline, lines)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/start")
@writes(TAKE_QUIZ, load_quiz)
def start(page: QuizPage) -> Response:
    """Start an attempt, or go on with the open one."""
    assert page.place is not None
    refuse_held(page.place)
    here = url_for("quizzes.quiz", slug=page.outline.slug, quiz_slug=page.quiz.slug)
    standing = course_queries.standing_of(page.place)
    if not page.is_open(standing):
        flash(_closed_sentence(page, standing), "info")
        return redirect(here)
    if page.quiz.is_course_test and _was_taken_on_paper(page, standing):
        flash(_("You have taken this test on paper; it is taken once."), "info")
        return redirect(here)
    try:
        attempt = services.start_attempt(page.place.enrolment_id, page.quiz, now=clock.now())
    except CannotStart as error:
        flash(_refusal(error.reason), "warning")
        return redirect(here)
    except QuizNotReady:
        flash(_("This test has no questions ready yet. Please ask your trainer."), "warning")
        return redirect(here)
    return redirect(url_for("quizzes.paper", attempt_id=attempt.id))


def _was_taken_on_paper(page: QuizPage, standing: Standing) -> bool:
    state = standing.states.get(key_of(page.quiz.id))
    return state is not None and state.is_on_paper


def _closed_sentence(page: QuizPage, standing: Standing) -> str:
    waiting = standing.waits_for
    if isinstance(waiting, Activity):
        return _("Please take “%(test)s” first.", test=waiting.title(current_locale()))
    if page.module is None:
        return _("This test opens once you have completed all modules.")
    return _("This test opens once you have completed the modules before it.")


def _refusal(reason: StartRefusal) -> str:
    if reason is StartRefusal.NONE_LEFT:
        return _(
            "You have used all your attempts; the best result stands. "
            "Your trainer or the registrar can give you one more."
        )
    if reason is StartRefusal.NOT_YET_OPEN:
        return _("This test is not open yet.")
    return _("This test is closed.")


def load_attempt(actor: Actor, *, locked: bool, attempt_id: int) -> Attempt | None:
    """Load an attempt with its company; a learner who has left sees it, but can't go on."""
    statement = services.with_company(Attempt.visible_to(actor).where(Attempt.id == attempt_id))
    if locked:
        statement = statement.with_for_update(of=Attempt)
    attempt: Attempt | None = db.session().scalars(statement).one_or_none()
    return attempt


def load_own_attempt(actor: Actor, *, locked: bool, attempt_id: int) -> Attempt | None:
    """Load one's own attempt on a place that is still held."""
    attempt = load_attempt(actor, locked=locked, attempt_id=attempt_id)
    if attempt is None or attempt.enrolment.state is not EnrolmentState.ACTIVE:
        return None
    return attempt


@bp.get("/attempts/<int:attempt_id>")
@reads(SEE_PAPER, load_own_attempt)
def paper(attempt: Attempt) -> Response | str:
    """Show the paper with the answers given so far."""
    now = clock.now()
    closed = attempt.state is not AttemptState.OPEN
    if closed or attempt_rules.is_overdue(attempt.state, now=now, due=attempt.due_at):
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    return _draw_paper(attempt, queries.paper_of(attempt.id))


def _draw_paper(attempt: Attempt, items: list[PaperItem], *, asks: bool = False) -> str:
    settings = services.settings_of(attempt.quiz_version)
    shown = items
    at = None
    if settings.layout is Layout.ONE:
        at = min(max(whole_number(request.values.get("q")) or 1, 1), len(items))
        shown = [items[at - 1]]
    saved = [i.received_at for i in items if i.received_at is not None]
    return render(
        "quizzes/paper.html",
        attempt=attempt,
        settings=settings,
        items=items,
        shown=shown,
        at=at,
        asks=asks,
        unanswered=[i for i in items if not i.is_answered],
        saved_at=max(saved) if saved else None,
        time_left=attempt_rules.time_left(now=clock.now(), due=attempt.due_at),
        key=secrets.token_hex(8),
    )


def _given() -> Mapping[int, dict[str, list[str]]]:
    """Read the questions that the form carries: „item” fields name them, fields are prefixed."""
    found: dict[int, dict[str, list[str]]] = {}
    for text in request.form.getlist("item")[:500]:
        number = whole_number(text)
        if number is None:
            raise OddAnswer
        prefix = f"i{text}-"
        found[number] = {
            name[len(prefix) :]: request.form.getlist(name)
            for name in request.form
            if name.startswith(prefix)
        }
    return found


def _key() -> str:
    return (request.form.get("key") or secrets.token_hex(8))[:64]


@bp.post("/attempts/<int:attempt_id>/answers")
@writes(SAVE_ANSWER, load_own_attempt)
def save(attempt: Attempt) -> Response:
    """Save answers as they are given and say when; scripts get JSON, forms the paper again."""
    now = clock.now()
    here = url_for("quizzes.paper", attempt_id=attempt.id)
    try:
        services.save_answers(attempt, _given(), key=_key(), now=now)
    except AttemptClosed:
        message = _("This attempt is closed: the answer was not added. Answers saved before count.")
        if wants_json():
            response = jsonify(error=message, closed=True)
            response.status_code = 409
            return response
        flash(message, "warning")
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    if wants_json():
        return jsonify(
            saved_at=format_time(now, seconds=True),
            message=_("Saved at %(time)s", time=format_time(now, seconds=True)),
        )
    flash(_("Your answers are saved (%(time)s).", time=format_time(now, seconds=True)), "success")
    go = whole_number(request.form.get("go"))
    return redirect(here if go is None else f"{here}?q={go}")


@bp.post("/attempts/<int:attempt_id>/submit")
@writes(SUBMIT_ATTEMPT, load_own_attempt)
def submit(attempt: Attempt) -> Response | str:
    """Save what the form carries, then submit; ask once more where questions are unanswered."""
    now = clock.now()
    there = url_for("quizzes.result", attempt_id=attempt.id)
    if attempt.state is not AttemptState.OPEN:
        flash(_("This attempt was already submitted; its result stands."), "info")
        return redirect(there)
    if given := _given():
        try:
            services.save_answers(attempt, given, key=_key(), now=now)
        except AttemptClosed:
            flash(
                _("The time was over when the form arrived. Answers saved before count."),
                "warning",
            )
    items = queries.paper_of(attempt.id)
    confirmed = request.form.get("confirmed") == "1"
    overdue = attempt_rules.is_overdue(attempt.state, now=now, due=attempt.due_at)
    if not confirmed and not overdue and any(not i.is_answered for i in items):
        return _draw_paper(attempt, items, asks=True)
    services.submit_attempt(attempt, now=now)
    return redirect(there)
