"""What the office does with one certificate: issue, finish, correct, revoke, annul."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import drafting, issuing, register, seals, words
from lms.certificates.checks import check
from lms.certificates.corrections import changes_of
from lms.certificates.errors import CannotBePrinted, IssuingLocked, WrongState
from lms.certificates.forms import ReasonForm
from lms.certificates.issuing import Outcome
from lms.certificates.models import Certificate
from lms.certificates.permissions import (
    CORRECT_CERTIFICATE,
    FINISH_CERTIFICATE,
    ISSUE_CERTIFICATE,
    REVOKE_CERTIFICATE,
    VOID_CERTIFICATE,
)
from lms.certificates.signing.api import SealError
from lms.certificates.states import CertificateState
from lms.certificates.views.blueprint import bp, me, staff_certificate, staff_enrolment
from lms.certificates.views.own import page
from lms.courses.models import Enrolment
from lms.web.i18n import gettext as _
from lms.web.templating import render


def _there(certificate_id: int) -> Response:
    return redirect(url_for("certificates.see", certificate_id=certificate_id))


def _wrong_state(certificate_id: int) -> Response:
    flash(
        _("Nothing was changed: the certificate is no longer as this needs it. See below."),
        "error",
    )
    return _there(certificate_id)


@bp.post("/certificates/<int:certificate_id>/revoke")
@writes(REVOKE_CERTIFICATE, staff_certificate)
def revoke(found: Certificate) -> Response:
    """Revoke a valid certificate, with a reason."""
    form = ReasonForm.posted()
    if not form.validate():
        return make_response(page(found, reason_form=form), 422)
    try:
        register.revoke(found, by=me(), reason=form.reason.data, now=clock.now())
    except WrongState:
        return _wrong_state(found.id)
    flash(_("The certificate %(number)s is revoked.", number=found.number), "success")
    return _there(found.id)


@bp.post("/certificates/<int:certificate_id>/void")
@writes(VOID_CERTIFICATE, staff_certificate)
def void(found: Certificate) -> Response:
    """Give up a reserved number, with a reason."""
    form = ReasonForm.posted()
    if not form.validate():
        return make_response(page(found, reason_form=form), 422)
    try:
        register.void(found, by=me(), reason=form.reason.data, now=clock.now())
    except WrongState:
        return _wrong_state(found.id)
    flash(_("The number %(number)s is annulled.", number=found.number), "success")
    return _there(found.id)


@bp.post("/certificates/<int:certificate_id>/finish")
@prepares(FINISH_CERTIFICATE, staff_certificate)
def finish(found: Certificate) -> Response:
    """Draw and sign a reserved certificate now."""
    certificate_id = found.id
    db.end_reading()
    if issuing.finish(certificate_id):
        flash(_("The certificate is signed and kept."), "success")
    else:
        flash(
            _("It did not succeed; the last fault stands below. It will be tried again."), "error"
        )
    return _there(certificate_id)


# Correction ------------------------------------------------------------------------------------


@bp.get("/certificates/<int:certificate_id>/correct")
@reads(CORRECT_CERTIFICATE, staff_certificate)
def correct(found: Certificate) -> str | Response:
    """Show what a corrected certificate would say, before it is made."""
    if found.issued_at is None or found.ended_at is not None:
        return _wrong_state(found.id)
    return _draw_correction(found, ReasonForm())


def _draw_correction(found: Certificate, form: ReasonForm) -> str:
    today = drafting.local_day(clock.now(), found.enrolment.edition.programme)
    new = drafting.draft(
        found.enrolment, found.award, issued_on=today, is_model=found.is_model, locale="ro"
    )
    problems = register.blocking(check(new))
    return render(
        "certificates/correct.html",
        certificate=found,
        changes=changes_of(found.facts, new.to_facts()),
        problems=problems,
        words=words,
        form=form,
    )


@bp.post("/certificates/<int:certificate_id>/correct")
@prepares(CORRECT_CERTIFICATE, staff_certificate)
def correct_now(found: Certificate) -> Response:
    """Replace a certificate by a corrected one, with a new number and code."""
    certificate_id = found.id
    db.end_reading()
    form = ReasonForm.posted()
    if not form.validate():
        with db.session().no_autoflush:
            again = db.session().get_one(Certificate, certificate_id)
            return make_response(_draw_correction(again, form), 422)
    try:
        seals.signer()  # a number is never taken without a seal
        with writing_subject(CORRECT_CERTIFICATE, staff_certificate) as fresh:
            place = issuing.locked_enrolment(fresh.enrolment_id)
            new = register.supersede(
                fresh, place, by=me(), reason=form.reason.data, now=clock.now()
            )
            new_id = new.id
    except WrongState:
        db.end_reading()
        return _wrong_state(certificate_id)
    except (CannotBePrinted, IssuingLocked, SealError) as refusal:
        db.end_reading()
        flash(_refusal_sentence(refusal), "error")
        return redirect(url_for("certificates.correct", certificate_id=certificate_id))
    issuing.finish(new_id)
    flash(_("The corrected certificate has replaced the old one."), "success")
    return _there(new_id)


# Issuing ---------------------------------------------------------------------------------------


@bp.post("/enrolments/<int:enrolment_id>/certificate")
@prepares(ISSUE_CERTIFICATE, staff_enrolment)
def issue(found: Enrolment) -> Response:
    """Issue the certificate of someone who has earned it, now."""
    enrolment_id = found.id
    db.end_reading()
    with writing_subject(ISSUE_CERTIFICATE, staff_enrolment) as fresh:
        record("certificate.asked", by=me(), on=fresh)
    by = me()
    db.end_reading()
    outcome = issuing.issue(enrolment_id, by=by)
    _tell(outcome)
    if outcome.certificate_id is not None:
        return _there(outcome.certificate_id)
    target = url_for("participants.see", enrolment_id=enrolment_id)
    return redirect(target)


@bp.post("/certificates/<int:certificate_id>/anew")
@prepares(ISSUE_CERTIFICATE, staff_certificate)
def issue_anew(found: Certificate) -> Response:
    """Issue a new certificate to someone whose last one was revoked, with a reason."""
    certificate_id, enrolment_id, by = found.id, found.enrolment_id, me()
    form = ReasonForm.posted()
    if not form.validate():
        return make_response(page(found, reason_form=form), 422)
    if found.state is not CertificateState.REVOKED:
        db.end_reading()
        return _wrong_state(certificate_id)
    db.end_reading()
    with writing_subject(ISSUE_CERTIFICATE, staff_certificate) as fresh:
        record("certificate.asked_anew", by=by, on=fresh, reason=form.reason.data)
    db.end_reading()
    outcome = issuing.issue(enrolment_id, by=by, anew=True)
    _tell(outcome)
    return _there(outcome.certificate_id or certificate_id)


def _tell(outcome: Outcome) -> None:
    if outcome.certificate_id is not None:
        flash(_("The certificate is issued."), "success")
    elif outcome.refusal is not None:
        flash(_refusal_sentence(outcome.refusal), "error")
    else:
        missing = outcome.eligibility.missing if outcome.eligibility else ()
        phrases = ", ".join(dict.fromkeys(words.reason_phrase(m.reason) for m in missing))
        flash(_("No certificate was issued: %(reasons)s.", reasons=phrases), "error")


def _refusal_sentence(refusal: Any) -> str:
    if isinstance(refusal, CannotBePrinted):
        faults = " ".join(words.problem_sentence(p) for p in refusal.problems)
        return _("No number was taken, because this can’t be printed: %(faults)s", faults=faults)
    if isinstance(refusal, IssuingLocked):
        return _("No number was taken: numbers are locked (%(reason)s).", reason=str(refusal))
    return _("No number was taken: the seal can’t be used (%(reason)s).", reason=str(refusal))
