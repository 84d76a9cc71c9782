"""Terms of office of those who sign."""

from __future__ import annotations

from flask import flash, make_response, request
from werkzeug.wrappers import Response

from lms import clock
from lms.access import prepares, reads, writes, writing_subject
from lms.certificates.design_words import picture_words
from lms.certificates.designs.uploads import PictureRefused, as_png
from lms.courses.models import Programme
from lms.files import store
from lms.programmes import terms as offices
from lms.programmes.errors import ProgrammeDeclared
from lms.programmes.forms import TermForm
from lms.programmes.permissions import EDIT_PROGRAMME, SEE_PROGRAMME
from lms.programmes.terms import TermData
from lms.programmes.views.blueprint import bp, declared_words, me, to
from lms.programmes.views.logos import files_folder
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/programmes/<int:programme_id>/signatories")
@reads(SEE_PROGRAMME, Programme)
def terms(programme: Programme) -> str:
    """Show who signs when."""
    return _draw(programme, TermForm())


def _draw(programme: Programme, form: TermForm) -> str:
    return render(
        "programmes/terms.html",
        programme=programme,
        form=form,
        terms=offices.terms_of(programme),
    )


@bp.post("/programmes/<int:programme_id>/signatories")
@prepares(EDIT_PROGRAMME, Programme)
def add_term(programme: Programme) -> Response:
    """Let somebody sign during a term of office."""
    programme_id = int((request.view_args or {})["programme_id"])
    form = TermForm.posted()
    upload = request.files.get("scan")
    data = upload.read() if upload is not None and upload.filename else b""
    png = None
    if form.validate() and data:
        try:
            png = as_png(data)
        except PictureRefused as refused:
            form.scan.errors = [picture_words(refused.reason)]
    if form.errors or form.scan.errors:
        with writing_subject(EDIT_PROGRAMME, Programme) as again:
            return make_response(_draw(again, form), 422)
    sha256 = store.put(files_folder(), png) if png is not None else None
    term = TermData(
        form.position.data,
        form.name.data,
        form.function.data,
        form.serves_from.data,
        form.serves_until.data,
    )
    try:
        with writing_subject(EDIT_PROGRAMME, Programme) as again:
            offices.add_term(
                again, term, scan=sha256, size=len(png or b""), by=me(), now=clock.now()
            )
    except ProgrammeDeclared:
        flash(declared_words(), "error")
    else:
        flash(_("The term of office was added."), "success")
    return to("programmes.terms", programme_id=programme_id)


@bp.post("/programmes/<int:programme_id>/signatories/<int:term_id>/remove")
@writes(EDIT_PROGRAMME, Programme)
def remove_term(programme: Programme, term_id: int) -> Response:
    """Take a term of office away."""
    try:
        if offices.remove_term(programme, term_id, by=me()):
            flash(_("The term of office was removed."), "success")
    except ProgrammeDeclared:
        flash(declared_words(), "error")
    return to("programmes.terms", programme_id=programme.id)
