"""A change of name in three clicks: the form, what it changes, the new certificate."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writing_subject
from lms.certificates import issuing, paper_words, seals, words
from lms.certificates.errors import CannotBePrinted, IssuingLocked, WrongState
from lms.certificates.signing.api import SealError
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.participants.forms import NameForm
from lms.participants.permissions import RENAME_PARTICIPANT
from lms.participants.services import renaming
from lms.participants.services.renaming import Renamed
from lms.participants.views.blueprint import bp, me, participant
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@bp.get("/participants/<int:enrolment_id>/name")
@reads(RENAME_PARTICIPANT, participant)
def name(enrolment: Enrolment) -> str:
    """Ask for the new name and the reason."""
    person = enrolment.person
    form = NameForm(family_name=person.family_name, given_names=person.given_names)
    return render("participants/name.html", enrolment=enrolment, form=form, seen=None, words=words)


@bp.post("/participants/<int:enrolment_id>/name")
@prepares(RENAME_PARTICIPANT, participant)
def change_name(enrolment: Enrolment) -> Response:
    """Show what the new name changes; then change it, and replace the certificates."""
    enrolment_id = enrolment.id
    db.end_reading()
    form = NameForm.posted()
    if not form.validate():
        return _shown(enrolment_id, form, 422)
    if request.form.get("do") != "change":
        return _shown(enrolment_id, form, 200)
    try:
        seals.signer()  # a number is never taken without a seal
        with writing_subject(RENAME_PARTICIPANT, participant) as fresh:
            done = renaming.change_name(
                fresh.person,
                family_name=form.family_name.data,
                given_names=form.given_names.data,
                reason=form.reason.data,
                by=me(),
                now=clock.now(),
            )
    except (CannotBePrinted, IssuingLocked, WrongState, SealError):
        db.end_reading()
        flash(_("Nothing was changed: see below what stands in the way."), "error")
        return _shown(enrolment_id, form, 409)
    for certificate_id in done.certificates:
        issuing.finish(certificate_id)
    for place in done.again:
        issuing.issue(place, by=me())
    db.end_reading()
    _tell(done)
    return redirect(url_for("participants.see", enrolment_id=enrolment_id))


def _shown(enrolment_id: int, form: NameForm, status: int) -> Response:
    """Draw the form, and under it what each certificate would say."""
    enrolment = db.session().get_one(Enrolment, enrolment_id)
    seen = None
    if not form.errors:
        seen = renaming.preview(
            enrolment.person,
            family_name=form.family_name.data or "",
            given_names=form.given_names.data or "",
            now=clock.now(),
        )
    page = render(
        "participants/name.html",
        enrolment=enrolment,
        form=form,
        seen=seen,
        words=words,
        left_of=lambda paper: paper_words.state_of(CertificateState.SUPERSEDED, paper),
    )
    return make_response(page, status)


def _tell(done: Renamed) -> None:
    if not done.is_changed:
        flash(_("Nothing was different, so nothing was changed."), "info")
        return
    count = len(done.certificates)
    if count:
        flash(
            ngettext(
                "The name is changed, and %(num)s certificate is replaced.",
                "The name is changed, and %(num)s certificates are replaced.",
                count,
            ),
            "success",
        )
    else:
        flash(_("The name is changed. No certificate bore the old one."), "success")
    if done.to_call_back:
        flash(
            _(
                "On paper the holder still has %(numbers)s: ask for it back. It is listed under"
                " “to recall or destroy” until you mark it as returned or destroyed.",
                numbers=", ".join(done.to_call_back),
            ),
            "warning",
        )
    if done.to_destroy:
        flash(
            _(
                "The paper of %(numbers)s was never handed over: destroy it. It is listed under"
                " “to recall or destroy” until you mark it as destroyed.",
                numbers=", ".join(done.to_destroy),
            ),
            "warning",
        )
