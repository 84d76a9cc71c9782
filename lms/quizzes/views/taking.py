"""The learner's way into a quiz: its first page, and the start of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, reads, writes
from lms.courses import queries as course_queries
from lms.courses.closed import why_closed
from lms.courses.models import Course, Edition, EnrolmentState, Lesson, LessonProgress
from lms.courses.outline import LessonEntry, ModuleEntry, Outline, outline_of
from lms.courses.queries import Place, Standing
from lms.courses.views.gates import refuse_held
from lms.quizzes import comparing, entrance, progress, queries
from lms.quizzes.entrance import enough_right
from lms.quizzes.errors import CannotStart, QuizNotReady
from lms.quizzes.models import Attempt, QuestionRevision, Quiz, QuizPlace, QuizQuestion
from lms.quizzes.permissions import SEE_QUIZ, TAKE_QUIZ
from lms.quizzes.provider import key_of
from lms.quizzes.rules.attempt_rules import AttemptState, StartRefusal
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import attempts as services
from lms.quizzes.services import locks, terms
from lms.quizzes.views import bp
from lms.web.i18n import current_locale, format_datetime
from lms.web.i18n import gettext as _
from lms.web.templating import render


@dataclass(frozen=True)
class QuizPage:
    """A quiz as one person meets it."""

    quiz: Quiz
    settings: QuizSettings
    outline: Outline
    place: Place | None
    questions: int  # that an attempt gets
    trained_editions: frozenset[int] = frozenset()  # that the reader trains, and not the course
    read: frozenset[int] = frozenset()  # the lessons of its module that the learner has read
    all_worth_one: bool = False  # each question that may be drawn gives one mark

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

    @property
    def unread(self) -> tuple[LessonEntry, ...]:
        """The lessons of its module that a learner has not marked as read."""
        if self.place is None or self.module is None:
            return ()
        return tuple(lesson for lesson in self.module.lessons if lesson.id not in self.read)

    @property
    def enough(self) -> int | None:
        """How many right answers are needed to pass, where that can be told beforehand."""
        return enough_right(self.settings, self.questions) if self.all_worth_one else None

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


def _lessons_read(enrolment_id: int | None) -> sa.ScalarSelect[str]:
    """Name the lessons of a quiz's module that a place has read, in one value."""
    return (
        sa.select(sa.func.aggregate_strings(sa.cast(LessonProgress.lesson_id, sa.String), ","))
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(
            LessonProgress.enrolment_id == enrolment_id,
            LessonProgress.read_at.is_not(None),
            Lesson.module_id == Quiz.module_id,
        )
        .correlate(Quiz)
        .scalar_subquery()
    )


def _has_other_marks() -> sa.Exists:
    """Whether a question of a quiz's present version is worth anything but one mark."""
    return (
        sa.select(1)
        .select_from(QuizQuestion)
        .join(QuestionRevision, QuestionRevision.version_id == QuizQuestion.question_version_id)
        .where(
            QuizQuestion.quiz_version_id == Quiz.current_version_id,
            QuestionRevision.payload["marks"].as_string() != "1",
        )
        .correlate(Quiz)
        .exists()
    )


