"""Which certificates of the register an act is meant for: those ticked, or all that is shown."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.certificates.errors import NothingChosen, TooManyAtOnce
from lms.certificates.paper import PaperGap
from lms.certificates.queries import RegisterLine
from lms.certificates.states import CertificateState
from lms.certificates.views.blueprint import ids_of
from lms.certificates.views.register import sorted_lines, wanted_from
from lms.web.i18n import gettext as _

FILTERS = ("edition", "state", "series", "year", "paper", "q")
_VALID = frozenset({CertificateState.VALID})


def chosen(
    most: int, states: Collection[CertificateState] = _VALID, *, order: str = "name"
) -> list[RegisterLine]:
    """Return the certificates in these states that were ticked, or all that the filters show.

    Raises NothingChosen, TooManyAtOnce.
    """
    values = request.form.to_dict()
    ticked = ids_of(request.form.getlist("certificate"))
    if values.get("which") != "all" and not ticked:
        raise NothingChosen
    wanted = wanted_from({} if ticked else values, ticked)
    found = sorted_lines(wanted, values.get("order") or order)
    lines = [line for line in found if line.state in states]
    if not lines:
        raise NothingChosen
    if len(lines) > most:
        raise TooManyAtOnce
    return lines


def explain(error: NothingChosen | TooManyAtOnce, most: int) -> Response:
    """Say why nothing was done, and go back to the list as it was filtered."""
    if isinstance(error, TooManyAtOnce):
        flash(
            _(
                "One file holds at most %(most)s certificates. Filter the list, then try again.",
                most=most,
            ),
            "error",
        )
    elif request.form.get("paper") == PaperGap.TO_CALL_BACK:
        flash(_("Choose at least one certificate first."), "error")
    else:
        flash(_("Choose at least one valid certificate first."), "error")
    return back_to_list()


def back_to_list() -> Response:
    """Go back to the list that the form came from: the register, or an edition's."""
    return redirect(list_address())


def list_address() -> str:
    """Where the list stands that the form came from, narrowed as it was."""
    kept = {k: v for k, v in request.form.items() if k in FILTERS and v}
    if slug := request.form.get("from", ""):
        return url_for("certificates.due", slug=slug, paper=kept.get("paper"))
    return url_for("certificates.register", **kept)  # type: ignore[arg-type]
