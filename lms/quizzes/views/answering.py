"""An open attempt: the paper, each answer as it is given, the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.quizzes import queries
from lms.quizzes.errors import AttemptClosed
from lms.quizzes.key_words import plain_words
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import SAVE_ANSWER, SEE_PAPER, SUBMIT_ATTEMPT
from lms.quizzes.queries import PaperItem
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, Fate
from lms.quizzes.rules.merging import Placing
from lms.quizzes.rules.sections import parts_of, section_at, shown_sections
from lms.quizzes.rules.settings import Navigation
from lms.quizzes.services import attempts as services
from lms.quizzes.views import bp, checks
from lms.quizzes.views.posted import given, key, not_uploaded, told, writer
from lms.quizzes.views.taking import load_own_attempt, load_to_submit
from lms.quizzes.words import upload_words
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, format_time
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.templating import render


@bp.get("/attempts/<int:attempt_id>")
@reads(SEE_PAPER, load_own_attempt)
def paper(attempt: Attempt) -> Response:
    """Show the paper with the answers given so far."""
    now = clock.now()
    if attempt.state is not AttemptState.OPEN:
        flash(_("This attempt is submitted: its answers can’t be changed any more."), "info")
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    fate = services.fate_of(attempt, now=now)
    if fate is Fate.WAITS:
        return _draw_waiting(attempt)
    if fate is not Fate.RUNS:
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    return _draw_paper(attempt, queries.paper_of(attempt.id), asks="asks" in request.args)


def _draw_paper(attempt: Attempt, items: list[PaperItem], *, asks: bool = False) -> Response:
    """Draw the paper; no cache keeps it, so „back” after the end asks again, and its key stays out.

    The key encrypts what waits in the browser while the line is down.
    """
    settings = services.settings_of(attempt.quiz_version)
    shown = items
    at = None
    is_sequential = settings.navigation is Navigation.SEQUENTIAL
    if settings.is_one_by_one:
        asked = attempt.reached if is_sequential else whole_number(request.values.get("q")) or 1
        at = min(max(asked, 1), len(items))
        shown = [items[at - 1]]
    held, locale = attempt.quiz_version.sections, current_locale()
    placed = [item.section for item in items]
    headings = shown_sections(held, placed, locale)
    now = clock.now()
    unanswered = [i for i in items if not i.is_answered]
    to_revisit = [i for i in items if not i.is_answered or (i.is_flagged and not is_sequential)]
    saved = [i.received_at for i in items if i.received_at is not None]
    page = render(
        "quizzes/paper.html",
        attempt=attempt,
        settings=settings,
        items=items,
        shown=shown,
        headings=headings if at is None else section_at(held, placed, at, locale),
        parts_of_paper=parts_of(items, headings),
        at=at,
        asks=asks and bool(to_revisit),
        unanswered=unanswered,
        to_revisit=to_revisit,
        saved_at=max(saved) if saved else None,
        time_left=attempt_rules.shown_time(settings, now=now, due=attempt.due_at),
        until=attempt.due_at,
        is_sequential=is_sequential,
        checked=checks.shown_of(shown, settings, attempt.id),
        levels=checks.LEVELS,
        words=plain_words,
        key=secrets.token_hex(8),
        browser_key=browser_key(attempt),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _draw_waiting(attempt: Attempt) -> Response:
    """Say that the time is over and that the attempt may still be submitted as it is."""
    settings = services.settings_of(attempt.quiz_version)
    items = queries.paper_of(attempt.id)
    page = render(
        "quizzes/waiting.html",
        attempt=attempt,
        answered=sum(item.is_answered for item in items),
        total=len(items),
        until=attempt_rules.submit_until(settings, attempt.due_at),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def browser_key(attempt: Attempt) -> str:
    """Derive the key that this person's browser encrypts unsent answers of this attempt with."""
    told = f"answers:{attempt.person_id}:{attempt.id}".encode()
    made = hmac.new(str(current_app.secret_key).encode(), told, hashlib.sha256)
    return base64.b64encode(made.digest()).decode()


@bp.post("/attempts/<int:attempt_id>/answers")
@writes(SAVE_ANSWER, load_own_attempt)
def save(attempt: Attempt) -> Response:
    """Save answers as they are given and say when; scripts get JSON, forms the paper again."""
    now = clock.now()
    here = url_for("quizzes.paper", attempt_id=attempt.id)
    try:
        saved = services.save_answers(attempt, given(), key=key(), now=now, writer=writer())
    except AttemptClosed as refusal:
        message = _closed_to_answers(refusal)
        if wants_json():
            response = jsonify(error=message, closed=True, kept=refusal.kept)
            response.status_code = 409
            return response
        flash(message, "warning")
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    notice = told(saved)
    if wants_json():
        return jsonify(
            saved_at=format_time(now, seconds=True),
            message=_("Saved at %(time)s", time=format_time(now, seconds=True)),
            notice=notice,
            sequences=saved.sequences,
            beside=[i for i, p in saved.placings.items() if p in {Placing.BESIDE, Placing.BEHIND}],
        )
    if notice:
        flash(notice, "warning")
    if names := not_uploaded():
        flash(upload_words.not_uploaded(names), "warning")
    flash(_("Your answers are saved (%(time)s).", time=format_time(now, seconds=True)), "success")
    go = whole_number(request.form.get("go"))
    if go is not None:
        services.move_on(attempt, go)
    return redirect(here if go is None else f"{here}?q={go}")


def _closed_to_answers(refusal: AttemptClosed) -> str:
    if refusal.kept:
        return _(
            "This attempt was closed before the answer arrived. It is kept and your trainer can "
            "see it, but it does not count; answers saved before do."
        )
    return _("This attempt is closed: the answer was not added. Answers saved before count.")


@bp.post("/attempts/<int:attempt_id>/submit")
@writes(SUBMIT_ATTEMPT, load_to_submit)
def submit(attempt: Attempt) -> Response:
    """Save what the form carries, then submit; ask once more where questions are unanswered.

    Once the time is up nothing is asked: what the form carried within the grace counts.
    """
    now = clock.now()
    there = url_for("quizzes.result", attempt_id=attempt.id)
    if attempt.state is not AttemptState.OPEN:
        flash(_("This attempt was already submitted; its result stands."), "info")
        return redirect(there)
    if answers := given():
        try:
            saved = services.save_answers(attempt, answers, key=key(), now=now, writer=writer())
        except AttemptClosed:
            flash(
                _("The time was over when the form arrived. Answers saved before count."),
                "warning",
            )
        else:
            if notice := told(saved):
                flash(notice, "warning")
    items = queries.paper_of(attempt.id)
    confirmed = request.form.get("confirmed") == "1"
    is_up = attempt.due_at is not None and now >= attempt.due_at
    chosen = [] if is_up else not_uploaded()
    if chosen:
        flash(upload_words.not_uploaded(chosen), "warning")
    is_unfinished = any(not i.is_answered or i.is_flagged for i in items)
    if chosen or (not confirmed and not is_up and is_unfinished):
        at = whole_number(request.form.get("q"))
        return redirect(url_for("quizzes.paper", attempt_id=attempt.id, asks=1, q=at))
    try:
        services.submit_attempt(attempt, now=now)
    except AttemptClosed:
        flash(_("The attempt could no longer be submitted; its answers are kept."), "warning")
    return redirect(there)
