"""A quiz's page of settings: its rules, what learners see and when, each edition's dates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, reads, writes
from lms.courses.models import Edition
from lms.courses.views.learning import CoursePage, load_course
from lms.quizzes import desk
from lms.quizzes.forms.draw_forms import DrawRow, posted_rows, rows_of, shortage_words, values_of
from lms.quizzes.forms.override_forms import words_of
from lms.quizzes.forms.settings_forms import (
    MOMENT_HINTS,
    MOMENT_WORDS,
    SHOWN_WORDS,
    SettingsForm,
    WindowForm,
    window_form,
)
from lms.quizzes.models import QuizPlace
from lms.quizzes.permissions import (
    CHANGE_SETTINGS,
    EDIT_QUIZ,
    GRANT_TERMS,
    SEE_SETTINGS,
    SET_WINDOW,
)
from lms.quizzes.rules import review
from lms.quizzes.rules.draws import Draw
from lms.quizzes.rules.review import PRESETS, Moment, Shown, may_be_set
from lms.quizzes.rules.settings import MOST_DISPUTE_DAYS
from lms.quizzes.services import asking, bank_draws, locks, overriding, ruling
from lms.quizzes.services.ruling import AlreadyTaken, ClosesFirst
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/settings")
@reads(SEE_SETTINGS, load_quiz)
def settings(page: QuizPage) -> Response:
    """Show a quiz's rules with what learners see at each moment."""
    form = SettingsForm.of(page.settings)
    _offer(form, page)
    if (short := _supply(page, page.settings.draws).shortage) is not None:
        form.draws_error = shortage_words(short)
    return _draw(page, form)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/settings")
@writes(CHANGE_SETTINGS, load_quiz)
def set_settings(page: QuizPage) -> Response:
    """Save the rules as a new version, or show what they would show; or take the quiz back."""
    if request.form.get("do") == "take_back":
        return _take_back(page)
    form = SettingsForm.posted()
    _offer(form, page)
    rows = posted_rows(request.form)
    is_sound = form.read(
        request.form.getlist("shows"), values_of(rows) if rows is not None else None
    )
    if is_sound and form.settings is not None:
        supply = _supply(page, form.settings.draws)
        if supply.shortage is not None:
            form.draws_error, is_sound = shortage_words(supply.shortage), False
    if request.form.get("preview") == "1" or not is_sound or form.settings is None:
        return _draw(page, form, 200 if is_sound else 422, rows=rows)
    if ruling.change_settings(page.quiz, form.settings, by=_me(), now=clock.now()):
        flash(
            _(
                "The settings are saved. They hold for attempts that begin from now on; what "
                "learners see holds for all."
            ),
            "success",
        )
    else:
        flash(_("Nothing was different: the settings are as they were."), "info")
    return _back(page)


@bp.post("/courses/<slug>/quizzes/contest-days")
@writes(EDIT_QUIZ, load_course)
def set_contest_days(page: CoursePage) -> Response:
    """Say for how long results of the course may be contested, where a test says nothing."""
    written = (request.form.get("dispute_days") or "").strip()
    days = 0 if not written else whole_number(written)
    if days is None or days > MOST_DISPUTE_DAYS:
        flash(_("Nothing was changed. Write a number of days, at most 365."), "error")
    elif ruling.set_contest_days(page.course_id, days, by=_me()):
        flash(_("Saved. It holds for results that are already there, too."), "success")
    return redirect(url_for("quizzes.workshop", slug=page.outline.slug), 303)


def _take_back(page: QuizPage) -> Response:
    if page.quiz.is_course_test:
        flash(_("A test of the whole course stays as long as the course names it."), "error")
        return _back(page)
    try:
        is_back = ruling.take_back(page.quiz, by=_me(), now=clock.now())
    except AlreadyTaken as refused:
        flash(
            ngettext(
                "Nothing was changed: %(num)s person has begun this test meanwhile.",
                "Nothing was changed: %(num)s people have begun this test meanwhile.",
                refused.people,
            ),
            "error",
        )
        return _back(page, "take-back")
    if is_back:
        flash(_("The test is a draft again: learners no longer see it."), "success")
    else:
        flash(_("The test is not published: there is nothing to take back."), "info")
    return _back(page)


def _me() -> int:
    actor = current_actor()
    assert actor is not None
    return actor.person_id


def _back(page: QuizPage, anchor: str | None = None) -> Response:
    return redirect(
        url_for(
            "quizzes.settings",
            slug=page.outline.slug,
            quiz_slug=page.quiz.slug,
            _anchor=anchor,
        ),
        303,
    )


def _offer(form: SettingsForm, page: QuizPage) -> None:
    may_wait = page.quiz.place is QuizPlace.START
    form.offer(page.settings, is_course_test=page.quiz.is_course_test, may_wait=may_wait)


@dataclass(frozen=True)
class Dates:
    """An edition with when it may take the quiz."""

    edition: Edition
    form: WindowForm
    has_password: bool
    may_set: bool
    may_grant: bool


