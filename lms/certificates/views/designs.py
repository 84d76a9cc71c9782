"""Designs of certificates: seen, duplicated, edited with a live preview, restored, chosen."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import by_id, reads, writes
from lms.certificates import design_words
from lms.certificates.composing import compose, describe
from lms.certificates.designs import editing, listing, samples, services, shipped
from lms.certificates.designs.choosing import design_of
from lms.certificates.designs.composing import compose_what_fits
from lms.certificates.designs.design import Design, Locale, Purpose
from lms.certificates.designs.models import CertificateDesign, CertificateDesignVersion
from lms.certificates.designs.reading import BadDesign, Fault, design_from
from lms.certificates.designs.svg_page import page_svg
from lms.certificates.designs.uploads import MOST_BYTES
from lms.certificates.drawing.writing import write
from lms.certificates.errors import DesignInUse, ProgrammeStandsDeclared
from lms.certificates.forms import PictureForm
from lms.certificates.permissions import CHOOSE_DESIGN, EDIT_DESIGN, SEE_DESIGNS
from lms.certificates.views.blueprint import PDF, bp, download, me
from lms.errors import Hidden
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

SVG = "image/svg+xml"
_MOST_NAME = 120
_design = by_id(CertificateDesign, "design_id")


def _to(design_id: int) -> Response:
    return redirect(url_for("certificates.design", design_id=design_id))


def _of_key(key: str) -> Design:
    if key not in shipped.KEYS:
        raise Hidden
    return shipped.shipped(key)


def _version(found: CertificateDesign, number: int) -> CertificateDesignVersion:
    version = next((v for v in found.versions if v.number == number), None)
    if version is None:
        raise Hidden
    return version


@bp.get("/certificate-designs")
@reads(SEE_DESIGNS)
def designs() -> str:
    """Show the designs there are, and which programme and edition uses which."""
    return render(
        "certificates/designs.html",
        shipped=[(key, shipped.shipped(key)) for key in shipped.KEYS],
        own=listing.own_designs(),
        places=listing.places(),
        options=listing.options(),
    )


@bp.get("/certificate-designs/<int:design_id>")
@reads(SEE_DESIGNS, _design)
def design(found: CertificateDesign) -> str:
    """Show a design in the editor."""
    return editor(found, design_of(found.newest))


def editor(
    found: CertificateDesign, edited: Design, faults: tuple[Fault, ...] = (), **typed: Any
) -> str:
    """Draw the editor; what was typed comes back with its faults."""
    names = samples.names()
    return render(
        "certificates/design.html",
        found=found,
        edited=edited,
        blocks=editing.inputs_of(edited),
        values=typed.get("values", {}),
        faults=_said(faults),
        warnings=design_words.warnings_of(edited),
        names=names,
        sample=names[0],
        words=design_words,
        uses=listing.uses_of(found),
        picture_form=typed.get("picture_form") or PictureForm.for_pages(len(edited.pages)),
        most_megabytes=MOST_BYTES // 1024**2,
    )


def _said(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    """Say each fault, beside the name of the field that it is about."""
    return [(editing.input_of(f.path), design_words.fault_sentence(f)) for f in faults]


@bp.post("/certificate-designs/<int:design_id>")
@writes(EDIT_DESIGN, _design)
def save_design(found: CertificateDesign) -> Response:
    """Write what was typed as a new version; with faults nothing is written."""
    before = design_of(found.newest)
    try:
        edited = design_from(editing.typed(before, request.form))
    except BadDesign as refused:
        page = editor(found, before, refused.faults, values=request.form)
        return make_response(page, 422)
    if services.save(found, edited, by=me(), now=clock.now()):
        number = found.newest.number
        flash(_("Version %(number)s was saved.", number=number), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return _to(found.id)


@bp.post("/certificate-designs/<int:design_id>/preview")
@reads(EDIT_DESIGN, _design)
def preview_design(found: CertificateDesign) -> Response:
    """Draw what is typed and not yet saved, with a sample name; say what is wrong with it."""
    try:
        edited = design_from(editing.typed(design_of(found.newest), request.form))
    except BadDesign as refused:
        faults = [
            [editing.input_of(f.path), design_words.fault_sentence(f)] for f in refused.faults
        ]
        return jsonify(svg="", faults=faults, warnings=[])
    svg, misfits = _draw(edited, whole_number(request.form.get("page")) or 1)
    return jsonify(svg=svg, faults=[], warnings=[*misfits, *design_words.warnings_of(edited)])


def _draw(edited: Design, page: int) -> tuple[str, list[str]]:
    """Draw a page with the name and language that were asked for."""
    if not 1 <= page <= len(edited.pages):
        raise Hidden
    name = " ".join(request.values.get("sample", "").split())[:_MOST_NAME] or samples.INVENTED[0]
    locale: Locale = "en" if request.values.get("in") == "en" else "ro"
    purpose = request.values.get("for", Purpose.ORIGINAL.value)
    document = samples.document(edited, name, locale)
    kind = Purpose(purpose) if purpose in set(Purpose) else Purpose.ORIGINAL
    composition = compose_what_fits(edited, document, kind)
    title = f"{edited.name.of('en' if current_locale() == 'en' else 'ro')}, {page}"
    misfits = [design_words.misfit_sentence(misfit) for misfit in composition.misfits]
    return page_svg(composition.pages[page - 1], title=title), misfits


def _picture(edited: Design, page: int) -> Response:
    response = make_response(_draw(edited, page)[0])
    response.headers["Content-Type"] = SVG
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/certificate-designs/shipped/<key>/<int:page>.svg")
@reads(SEE_DESIGNS)
def shipped_page(key: str, page: int) -> Response:
    """Draw a page of a shipped design."""
    return _picture(_of_key(key), page)


@bp.get("/certificate-designs/<int:design_id>/versions/<int:number>/<int:page>.svg")
@reads(SEE_DESIGNS, _design)
def design_page(found: CertificateDesign, number: int, page: int) -> Response:
    """Draw a page of a version."""
    return _picture(design_of(_version(found, number)), page)


@bp.get("/certificate-designs/shipped/<key>/proof.pdf")
@reads(SEE_DESIGNS)
def shipped_proof(key: str) -> Response:
    """Hand out a shipped design as the file that would be sealed, marked as an example."""
    return _proof(_of_key(key))


@bp.get("/certificate-designs/<int:design_id>/versions/<int:number>/proof.pdf")
@reads(SEE_DESIGNS, _design)
def design_proof(found: CertificateDesign, number: int) -> Response:
    """Hand out a version as the file that would be sealed, marked as an example."""
    return _proof(design_of(_version(found, number)))


def _proof(edited: Design) -> Response:
    name = " ".join(request.args.get("sample", "").split())[:_MOST_NAME] or samples.INVENTED[0]
    document = samples.example(edited, name)
    composition = compose_what_fits(edited, document)
    if composition.misfits:
        flash(" ".join(design_words.misfit_sentence(m) for m in composition.misfits), "error")
        return redirect(url_for("certificates.designs"))
    data = write(compose(document), describe(document))
    return download(data, "model-de-certificat.pdf", PDF)


@bp.post("/certificate-designs/duplicate")
@writes(EDIT_DESIGN)
def duplicate_design() -> Response:
    """Make a design of the office from a shipped one, or from another of its own."""
    source = listing.option_of(request.form.get("design", ""))
    if source is None:
        flash(_("Choose a design first. Nothing was changed."), "error")
        return redirect(url_for("certificates.designs"))
    copied = design_words.copy_of(source.design)
    made = services.create(copied, by=me(), now=clock.now())
    flash(
        _("The copy is yours to change: the design that it comes from stays as it is."), "success"
    )
    return _to(made.id)


@bp.post("/certificate-designs/<int:design_id>/versions/<int:number>/restore")
@writes(EDIT_DESIGN, _design)
def restore_design(found: CertificateDesign, number: int) -> Response:
    """Bring an earlier version back as the newest."""
    _version(found, number)
    if services.restore(found, number, by=me(), now=clock.now()):
        flash(_("Version %(number)s is back, as the newest.", number=number), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return _to(found.id)


@bp.post("/certificate-designs/<int:design_id>/archive")
@writes(EDIT_DESIGN, _design)
def archive_design(found: CertificateDesign) -> Response:
    """Take a design that nothing uses out of the list; certificates issued in it keep it."""
    try:
        services.archive(found, by=me(), now=clock.now())
    except DesignInUse:
        flash(_("Nothing was changed: a programme or an edition uses this design."), "error")
        return _to(found.id)
    flash(_("The design was put away. Certificates issued in it stay as they are."), "success")
    return redirect(url_for("certificates.designs"))


@bp.post("/certificate-designs/choose")
@writes(CHOOSE_DESIGN)
def choose_design() -> Response:
    """Let a programme's certificates, or one edition's, be issued in a design from now on."""
    place = listing.place_of(request.form.get("place", ""))
    option = listing.option_of(request.form.get("design", ""))
    back = redirect(url_for("certificates.designs", _anchor="places"))
    if place is None or (option is None and request.form.get("design") != "programme"):
        flash(_("Choose a design first. Nothing was changed."), "error")
        return back
    try:
        services.choose_for(
            place, option, shows_results="results" in request.form, by=me(), now=clock.now()
        )
    except ProgrammeStandsDeclared:
        flash(
            _(
                "Nothing was changed: the programme is declared complete. Reopen it first, with a "
                "reason."
            ),
            "error",
        )
        return back
    db.session().flush()
    flash(_("From now on certificates are issued in this design."), "success")
    return back
