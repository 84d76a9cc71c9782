"""Pictures of a design's own: backgrounds, and marks that stand on a page."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import by_id, prepares, writes, writing_subject
from lms.certificates import register
from lms.certificates.design_words import picture_words
from lms.certificates.designs import services
from lms.certificates.designs.choosing import design_of
from lms.certificates.designs.design import Design, Words
from lms.certificates.designs.models import CertificateDesign
from lms.certificates.designs.uploads import (
    MOST_BYTES,
    Brought,
    PictureRefused,
    as_ground,
    as_picture,
)
from lms.certificates.forms import PictureForm
from lms.certificates.permissions import EDIT_DESIGN
from lms.certificates.views.blueprint import bp, me
from lms.certificates.views.designs import editor
from lms.errors import Hidden
from lms.files import store
from lms.web.i18n import gettext as _

_design = by_id(CertificateDesign, "design_id")


def _to(design_id: int) -> Response:
    return redirect(url_for("certificates.design", design_id=design_id, _anchor="pictures"))


@bp.post("/certificate-designs/<int:design_id>/pictures")
@prepares(EDIT_DESIGN, _design)
def add_design_picture(found: CertificateDesign) -> Response:
    """Put a picture under a page or on it, as a new version; what it holds is checked first."""
    design_id = found.id
    found = db.session().get_one(CertificateDesign, design_id)
    edited = design_of(found.newest)
    form = PictureForm.for_pages(len(edited.pages), posted=True)
    brought = _brought(form, edited) if form.validate() else None
    if brought is None:
        return make_response(editor(found, edited, picture_form=form), 422)
    db.end_reading()
    kept = services.Kept(
        store.put(register.store_folder(), brought.data), len(brought.data), brought.media_type
    )
    page, alt = form.page.data - 1, Words(form.alt_text.data or "")
    with writing_subject(EDIT_DESIGN, _design) as again:
        if page >= len(design_of(again.newest).pages):
            raise Hidden  # somebody has taken the page away meanwhile
        if form.use.data == "ground":
            services.set_ground(again, page, kept, by=me(), now=clock.now())
        else:
            services.add_picture(again, page, kept, alt, by=me(), now=clock.now())
        number = again.newest.number
    flash(_("Version %(number)s was saved.", number=number), "success")
    if brought.is_dark:
        flash(
            _("The background is dark: on a black-and-white printer text may not be readable."),
            "warning",
        )
    return _to(design_id)


def _brought(form: PictureForm, design: Design) -> Brought | None:
    """Read what was uploaded; None where it is refused, with the reason beside the field."""
    upload = request.files.get("picture")
    data = upload.read(MOST_BYTES + 1) if upload is not None and upload.filename else b""
    try:
        if form.use.data == "ground":
            return as_ground(data, design.across, design.high)
        return Brought(*as_picture(data))
    except PictureRefused as refused:
        form.picture.errors = [picture_words(refused.reason, refused.detail)]
        return None


@bp.post("/certificate-designs/<int:design_id>/backgrounds/<int:page>/remove")
@writes(EDIT_DESIGN, _design)
def remove_background(found: CertificateDesign, page: int) -> Response:
    """Take the picture from under a page, as a new version."""
    if not 1 <= page <= len(design_of(found.newest).pages):
        raise Hidden
    if services.set_ground(found, page - 1, None, by=me(), now=clock.now()):
        flash(_("The background is gone from the newest version."), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return _to(found.id)
