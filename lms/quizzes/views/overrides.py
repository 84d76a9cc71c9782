"""Other terms at a quiz for a person or a group: looked at, granted, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.accounts.models import Person
from lms.courses.models import Course, Edition, Enrolment, Group
from lms.quizzes.forms.override_forms import TermsForm, words_of
from lms.quizzes.models import Quiz, QuizOverride
from lms.quizzes.permissions import GRANT_TERMS
from lms.quizzes.services import attempts as services
from lms.quizzes.services import locks, overriding, ruling
from lms.quizzes.services.overriding import NothingGranted
from lms.quizzes.views import bp
from lms.safety.redirects import safe_next
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


@dataclass(frozen=True)
class Grantee:
    """Somebody at a quiz: a person's place, or a group."""

    quiz: Quiz
    course: Course
    edition: Edition
    to: Enrolment | Group

    @property
    def course_id(self) -> int:
        """The course whose trainers may grant."""
        return self.quiz.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers may."""
        return self.edition.id

    @property
    def person_id(self) -> int | None:
        """Whose place it is: nobody grants anything to oneself."""
        return self.to.person_id if isinstance(self.to, Enrolment) else None

    @property
    def name(self) -> str:
        """The person's or the group's name."""
        return self.to.person.full_name if isinstance(self.to, Enrolment) else self.to.name

    @property
    def quiz_title(self) -> str:
        """The quiz's title in the reader's language."""
        return self.quiz.title_en if current_locale() == "en" else self.quiz.title_ro

    @property
    def back(self) -> str:
        """Where one came from."""
        if isinstance(self.to, Enrolment):
            return url_for("participants.see", enrolment_id=self.to.id, _anchor="quizzes-panel")
        return url_for(
            "quizzes.settings",
            slug=self.course.slug,
            quiz_slug=self.quiz.slug,
            _anchor="exceptions",
        )

    @property
    def here(self) -> str:
        """This page."""
        if isinstance(self.to, Enrolment):
            return url_for("quizzes.own_terms", enrolment_id=self.to.id, quiz_id=self.quiz.id)
        return url_for("quizzes.group_terms", group_id=self.to.id, quiz_id=self.quiz.id)


def load_person(actor: Actor, *, locked: bool, enrolment_id: int, quiz_id: int) -> Grantee | None:
    """Load a visible place and a quiz of its course; to write, quiz and place are locked."""
    if locked:
        _lock_quiz(quiz_id)
    statement = (
        Enrolment.visible_to(actor)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.edition).joinedload(Edition.programme),
            joinedload(Enrolment.edition).joinedload(Edition.course),
        )
        .where(Enrolment.id == enrolment_id)
    )
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    place = db.session().scalars(statement).one_or_none()
    return None if place is None else _grantee(place, place.edition, quiz_id)


def _lock_quiz(quiz_id: int) -> None:
    """Lock a quiz before anything else of it is looked at; one that is not there is not found."""
    db.session().execute(sa.select(Quiz.id).where(Quiz.id == quiz_id).with_for_update()).all()


def load_group(actor: Actor, *, locked: bool, group_id: int, quiz_id: int) -> Grantee | None:
    """Load a group of a visible edition and a quiz of its course; to write, both are locked."""
    if locked:
        _lock_quiz(quiz_id)
    group = db.session().get(Group, group_id, with_for_update=locked or None)
    if group is None:
        return None
    edition = db.session().scalar(
        Edition.visible_to(actor)
        .where(Edition.id == group.edition_id)
        .options(joinedload(Edition.programme), joinedload(Edition.course))
    )
    return None if edition is None else _grantee(group, edition, quiz_id)


def _grantee(to: Enrolment | Group, edition: Edition, quiz_id: int) -> Grantee | None:
    statement = (
        sa.select(Quiz)
        .options(joinedload(Quiz.current_version))
        .where(Quiz.id == quiz_id, Quiz.course_id == edition.course_id)
    )
    quiz = db.session().scalars(statement).one_or_none()
    return None if quiz is None else Grantee(quiz, edition.course, edition, to)


def load_override(actor: Actor, *, locked: bool, override_id: int) -> QuizOverride | None:
    """Load terms granted to somebody that one may see; to write, as they were granted."""
    if locked:
        _lock_company(override_id)
    editions = Edition.visible_to(actor).with_only_columns(Edition.id)
    statement = (
        sa.select(QuizOverride)
        .outerjoin(Enrolment, Enrolment.id == QuizOverride.enrolment_id)
        .outerjoin(Group, Group.id == QuizOverride.group_id)
        .options(joinedload(QuizOverride.quiz))
        .where(
            QuizOverride.id == override_id,
            sa.or_(Enrolment.edition_id.in_(editions), Group.edition_id.in_(editions)),
        )
    )
    if locked:
        statement = statement.with_for_update(of=QuizOverride)
    found: QuizOverride | None = db.session().scalars(statement).one_or_none()
    return found


def _lock_company(override_id: int) -> None:
    """Lock the quiz that terms are granted at, and whom they are granted to."""
    found = db.session().execute(
        sa.select(QuizOverride.quiz_id, QuizOverride.group_id, QuizOverride.enrolment_id).where(
            QuizOverride.id == override_id
        )
    )
    for quiz_id, group_id, enrolment_id in found.all():
        _lock_quiz(quiz_id)
        if group_id is not None:
            locks.group(group_id)
        else:
            locks.places([enrolment_id])


def _draw(grantee: Grantee, form: TermsForm, status: int = 200) -> Response:
    history = overriding.history_of(grantee.quiz.id, grantee.to)
    people = {row.granted_by_id for row in history} | {
        row.taken_back_by_id for row in history if row.taken_back_by_id
    }
    names = db.session().scalars(sa.select(Person).where(Person.id.in_(people)))
    version = grantee.quiz.current_version
    page = render(
        "quizzes/terms.html",
        grantee=grantee,
        form=form,
        history=history,
        words=words_of,
        people={person.id: person.full_name for person in names},
        settings=services.settings_of(version) if version else None,
        window=ruling.window_of(grantee.quiz.id, grantee.edition_id),
    )
    return make_response(page, status)


@bp.get("/enrolments/<int:enrolment_id>/quizzes/<int:quiz_id>/terms")
@reads(GRANT_TERMS, load_person)
def own_terms(grantee: Grantee) -> Response:
    """Show what a person was granted at a quiz, and ask for more."""
    return _draw(grantee, TermsForm())


@bp.post("/enrolments/<int:enrolment_id>/quizzes/<int:quiz_id>/terms")
@writes(GRANT_TERMS, load_person)
def grant_own_terms(grantee: Grantee) -> Response:
    """Grant a person other terms."""
    return _grant(grantee)


@bp.get("/groups/<int:group_id>/quizzes/<int:quiz_id>/terms")
@reads(GRANT_TERMS, load_group)
def group_terms(grantee: Grantee) -> Response:
    """Show what a group was granted at a quiz, and ask for more."""
    return _draw(grantee, TermsForm())


@bp.post("/groups/<int:group_id>/quizzes/<int:quiz_id>/terms")
@writes(GRANT_TERMS, load_group)
def grant_group_terms(grantee: Grantee) -> Response:
    """Grant a group other terms."""
    return _grant(grantee)


def _me() -> int:
    actor = current_actor()
    assert actor is not None
    return actor.person_id


def _grant(grantee: Grantee) -> Response:
    form: Any = TermsForm.posted()
    is_valid = form.validate()
    granted = form.granted(grantee.edition.programme.zone)
    if not is_valid or granted is None:
        return _draw(grantee, form, 422)
    try:
        overriding.grant(
            grantee.quiz,
            grantee.to,
            granted,
            reason=form.reason.data,
            by=_me(),
            now=clock.now(),
        )
    except NothingGranted:
        form.extra_percent.errors = [_("Choose at least one thing that is to be different.")]
        return _draw(grantee, form, 422)
    flash(
        _(
            "Adjusted conditions apply to %(name)s at “%(quiz)s” from now on.",
            name=grantee.name,
            quiz=grantee.quiz_title,
        ),
        "success",
    )
    return redirect(grantee.here, 303)


@bp.post("/quiz-terms/<int:override_id>/take-back")
@writes(GRANT_TERMS, load_override)
def take_back_terms(override: QuizOverride) -> Response:
    """Take terms back."""
    if overriding.take_back(override, by=_me(), now=clock.now()):
        flash(_("The terms no longer hold. What was answered under them stays."), "success")
    else:
        flash(_("These terms no longer held."), "info")
    return redirect(_after(override), 303)


def _after(override: QuizOverride) -> str:
    """Return to the page of whoever had the terms."""
    if override.enrolment_id is not None:
        own = url_for(
            "quizzes.own_terms", enrolment_id=override.enrolment_id, quiz_id=override.quiz_id
        )
    else:
        own = url_for("quizzes.group_terms", group_id=override.group_id, quiz_id=override.quiz_id)
    return safe_next(request.form.get("next"), own)
