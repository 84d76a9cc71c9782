"""Asking the trainer: at a lesson, or about an answer in a submitted test; and one's own list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.courses import queries as course_queries
from lms.courses.services import progress
from lms.courses.views.learning import LessonPage, lesson_href, load_lesson
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.review import Shown
from lms.quizzes.services.seeing import shown_to_learner
from lms.quizzes.views.taking import load_own_attempt
from lms.talk.errors import NothingWritten, TooLong, WrittenTooOften
from lms.talk.permissions import ASK_TRAINER, SEE_LESSON_THREADS, SEE_OWN_THREADS
from lms.talk.queries import threads as queries
from lms.talk.services import threads as services
from lms.talk.views.blueprint import Typed, bp, me
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/learn/threads")
@reads(SEE_OWN_THREADS)
def mine() -> str:
    """List what one asked, and what others asked that is shown to one's edition; where to ask."""
    own, shared = queries.of_person(me())
    newest = {place.course_id: place for place in reversed(course_queries.places_of(me()))}
    asks = [course_queries.standing_of(p) for p in newest.values() if not p.is_held]
    return render("talk/mine.html", own=own, shared=shared, asks=asks)


@bp.get("/courses/<slug>/<module_slug>/<lesson_slug>/threads")
@reads(SEE_LESSON_THREADS, load_lesson)
def lesson_threads(page: LessonPage) -> str:
    """Show what was asked at a lesson, as far as one may read it, and the field to ask."""
    return _draw_lesson(page, Typed.fresh())


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/threads")
@writes(ASK_TRAINER, load_lesson)
def ask_at_lesson(page: LessonPage) -> Response:
    """Ask the trainer at a lesson."""
    assert page.place is not None  # the permission says so
    draw = partial(_draw_lesson, page)
    return _ask(page.place.enrolment_id, draw, lesson_id=page.lesson_id)


def _draw_lesson(page: LessonPage, typed: Typed) -> str:
    actor = current_actor()
    assert actor is not None
    return render(
        "talk/lesson.html",
        page=page,
        href=lesson_href(page.outline, page.lesson_id),
        lines=queries.of_lesson(actor, page.lesson_id),
        reader=actor.person_id,
        typed=typed,
    )


def _ask(enrolment_id: int, draw: Callable[[Typed], str], **about: int) -> Response:
    """Ask what was typed about a lesson or an answer; a refused text is drawn again."""
    enrolment = progress.locked_enrolment(enrolment_id)
    typed = Typed.posted()
    try:
        thread, is_new = services.ask(
            enrolment, typed.text, key=typed.key, now=clock.now(), **about
        )
    except (NothingWritten, TooLong, WrittenTooOften) as why:
        refused = typed.refused(why)
        return make_response(draw(refused), refused.status)
    if is_new:
        flash(
            _("Your question was sent to the trainer. The answer comes here and by e-mail."), "ok"
        )
    else:
        flash(_("This question was sent already; it was not sent again."), "info")
    return redirect(url_for("talk.thread", thread_id=thread.id), 303)


@dataclass(frozen=True)
class AskedItem:
    """A question of one's own submitted attempt."""

    attempt: Attempt
    item_id: int
    position: int

    @property
    def person_id(self) -> int:
        """Whose answer it is."""
        return self.attempt.person_id

    @property
    def course_id(self) -> int:
        """The course it belongs to."""
        return self.attempt.course_id


def load_item(actor: Actor, *, locked: bool, attempt_id: int, item_id: int) -> AskedItem | None:
    """Load an answer that its learner is shown; what is not seen can't be asked about."""
    attempt = load_own_attempt(actor, locked=False, attempt_id=attempt_id)
    if attempt is None or attempt.person_id != actor.person_id:
        return None
    item = db.session().get(AttemptItem, item_id)
    if item is None or item.attempt_id != attempt.id:
        return None
    if attempt.state is not AttemptState.SUBMITTED:
        return None
    if Shown.ATTEMPT not in shown_to_learner(attempt, now=clock.now()):
        return None
    return AskedItem(attempt, item.id, item.position)


load_item.consumes = frozenset({"attempt_id", "item_id"})  # type: ignore[attr-defined]


@bp.get("/attempts/<int:attempt_id>/answers/<int:item_id>/threads")
@reads(ASK_TRAINER, load_item)
def item_threads(asked: AskedItem) -> str:
    """Show what one asked about an answer, and the field to ask."""
    return _draw_item(asked, Typed.fresh())


@bp.post("/attempts/<int:attempt_id>/answers/<int:item_id>/threads")
@writes(ASK_TRAINER, load_item)
def ask_at_item(asked: AskedItem) -> Response:
    """Ask the trainer about an answer in a submitted test."""
    return _ask(asked.attempt.enrolment_id, partial(_draw_item, asked), item_id=asked.item_id)


def _draw_item(asked: AskedItem, typed: Typed) -> str:
    locale = current_locale()
    (item,) = quiz_queries.paper_of(asked.attempt.id, [asked.item_id])
    return render(
        "talk/item.html",
        asked=asked,
        stem=item.words.in_language(locale).stem,
        language=item.words.language(locale),
        lines=queries.of_item(asked.person_id, asked.item_id),
        reader=asked.person_id,
        typed=typed,
    )
