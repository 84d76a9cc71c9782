"""A question marked for later: the button's answer, with and without a script."""

from __future__ import annotations

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import writes
from lms.quizzes.errors import AttemptClosed, OddAnswer
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import SAVE_ANSWER
from lms.quizzes.services import attempts as services
from lms.quizzes.services import flagging
from lms.quizzes.views import bp
from lms.quizzes.views.posted import given, key, told, writer
from lms.quizzes.views.taking import load_own_attempt
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json


@bp.post("/attempts/<int:attempt_id>/flag")
@writes(SAVE_ANSWER, load_own_attempt)
def flag(attempt: Attempt) -> Response:
    """Set or take away a mark („12:1”, „12:0”); a form without a script saves its answers too."""
    now = clock.now()
    number, _colon, wanted = request.form.get("flag", "").partition(":")
    item_id = whole_number(number)
    if item_id is None or wanted not in {"0", "1"}:
        raise OddAnswer
    try:
        if answers := given():
            saved = services.save_answers(attempt, answers, key=key(), now=now, writer=writer())
            if notice := told(saved):
                flash(notice, "warning")
        position = flagging.set_flag(attempt, item_id, is_flagged=wanted == "1", now=now)
    except AttemptClosed:
        if wants_json():
            response = jsonify(closed=True)
            response.status_code = 409
            return response
        flash(_("The time was over when the form arrived. Answers saved before count."), "warning")
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    if wants_json():
        return jsonify(flagged=wanted == "1")
    here = url_for("quizzes.paper", attempt_id=attempt.id, q=position, _anchor=f"q{position}")
    return redirect(here)
