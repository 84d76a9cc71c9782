"""Do all signed files still validate? The last look at all of them, by level, and another look."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.access import may, reads, writes
from lms.certificates import validity, words
from lms.certificates.levels import words as level_words
from lms.certificates.permissions import CHECK_VALIDITY, MANAGE_SEAL, SEE_VALIDITY
from lms.certificates.views.blueprint import bp, me
from lms.jobs import queue
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/certificates/validity")
@reads(SEE_VALIDITY)
def validity_page() -> str:
    """Say whether all kept files still validate, and how long they will."""
    return render(
        "certificates/validity.html",
        found=validity.overview(),
        authority=level_words.authority_host(),
        words=words,
        level_words=level_words,
        may_check=may(CHECK_VALIDITY.name),
        may_manage=may(MANAGE_SEAL.name),
    )


@bp.post("/certificates/validity/check")
@writes(CHECK_VALIDITY)
def check_validity() -> Response:
    """Ask for a look at all files; the worker does it."""
    queue.tell("certificates.validity_now", by=me())
    flash(_("The check has begun. This page shows how far it is."), "success")
    return redirect(url_for("certificates.validity_page"))
