"""Certificates to look at: what changed since they were issued, and keeping them with a reason."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.access import writes
from lms.certificates import flags
from lms.certificates.forms import ReasonForm
from lms.certificates.permissions import KEEP_FLAGGED
from lms.certificates.views.blueprint import bp, ids_of, me
from lms.certificates.views.bulk import due_page, load_edition
from lms.courses.models import Edition
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


@bp.post("/editions/<slug>/certificates/kept")
@writes(KEEP_FLAGGED, load_edition)
def keep_flagged(edition: Edition) -> Response:
    """Keep ticked certificates as they are, though they would not be earned today."""
    form, ticked = ReasonForm.posted(), ids_of(request.form.getlist("flag"))
    if not ticked:
        flash(_("Nothing was changed: tick the certificates that you decide on."), "error")
        return redirect(url_for("certificates.due", slug=edition.slug, _anchor="flagged"))
    if not form.validate():
        return make_response(due_page(edition, keep_form=form, ticked=ticked), 422)
    count = flags.keep_all(ticked, edition.id, by=me(), reason=form.reason.data)
    if count:
        flash(
            ngettext("%(num)s certificate is kept.", "%(num)s certificates are kept.", count),
            "success",
        )
    else:
        flash(_("Nothing was changed: these were decided on already, or are your own."), "info")
    return redirect(url_for("certificates.due", slug=edition.slug, _anchor="flagged"))