def _dates(page: QuizPage, typed: tuple[int, WindowForm] | None) -> list[Dates]:
    editions = db.session().scalars(
        Edition.visible_to(current_actor())
        .where(Edition.course_id == page.course_id)
        .options(joinedload(Edition.programme), selectinload(Edition.groups))
        .order_by(Edition.starts_on.desc(), Edition.id)
    )
    windows = ruling.windows_of(page.quiz.id)
    found = []
    for edition in editions:
        window = windows.get(edition.id)
        form = window_form(
            window.opens_at if window else None,
            window.closes_at if window else None,
            edition.programme.zone,
        )
        if typed is not None and typed[0] == edition.id:
            form = typed[1]
        found.append(
            Dates(
                edition,
                form,
                has_password=window is not None and window.password_digest is not None,
                may_set=may(SET_WINDOW.name, edition),
                may_grant=may(GRANT_TERMS.name, edition),
            )
        )
    return found


def _draw(
    page: QuizPage,
    form: SettingsForm,
    status: int = 200,
    *,
    typed: tuple[int, WindowForm] | None = None,
    rows: list[DrawRow] | None = None,
) -> Response:
    dates = _dates(page, typed)
    known = form.settings.draws if form.settings is not None else page.settings.draws
    if rows is None or form.settings is not None:
        rows = rows_of(known, _supply(page, known).fits)
    else:
        rows = [*rows, DrawRow()]
    behaviour = form.behaviour.data
    return make_response(
        render(
            "quizzes/settings.html",
            frame=desk.frame_of(page, "settings"),
            page=page,
            form=form,
            review=form.review,
            moments=[(m, MOMENT_WORDS[m], MOMENT_HINTS[m]) for m in Moment],
            things=[(s, SHOWN_WORDS[s]) for s in Shown],
            may_be_set=may_be_set,
            shown_at={m.value: form.review.at(m) for m in Moment},
            presets={name.value: _as_json(known) for name, known in PRESETS.items()},
            checks=behaviour not in {"deferred", "deferred_cbm"},
            dates=dates,
            exceptions=overriding.standing_of_quiz(
                page.quiz.id,
                Edition.visible_to(current_actor()).with_only_columns(Edition.id),
            ),
            words=words_of,
            course_days=ruling.contest_days_of(page.course_id),
            draw_rows=rows,
            bank=bank_draws.choices_of(page.course_id),
            headings=headings_of(page),
            no_close=not any(d.form.closes_on.data for d in dates),
            may_change=may(CHANGE_SETTINGS.name, page),
            asked=asking.asked_in(page.outline),
            taken=asking.taken_by(page.quiz.id),
        ),
        status,
    )


def _supply(page: QuizPage, draws: Sequence[Draw]) -> bank_draws.Supply:
    """Tell whether the bank suffices for draws now."""
    fixed = bank_draws.fixed_in(page.quiz.current_version_id) if draws else set()
    return bank_draws.supply_of(page.course_id, draws, fixed)


def headings_of(page: QuizPage) -> list[str]:
    """List the headings that a draw may stand under."""
    version = page.quiz.current_version
    return [section["title"] for section in version.sections] if version is not None else []


def _as_json(known: review.Review) -> str:
    return json.dumps({m.value: sorted(s.value for s in known.at(m)) for m in Moment})


@dataclass(frozen=True)
class EditionOfQuiz:
    """A quiz for one edition of its course."""

    page: QuizPage
    edition: Edition

    @property
    def course_id(self) -> int:
        """The course whose trainers may set dates."""
        return self.page.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers may."""
        return self.edition.id


def load_window(
    actor: Actor, *, locked: bool, slug: str, quiz_slug: str, edition_id: int
) -> EditionOfQuiz | None:
    """Load a quiz and a visible edition of its course."""
    page = load_quiz(actor, locked=locked, slug=slug, quiz_slug=quiz_slug)
    if page is None:
        return None
    edition = db.session().scalar(
        Edition.visible_to(actor)
        .where(Edition.id == edition_id, Edition.course_id == page.course_id)
        .options(joinedload(Edition.programme))
    )
    return None if edition is None else EditionOfQuiz(page, edition)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/editions/<int:edition_id>/dates")
@writes(SET_WINDOW, load_window)
def set_window(subject: EditionOfQuiz) -> Response:
    """Say when an edition may take the quiz, and with which password."""
    page, edition = subject.page, subject.edition
    form = WindowForm.posted()
    is_valid = form.validate()
    quiz = locks.quiz(page.quiz.id)
    try:
        if not is_valid:
            raise ClosesFirst
        opens_at, closes_at = form.moments(edition.programme.zone)
        moved = ruling.set_window(
            quiz,
            edition.id,
            opens_at=opens_at,
            closes_at=closes_at,
            password=form.new_password,
            by=_me(),
            now=clock.now(),
        )
    except ClosesFirst:
        if is_valid:
            form.closes_on.errors = [_("It closes after it opens.")]
        shown = SettingsForm.of(page.settings)
        _offer(shown, page)
        return _draw(page, shown, 422, typed=(edition.id, form))
    flash(_("The dates of “%(edition)s” are saved.", edition=edition.title), "success")
    if moved:
        flash(
            ngettext(
                "%(num)s attempt in progress ends at another time now; its answers are kept.",
                "%(num)s attempts in progress end at another time now; their answers are kept.",
                moved,
            ),
            "info",
        )
    return _back(page, "dates")
