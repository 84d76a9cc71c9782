"""Signatories' own signatures: who is pinned, files that go out to be signed, and come back."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, may, prepares, reads, writes, writing_subject
from lms.certificates.forms import PinForm
from lms.certificates.levels import approving, signatories
from lms.certificates.levels import words as level_words
from lms.certificates.levels.signatories import NotACertificate, PinnedAlready
from lms.certificates.models import SignatoryPin
from lms.certificates.permissions import HAVE_SIGNED, PIN_SIGNATORIES, SEE_SIGNATURES
from lms.certificates.views.blueprint import ZIP, bp, download, me
from lms.certificates.views.bulk import load_edition
from lms.courses.models import Edition
from lms.web.i18n import gettext as _
from lms.web.templating import render

MOST_AT_ONCE = 60
LARGEST = 256 * 1024  # a certificate with its chain is far smaller


def _form(edition: Edition, *, posted: bool = False) -> PinForm:
    form = PinForm.posted() if posted else PinForm()
    serving = signatories.serving(edition.programme, clock.now())
    form.signatory.choices = [(str(place), f"{name}, {what}") for place, name, what in serving]
    return form


def _draw(
    edition: Edition,
    form: PinForm,
    *,
    taken: list[approving.Taken] | None = None,
    refused: list[approving.Refusal] | None = None,
) -> str:
    pins = signatories.pins_of(edition.programme_id)
    return render(
        "certificates/signatures.html",
        edition=edition,
        pins=[(row, *signatories.about(row)) for row in pins],
        unsigned=len(approving.to_sign(edition.id)),
        all_valid=len(approving.to_sign(edition.id, unsigned_only=False)),
        form=form,
        taken=taken or [],
        refused=refused or [],
        most=MOST_AT_ONCE,
        level_words=level_words,
        may_pin=may(PIN_SIGNATORIES.name),
        may_sign=may(HAVE_SIGNED.name),
    )


@bp.get("/editions/<slug>/signatures")
@reads(SEE_SIGNATURES, load_edition)
def signatures(edition: Edition) -> str:
    """Show whose signatures are accepted, and what is still to be signed."""
    return _draw(edition, _form(edition))


@bp.post("/editions/<slug>/signatures/signatories")
@writes(PIN_SIGNATORIES, load_edition)
def pin_signatory(edition: Edition) -> Response:
    """Pin a signatory by a certificate file."""
    form = _form(edition, posted=True)
    if not form.validate():
        return make_response(_draw(edition, form), 422)
    try:
        files = [
            certificate
            for upload in (form.certificate.data, form.issuer.data)
            if isinstance(upload, FileStorage)  # a form may hold words in its place
            for certificate in signatories.read_certificates(upload.stream.read(LARGEST))
        ]
        signatories.pin(
            edition.programme, int(form.signatory.data), files, by=me(), now=clock.now()
        )
    except (NotACertificate, PinnedAlready) as error:
        why = str(error) if isinstance(error, NotACertificate) else "pinned"
        form.certificate.errors = [level_words.pin_refusal(why)]
        return make_response(_draw(edition, form), 422)
    flash(_("Pinned. Files signed with this certificate are accepted from now on."), "success")
    return redirect(url_for("certificates.signatures", slug=edition.slug))


def load_pin(actor: Actor, *, locked: bool, pin_id: int) -> SignatoryPin | None:
    """Load a pin of a programme that may be seen."""
    statement = SignatoryPin.visible_to(actor).where(SignatoryPin.id == pin_id)
    if locked:
        statement = statement.with_for_update(of=SignatoryPin)
    return db.session().scalars(statement).unique().one_or_none()


@bp.post("/signatories/<int:pin_id>/withdraw")
@writes(PIN_SIGNATORIES, load_pin)
def withdraw_signatory(found: SignatoryPin) -> Response:
    """Accept no more files by a signatory; what was registered stays good."""
    signatories.withdraw(found, by=me(), now=clock.now())
    flash(_("Withdrawn. What was registered stays good; new files are refused."), "success")
    slug = request.form.get("slug", "")
    if slug:
        return redirect(url_for("certificates.signatures", slug=slug))
    return redirect(url_for("certificates.register"))


@bp.post("/editions/<slug>/signatures/export")
@prepares(HAVE_SIGNED, load_edition)
def export_to_sign(edition: Edition) -> Response:
    """Give the files that are to be signed, in one ZIP; recorded."""
    slug = edition.slug
    wanted = approving.to_sign(edition.id, unsigned_only="all" not in request.form)
    if not wanted:
        db.end_reading()
        flash(_("There is nothing to sign."), "info")
        return redirect(url_for("certificates.signatures", slug=slug))
    data = approving.batch(wanted)
    db.end_reading()
    with writing_subject(HAVE_SIGNED, load_edition) as fresh:
        approving.record_export(fresh, len(wanted), by=me())
    day = clock.today("Europe/Bucharest").isoformat()
    return download(data, f"de-semnat-{slug}-{day}.zip", ZIP)


@bp.post("/editions/<slug>/signatures/import")
@prepares(HAVE_SIGNED, load_edition)
def import_signed(edition: Edition) -> Response:
    """Take signed files back; each that isn't as it must be is refused with its reason."""
    slug, by = edition.slug, me()
    uploads = [f for f in request.files.getlist("file") if f.filename]
    files = [(f.filename or "", f.stream.read()) for f in uploads]
    db.end_reading()
    if not files:
        flash(_("Choose a file first."), "error")
        return redirect(url_for("certificates.signatures", slug=slug, _anchor="back"))
    taken: list[approving.Taken] = []
    refused: list[approving.Refusal] = []
    for each in approving.take_back(files, by=by, most=MOST_AT_ONCE):
        (taken if isinstance(each, approving.Taken) else refused).append(each)  # type: ignore[arg-type]
    db.end_reading()
    with writing_subject(HAVE_SIGNED, load_edition) as fresh:
        page = _draw(fresh, _form(fresh), taken=taken, refused=refused)
    return make_response(page)
