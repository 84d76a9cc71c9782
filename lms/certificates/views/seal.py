"""The owner's page on the seal: what it is worth, and its recovery kit."""

from __future__ import annotations

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import kits, sealing, seals, words
from lms.certificates.forms import KeptForm
from lms.certificates.permissions import MANAGE_SEAL
from lms.certificates.signing.api import SealError
from lms.certificates.views.blueprint import ZIP, bp, download, me
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/seal")
@reads(MANAGE_SEAL)
def seal() -> str:
    """Say what kind of seal there is, until when it is valid, and whether it exists twice."""
    return _draw(KeptForm())


def _draw(form: KeptForm) -> str:
    found, fault = None, ""
    try:
        found = seals.about()
    except SealError as error:
        fault = str(error) or type(error).__name__
    return render(
        "certificates/seal.html",
        seal=found,
        lines=sealing.lines(),
        fault=fault,
        words=words,
        kept=kits.kept(found.fingerprint) if found else None,
        form=form,
    )


@bp.post("/seal/kit")
@prepares(MANAGE_SEAL)
def kit() -> Response:
    """Hand out the recovery kit; that it was taken is recorded."""
    db.end_reading()
    try:
        data = kits.pack()
        fingerprint = seals.signer().fingerprint
    except SealError:
        flash(_("There is no kit: the seal is missing, locked, or was made elsewhere."), "error")
        return redirect(url_for("certificates.seal"))
    with writing_subject(MANAGE_SEAL):
        record("seal.kit_taken", by=me(), fingerprint=fingerprint)
    day = clock.today("Europe/Bucharest").isoformat()
    return download(data, f"pachet-recuperare-sigiliu-{day}.zip", ZIP)


@bp.post("/seal/kept")
@writes(MANAGE_SEAL)
def kept() -> Response:
    """Keep down that the kit is stored elsewhere, and where."""
    form = KeptForm.posted()
    if not form.validate():
        return make_response(_draw(form), 422)
    try:
        fingerprint = seals.signer().fingerprint
    except SealError:
        flash(_("There is no kit: the seal is missing, locked, or was made elsewhere."), "error")
        return redirect(url_for("certificates.seal"))
    kits.say_kept(fingerprint, where=form.where.data, by=me(), now=clock.now())
    flash(_("Noted. Thank you: with this the seal can be restored."), "success")
    return redirect(url_for("certificates.seal"))
