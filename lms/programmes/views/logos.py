"""Pictures for the logo slots."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, make_response, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writes, writing_subject
from lms.certificates.design_words import picture_words
from lms.certificates.designs.uploads import PictureRefused, as_picture
from lms.courses.models import Programme
from lms.errors import Hidden
from lms.files import store
from lms.files.models import StoredFile
from lms.programmes import services
from lms.programmes.errors import ProgrammeDeclared
from lms.programmes.forms import (
    LogoForm,
)
from lms.programmes.logos import SLOTS
from lms.programmes.permissions import (
    EDIT_PROGRAMME,
    SEE_PROGRAMME,
)
from lms.programmes.views.blueprint import bp, declared_words, me, to
from lms.web.i18n import gettext as _


def files_folder() -> Any:
    """The folder of the store."""
    return current_app.config["LMS"].folder("files")


@bp.post("/programmes/<int:programme_id>/logos/<int:slot>")
@prepares(EDIT_PROGRAMME, Programme)
def set_logo(programme: Programme, slot: int) -> Response:
    """Put a picture into a slot, or change its words."""
    if not 1 <= slot <= SLOTS:
        raise Hidden
    programme_id = int((request.view_args or {})["programme_id"])
    form = LogoForm.posted()
    upload = request.files.get("picture")
    data = upload.read() if upload is not None and upload.filename else b""
    if not form.validate():
        flash(_("Say in words what the picture shows. Nothing was stored."), "error")
        return to("programmes.see", programme_id=programme_id, _anchor="logos")
    try:
        picture, media_type = as_picture(data) if data else (None, "")
    except PictureRefused as refused:
        flash(picture_words(refused.reason, refused.detail), "error")
        return to("programmes.see", programme_id=programme_id, _anchor="logos")
    sha256 = store.put(files_folder(), picture) if picture is not None else None
    try:
        with writing_subject(EDIT_PROGRAMME, Programme) as again:
            services.set_logo(
                again,
                slot,
                alt_text=form.alt_text.data or "",
                sha256=sha256,
                size=len(picture or b""),
                media_type=media_type,
                by=me(),
                now=clock.now(),
            )
    except ProgrammeDeclared:
        flash(declared_words(), "error")
    else:
        flash(_("The logo was saved."), "success")
    return to("programmes.see", programme_id=programme_id, _anchor="logos")


@bp.post("/programmes/<int:programme_id>/logos/<int:slot>/remove")
@writes(EDIT_PROGRAMME, Programme)
def remove_logo(programme: Programme, slot: int) -> Response:
    """Empty a slot."""
    try:
        services.remove_logo(programme, slot, by=me())
    except ProgrammeDeclared:
        flash(declared_words(), "error")
    else:
        flash(_("The slot is empty again."), "success")
    return to("programmes.see", programme_id=programme.id, _anchor="logos")


@bp.get("/programmes/<int:programme_id>/logos/<int:slot>.png")
@reads(SEE_PROGRAMME, Programme)
def logo(programme: Programme, slot: int) -> Response:
    """Show a logo's picture."""
    logo = next((g for g in programme.logos if g.position == slot), None)
    if logo is None:
        raise Hidden
    stored = db.session().get_one(StoredFile, logo.file_id)
    response = make_response(store.get(files_folder(), stored.sha256))
    response.headers["Content-Type"] = stored.media_type
    response.set_etag(stored.sha256)
    return response.make_conditional(request)
