"""Duplicates of lost papers: granted with who asked and why, and printed."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, prepares, reads, writes, writing_subject
from lms.certificates import drafting
from lms.certificates.desk import desk_words, duplicates, runs
from lms.certificates.desk.forms import DuplicateForm
from lms.certificates.desk.models import Duplicate, DuplicateReason
from lms.certificates.desk.settings import Order, PrintSettings
from lms.certificates.errors import DuplicateRefused, IssuingLocked, WrongState
from lms.certificates.models import Certificate
from lms.certificates.permissions import GRANT_DUPLICATE, PRINT_CERTIFICATES
from lms.certificates.views.blueprint import bp, me, staff_certificate
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

_FIELD = {"declaration": "declaration", "day": "asked_on"}


def _draw(found: Certificate, form: DuplicateForm) -> str:
    programme = found.enrolment.edition.programme
    rule = duplicates.rule_of(programme.id)
    if rule.needs_declaration:
        form.declaration.flags.optional = False  # the loss that stands chosen asks for it
    return render(
        "certificates/duplicate.html",
        certificate=found,
        form=form,
        rule=rule,
        held=duplicates.of_certificate(found.id),
        desk_words=desk_words,
        zone=programme.zone,
    )


@bp.get("/certificates/<int:certificate_id>/duplicates")
@reads(GRANT_DUPLICATE, staff_certificate)
def certificate_duplicates(found: Certificate) -> str:
    """Show a certificate's duplicates, and ask for the next."""
    today = drafting.local_day(clock.now(), found.enrolment.edition.programme)
    return _draw(found, DuplicateForm(asked_on=today, asked_by=found.facts["holder"]))


@bp.post("/certificates/<int:certificate_id>/duplicates")
@writes(GRANT_DUPLICATE, staff_certificate)
def grant_duplicate(found: Certificate) -> Response:
    """Grant the next duplicate; it is printed as an act of its own."""
    form = DuplicateForm.posted()
    if not form.validate():
        return make_response(_draw(found, form), 422)
    asked = duplicates.Asked(
        asked_by=form.asked_by.data,
        asked_on=form.asked_on.data,
        reason=DuplicateReason(form.reason.data),
        declaration=form.declaration.data or "",
        note=form.note.data or "",
    )
    now = clock.now()
    today = drafting.local_day(now, found.enrolment.edition.programme)
    try:
        made = duplicates.grant(found, asked, today=today, by=me(), now=now)
    except DuplicateRefused as refusal:
        said = desk_words.duplicate_refusal(refusal.why)
        if refusal.why in _FIELD:
            form[_FIELD[refusal.why]].errors = [said]
            return make_response(_draw(found, form), 422)
        flash(said, "error")
    except IssuingLocked:
        said = _(
            "No duplicate was granted: after the restore, first compare the register (see there)."
        )
        flash(said, "error")
    except WrongState:
        flash(_("Nothing was changed: only a valid certificate has duplicates."), "error")
    else:
        flash(
            _("Duplicate no. %(number)s is granted. Print it now.", number=made.ordinal), "success"
        )
    return redirect(url_for("certificates.certificate_duplicates", certificate_id=found.id))


def load_duplicate(
    actor: Actor, *, locked: bool, duplicate_id: int, **_more: Any
) -> Duplicate | None:
    """Load a duplicate; the office sees them all."""
    return db.session().get(Duplicate, duplicate_id) if actor.runs_everything else None


load_duplicate.consumes = frozenset({"duplicate_id"})  # type: ignore[attr-defined]


@bp.post("/duplicates/<int:duplicate_id>/print")
@prepares(PRINT_CERTIFICATES, load_duplicate)
def print_duplicate(_found: Duplicate) -> Response:
    """Print a duplicate as a paper original that says so."""
    db.end_reading()
    with writing_subject(PRINT_CERTIFICATES, load_duplicate) as fresh:
        certificate = db.session().get_one(Certificate, fresh.certificate_id)
        run = runs.begin(
            [certificate.id],
            PrintSettings(order=Order.NUMBER),
            edition_id=certificate.edition_id,
            by=me(),
            now=clock.now(),
            locale=current_locale(),
            duplicate_id=fresh.id,
        )
        run_id = run.id
    db.end_reading()
    runs.go_on(run_id)
    return redirect(url_for("certificates.print_run", run_id=run_id, fetch=1))