def load_quiz(actor: Actor, *, locked: bool, slug: str, quiz_slug: str) -> QuizPage | None:
    """Load a quiz through a place on its course, or for staff.

    Whoever trains the course sees it though it is no longer or not yet open, and has no place at
    it then.
    """
    place = None if actor.runs_everything else course_queries.place_on(actor.person_id, slug)
    statement = (
        sa.select(
            Quiz,
            _slots(),
            _lessons_read(place.enrolment_id if place else None),
            _has_other_marks(),
        )
        .options(sa.orm.joinedload(Quiz.current_version))
        .join(Course, Course.id == Quiz.course_id)
        .where(Course.slug == slug, Quiz.slug == quiz_slug)
    )
    if actor.is_staff:
        statement = statement.where(Quiz.id.in_(Quiz.visible_to(actor).with_only_columns(Quiz.id)))
    elif place is None:
        return None
    else:
        statement = statement.where(Quiz.published_at.is_not(None), Quiz.withdrawn_at.is_(None))
    row = db.session().execute(statement).one_or_none()
    if row is None:
        return None
    quiz, slots, read, has_other_marks = row
    if quiz.current_version is None:
        return None
    if not quiz.is_open:
        place = None
    if place is None:
        version = db.session().scalar(sa.select(Course.version).where(Course.id == quiz.course_id))
        outline = outline_of(quiz.course_id, version or 0)
    else:
        outline = outline_of(place.course_id, place.course_version)
    settings = services.settings_of(quiz.current_version)
    trained = _trained_editions(actor, quiz.course_id)
    drawn = sum(draw.count for draw in settings.draws)  # from the bank
    return QuizPage(
        quiz,
        settings,
        outline,
        place,
        questions=(settings.draw or slots) + drawn,
        trained_editions=trained,
        read=frozenset(int(lesson_id) for lesson_id in (read or "").split(",") if lesson_id),
        all_worth_one=not drawn and not has_other_marks,
    )


def _trained_editions(actor: Actor, course_id: int) -> frozenset[int]:
    """Read the editions of a course that somebody trains who doesn't train the course."""
    if not actor.trains_editions or actor.trains_all or course_id in actor.trains_courses:
        return frozenset()
    return frozenset(
        db.session().scalars(
            sa.select(Edition.id).where(
                Edition.course_id == course_id, Edition.id.in_(actor.trains_editions)
            )
        )
    )


def load_to_take(actor: Actor, *, locked: bool, slug: str, quiz_slug: str) -> QuizPage | None:
    """Load a quiz to start it: its rules and dates stay as they are until the attempt stands."""
    if locked:
        named = sa.select(Quiz.id).join(Course, Course.id == Quiz.course_id)
        named = named.where(Course.slug == slug, Quiz.slug == quiz_slug)
        locks.hold_quiz(named.scalar_subquery())
    return load_quiz(actor, locked=locked, slug=slug, quiz_slug=quiz_slug)


@bp.get("/courses/<slug>/quizzes/<quiz_slug>")
@reads(SEE_QUIZ, load_quiz)
def quiz(page: QuizPage) -> str:
    """Say what the quiz asks, how it is marked, and how one's attempts went."""
    if page.place is None:
        return render("quizzes/quiz.html", page=page, entry=None, settings=page.settings)
    refuse_held(page.place)
    everything, on_paper = queries.results_of(page.place.enrolment_id)
    lines = [line for line in everything if line.quiz_id == page.quiz.id]
    papers = [line for line in on_paper if line.quiz_id == page.quiz.id and line.stands]
    held = terms.terms_for(page.place.enrolment_id, page.quiz.id, page.settings)
    is_over = shows_percents(page.quiz, page.outline, [*everything, *on_paper])
    entry = entrance.entry_of(page.settings, held, lines, now=clock.now(), is_final_taken=is_over)
    return render(
        "quizzes/quiz.html",
        page=page,
        settings=entry.settings,
        entry=entry,
        lines=lines,
        compared=comparing.compare(
            [line for line in lines if line.state.is_closed],
            entry.settings.method,
            entry.with_marks,
        ),
        papers=papers,
        left=entry.left,
        open_line=next((a for a in lines if a.state is AttemptState.OPEN), None),
        has_passed=any(x.is_done for x in lines) or any(x.is_done for x in papers),
        shows_percents=is_over,
    )


def shows_percents(quiz: Quiz, outline: Outline, lines: Sequence[queries.Line]) -> bool:
    """Tell whether a learner may see results: those of a first test wait for the last one."""
    return quiz.place is not QuizPlace.START or progress.is_final_taken(outline, lines)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/start")
