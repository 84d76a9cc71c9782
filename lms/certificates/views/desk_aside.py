"""What goes with printed certificates: the list to sign, envelope labels, the signed originals."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import hand_over_list, queries
from lms.certificates.desk import addresses, choosing
from lms.certificates.desk.forms import DeskForm
from lms.certificates.desk.labels import SHEETS, label_pages
from lms.certificates.desk.ordering import ordered
from lms.certificates.desk.settings import Order
from lms.certificates.drawing.items import FileFacts
from lms.certificates.drawing.printing import write_sheets
from lms.certificates.errors import NothingChosen
from lms.certificates.permissions import DOWNLOAD_ORIGINALS, PRINT_CERTIFICATES
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.views.blueprint import PDF, bp, download, ids_of, me
from lms.certificates.views.bulk import load_edition, send_originals
from lms.courses.models import Edition
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

ZONE = "Europe/Bucharest"


def _chosen(edition: Edition) -> tuple[list[RegisterLine], DeskForm]:
    """Return what the desk's form asks for. Raises NothingChosen."""
    lines = choosing.printable(queries.lines_of(Wanted(edition_id=edition.id)))
    form = DeskForm.for_lines(lines, choosing.printers_of(edition.programme_id), posted=True)
    if not form.validate():
        raise NothingChosen
    choice = form.choice(ids_of(request.form.getlist("certificate")))
    found = ordered(choosing.narrowed(lines, choice), Order(form.order.data))
    if not found:
        raise NothingChosen
    return found, form


def _nothing(edition: Edition) -> Response:
    flash(_("Nothing suits: choose others."), "error")
    return redirect(url_for("certificates.print_desk", slug=edition.slug))


@bp.post("/editions/<slug>/print/list")
@prepares(PRINT_CERTIFICATES, load_edition)
def desk_list(edition: Edition) -> Response:
    """Print the list on which holders sign for what the desk has chosen."""
    try:
        lines, _form = _chosen(edition)
    except NothingChosen:
        return _nothing(edition)
    db.end_reading()
    today = clock.today(ZONE)
    data = hand_over_list.draw(lines, today)
    with writing_subject(PRINT_CERTIFICATES, load_edition):
        record("paper.list_printed", by=me(), count=len(lines))
    return download(data, f"lista-de-predare-{today.isoformat()}.pdf", PDF)


@bp.post("/editions/<slug>/print/labels")
@prepares(PRINT_CERTIFICATES, load_edition)
def desk_labels(edition: Edition) -> Response:
    """Print a label for each organisation of those chosen, with its address."""
    try:
        lines, form = _chosen(edition)
    except NothingChosen:
        return _nothing(edition)
    labels = addresses.labels_of(lines)
    db.end_reading()
    sheet = SHEETS[form.labels.data]
    start = min(form.label_start.data or 1, sheet.count)
    today = clock.today(ZONE)
    facts = FileFacts(_("Envelope labels"), "", "", "", current_locale(), today)
    data = write_sheets(label_pages(sheet, labels, start), facts)
    with writing_subject(PRINT_CERTIFICATES, load_edition):
        record("paper.labels_printed", by=me(), count=len(labels))
    return download(data, f"etichete-{today.isoformat()}.pdf", PDF)


@bp.post("/editions/<slug>/print/originals")
@prepares(DOWNLOAD_ORIGINALS, load_edition)
def desk_originals(edition: Edition) -> Response:
    """Send the signed originals of what the desk has chosen: another act than printing."""
    try:
        lines, _form = _chosen(edition)
    except NothingChosen:
        return _nothing(edition)
    return send_originals(lines, load_edition)


@bp.get("/editions/<slug>/print/addresses")
@reads(PRINT_CERTIFICATES, load_edition)
def addresses_page(edition: Edition) -> str:
    """Show the addresses of an edition's organisations, for envelopes."""
    return _addresses(edition)


def _addresses(edition: Edition) -> str:
    return render(
        "certificates/addresses.html",
        edition=edition,
        organisations=addresses.organisations_of(edition.id),
    )


@bp.post("/editions/<slug>/print/addresses")
@writes(PRINT_CERTIFICATES, load_edition)
def save_addresses(edition: Edition) -> Response:
    """Keep the addresses that were typed."""
    ids = {key: ids_of([key.removeprefix("address-")]) for key in request.form}
    typed = {found[0]: request.form[key] for key, found in ids.items() if found}
    if any(len(text) > addresses.MOST for text in typed.values()):
        flash(_("An address is too long. Nothing was saved."), "error")
        return make_response(_addresses(edition), 422)
    addresses.save(edition.id, typed, by=me())
    flash(_("The addresses are saved."), "success")
    return redirect(url_for("certificates.print_desk", slug=edition.slug))
