"""Whoever has something to do before the first lesson is led to it, kindly."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from lms import db
from lms.courses.errors import GateWaits
from lms.courses.gates import GATES
from lms.courses.queries import Place
from lms.courses.views import bp


def refuse_held(place: Place) -> None:
    """Refuse whoever has something to do before the first lesson."""
    gate = GATES.get(place.waits_for or "")
    if gate is not None and place.is_held:
        raise GateWaits(gate.href(place), gate.lead())


@bp.app_errorhandler(GateWaits)
def explain_gate(error: GateWaits) -> Response:
    """Lead to what comes before the first lesson, and say why."""
    if db.session().in_transaction():
        db.session().rollback()
    flash(error.lead, "info")
    return redirect(error.href)