@writes(TAKE_QUIZ, load_to_take)
def start(page: QuizPage) -> Response:
    """Start an attempt, or go on with the open one."""
    assert page.place is not None
    refuse_held(page.place)
    here = url_for("quizzes.quiz", slug=page.outline.slug, quiz_slug=page.quiz.slug)
    standing = course_queries.standing_of(page.place)
    if not page.is_open(standing):
        flash(_closed_sentence(page, standing), "info")
        return redirect(url_for("courses.course", slug=page.outline.slug))
    if page.quiz.is_course_test and _was_taken_on_paper(page, standing):
        flash(_("You have taken this test on paper; it is taken once."), "info")
        return redirect(here)
    try:
        attempt = services.start_attempt(
            page.place.enrolment_id,
            page.quiz,
            now=clock.now(),
            password=(request.form.get("password") or "")[:200],
        )
    except CannotStart as error:
        flash(_refusal(error), "warning")
        return redirect(here)
    except QuizNotReady:
        flash(_("This test has no questions ready yet. Please ask your trainer."), "warning")
        return redirect(here)
    return redirect(url_for("quizzes.paper", attempt_id=attempt.id))


def _was_taken_on_paper(page: QuizPage, standing: Standing) -> bool:
    state = standing.states.get(key_of(page.quiz.id))
    return state is not None and state.is_on_paper


def _closed_sentence(page: QuizPage, standing: Standing) -> str:
    first = standing.due_at_start
    if first is not None:
        return _("Please take “%(test)s” first.", test=first.title(current_locale()))
    if page.module is None:
        return _("This test opens once you have completed all modules.")
    return _("This test opens with its module. %(why)s", why=why_closed(standing, page.module))


def _refusal(refusal: CannotStart) -> str:
    """Say why no attempt starts, and what is to be done; nothing was used up by it."""
    when = format_datetime(refusal.until) if refusal.until else ""
    reason = refusal.reason
    if reason is StartRefusal.NONE_LEFT:
        return _(
            "You have used all your attempts; the best result stands. "
            "Your trainer or the registrar can give you one more."
        )
    if reason is StartRefusal.NOT_YET_OPEN:
        return _("This test opens on %(when)s. Please come back then.", when=when)
    if reason is StartRefusal.TOO_SOON:
        return _(
            "Between two attempts there is a pause. The next one may start on %(when)s; "
            "your results so far are kept.",
            when=when,
        )
    if reason is StartRefusal.WRONG_PASSWORD:
        return _(
            "That is not the password of this test. No attempt was used. "
            "Ask your trainer for the word and write it again."
        )
    if reason is StartRefusal.TOO_MANY_TRIES:
        return _(
            "Too many wrong passwords. No attempt was used. "
            "Wait a quarter of an hour and ask your trainer for the word."
        )
    return _("This test is closed. Your results are kept; your trainer can open it for you.")


def load_attempt(
    actor: Actor, *, locked: bool, attempt_id: int, also: Any = None
) -> Attempt | None:
    """Load an attempt with its company; a learner who has left sees it, but can't go on."""
    statement = services.with_company(Attempt.visible_to(actor).where(Attempt.id == attempt_id))
    if also is not None:
        statement = statement.options(also)
    if locked:
        statement = statement.with_for_update(of=Attempt)
    attempt: Attempt | None = db.session().scalars(statement).one_or_none()
    return attempt


def load_to_submit(actor: Actor, *, locked: bool, attempt_id: int) -> Attempt | None:
    """Load one's own attempt to be graded: its quiz and place are locked before it."""
    if locked:
        locks.company_of(attempt_id)
    return load_own_attempt(actor, locked=locked, attempt_id=attempt_id)


def load_own_attempt(actor: Actor, *, locked: bool, attempt_id: int) -> Attempt | None:
    """Load one's own attempt on a place that is still held."""
    attempt = load_attempt(actor, locked=locked, attempt_id=attempt_id)
    if attempt is None or attempt.enrolment.state is not EnrolmentState.ACTIVE:
        return None
    return attempt
