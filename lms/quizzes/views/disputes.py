"""Contesting a question from its result; the trainer's queue, one dispute, its answer."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.courses.models import Edition, Enrolment
from lms.errors import Hidden
from lms.quizzes import queries
from lms.quizzes.corrections.keyed import keyed
from lms.quizzes.disputes import queries as dispute_queries
from lms.quizzes.key_words import given_words, key_texts, plain_words
from lms.quizzes.models import Attempt, AttemptItem, Dispute, DisputeState
from lms.quizzes.permissions import (
    ANSWER_DISPUTE,
    CONTEST,
    CORRECT_QUESTION,
    LIST_DISPUTES,
    SEE_DISPUTE,
)
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.review import Shown
from lms.quizzes.services import disputes, marking, regrading
from lms.quizzes.services.attempts import locked_attempt
from lms.quizzes.services.seeing import shown_to_learner
from lms.quizzes.views import bp
from lms.quizzes.views.taking import load_own_attempt
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

BESIDE: list[Callable[[], Markup]] = []  # what else waits for whoever answers; one line each


@bp.post("/attempts/<int:attempt_id>/disputes")
@writes(CONTEST, load_own_attempt)
def contest(attempt: Attempt) -> Response:
    """Contest a question of one's own result; a second click finds the first one's dispute."""
    item = db.session().get(AttemptItem, whole_number(request.form.get("item")) or 0)
    if item is None or item.attempt_id != attempt.id or not _sees(attempt):
        raise Hidden
    there = url_for("quizzes.result", attempt_id=attempt.id)
    text = request.form.get("text", "")
    try:
        made = disputes.raise_dispute(attempt, item.id, text, now=clock.now())
    except disputes.TooLateToContest:
        flash(_("The days in which this result could be contested are over."), "warning")
        return redirect(there)
    except disputes.NothingSaid:
        flash(_("Nothing was sent. Say in a few words what is wrong with the question."), "error")
        return redirect(f"{there}#q{item.position}t")
    flash(_("Your words were sent to the trainer. The answer comes here and by e-mail."), "success")
    return redirect(f"{there}#d{made.id}")


def _sees(attempt: Attempt) -> bool:
    """Whether the learner may see the answers: what is not seen can't be contested."""
    is_submitted = attempt.state is AttemptState.SUBMITTED
    return is_submitted and Shown.ATTEMPT in shown_to_learner(attempt, now=clock.now())


@bp.get("/disputes")
@reads(LIST_DISPUTES)
def dispute_queue() -> str:
    """List what waits for an answer on the courses that one follows, oldest first."""
    actor = current_actor()
    course = request.args.get("course", "").strip()[:80]
    answered = request.args.get("show") == "answered"
    return render(
        "quizzes/disputes.html",
        lines=dispute_queries.queue(actor, course=course, answered=answered),
        courses=dispute_queries.courses_of(actor),
        course=course,
        answered=answered,
        waiting=dispute_queries.waiting(actor),
        beside=[panel() for panel in BESIDE],
    )


def load_dispute(actor: Actor | None, *, locked: bool, dispute_id: int) -> Dispute | None:
    """Load a dispute with its company; locked, place and attempt first, as every grading does."""
    if locked:
        attempt_id = db.session().scalar(
            sa.select(Dispute.attempt_id).where(Dispute.id == dispute_id)
        )
        if attempt_id is not None:
            locked_attempt(attempt_id)
    statement = (
        Dispute.visible_to(actor)
        .options(
            joinedload(Dispute.attempt).joinedload(Attempt.quiz),
            joinedload(Dispute.attempt).joinedload(Attempt.quiz_version),
            joinedload(Dispute.attempt).joinedload(Attempt.enrolment).joinedload(Enrolment.person),
            joinedload(Dispute.attempt)
            .joinedload(Attempt.enrolment)
            .joinedload(Enrolment.edition)
            .joinedload(Edition.course),
            joinedload(Dispute.item),
        )
        .where(Dispute.id == dispute_id)
    )
    if locked:
        statement = statement.with_for_update(of=Dispute)
    found: Dispute | None = db.session().scalars(statement).unique().one_or_none()
    return found


@bp.get("/disputes/<int:dispute_id>")
@reads(SEE_DISPUTE, load_dispute)
def dispute(dispute: Dispute) -> str:
    """Show a dispute with its question and answer, and the ways to answer it."""
    return _draw(dispute)


def _draw(dispute: Dispute, *, typed: str = "", error: str = "") -> str:
    locale = current_locale()
    attempt = dispute.attempt
    (item,) = queries.paper_of(attempt.id, [dispute.item_id])
    mark = regrading.item_marks(attempt)[dispute.item_id]
    worded = keyed(item.words.in_language(locale), mark.standing.key)
    line = next(x for x in dispute_queries.of_attempt(attempt.id) if x.id == dispute.id)
    waiting = dispute_queries.queue(current_actor())
    return render(
        "quizzes/dispute.html",
        dispute=dispute,
        line=line,
        attempt=attempt,
        item=item,
        mark=mark,
        stem=worded.stem,
        language=item.words.language(locale),
        given=item.rules.response_text(worded, item.payload),
        key=key_texts(worded),
        words=lambda text: plain_words(worded.type, text),
        said=lambda text: given_words(worded.type, text),
        others=len([x for x in disputes.open_on(item.version_id) if x.id != dispute.id]),
        next_id=next((x.id for x in waiting if x.id != dispute.id), None),
        may_answer=ANSWER_DISPUTE.allows(current_actor(), dispute) and line.is_open,
        may_correct=CORRECT_QUESTION.allows(current_actor(), attempt.quiz),
        typed=typed,
        error=error,
    )


@bp.post("/disputes/<int:dispute_id>/answer")
@writes(ANSWER_DISPUTE, load_dispute)
def answer_dispute(dispute: Dispute) -> Response | str:
    """Refuse with a reason, or give this one answer another mark with a reason."""
    actor = current_actor()
    assert actor is not None
    by, now = actor.person_id, clock.now()
    words = request.form.get("reason", "")
    upholds = request.form.get("do") == "mark"
    share = _share(request.form.get("share", "")) if upholds else None
    if not words.strip():
        return _draw(dispute, error=_("Say in a few words why; the learner reads it."))
    if upholds and share is None:
        return _draw(dispute, typed=words, error=_("Write the mark as a number from 0 to 100."))
    try:
        if share is not None:
            done = disputes.uphold_by_hand(dispute, dispute.attempt, share, words, by=by, now=now)
        else:
            done = disputes.answer(dispute, DisputeState.REFUSED, words, by=by, now=now)
    except disputes.AnsweredAlready:
        flash(_("This was answered meanwhile; that answer stands."), "warning")
        return redirect(url_for("quizzes.dispute", dispute_id=dispute.id))
    except (marking.NothingLeft, marking.NotSubmitted):
        flash(_("This answer can’t be marked any more: it is not there."), "warning")
        return redirect(url_for("quizzes.dispute", dispute_id=dispute.id))
    if done:
        flash(_("The answer was sent to the learner."), "success")
    return redirect(url_for("quizzes.dispute_queue"))


def _share(text: str) -> Decimal | None:
    """Read per cent of a question's marks as a fraction; None where it is none."""
    try:
        percent = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return percent / 100 if percent.is_finite() and 0 <= percent <= 100 else None
