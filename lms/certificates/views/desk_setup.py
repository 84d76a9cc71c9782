"""A programme's printers with their offsets, the calibration sheet, and its rule on duplicates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, by_id, reads, writes
from lms.audit.services import record
from lms.certificates.desk import choosing, duplicates
from lms.certificates.desk.calibration import AT, calibration_sheet
from lms.certificates.desk.forms import PrinterForm, RuleForm
from lms.certificates.desk.models import Printer
from lms.certificates.drawing.items import FileFacts
from lms.certificates.drawing.printing import write_sheets
from lms.certificates.permissions import SET_UP_PRINTING
from lms.certificates.views.blueprint import PDF, bp, download, me
from lms.courses.models import Programme
from lms.web.i18n import current_locale, format_number
from lms.web.i18n import gettext as _
from lms.web.templating import render

_SHEETS = {"landscape": (297.0, 210.0), "portrait": (210.0, 297.0)}
load_programme = by_id(Programme)


def load_printer(actor: Actor, *, locked: bool, printer_id: int, **_more: Any) -> Printer | None:
    """Load a printer; the office sees them all."""
    return db.session().get(Printer, printer_id) if actor.runs_everything else None


load_printer.consumes = frozenset({"printer_id"})  # type: ignore[attr-defined]


def _draw(
    programme: Programme, *, printer: PrinterForm | None = None, rule: RuleForm | None = None
) -> str:
    stands = duplicates.rule_of(programme.id)
    return render(
        "certificates/printing_setup.html",
        programme=programme,
        printers=choosing.printers_of(programme.id),
        printer_form=printer or PrinterForm(),
        rule_form=rule or RuleForm(most=stands.most, needs_declaration=stands.needs_declaration),
    )


@bp.get("/programmes/<int:programme_id>/printing")
@reads(SET_UP_PRINTING, load_programme)
def printing_setup(programme: Programme) -> str:
    """Show printers, calibration and the rule on duplicates."""
    return _draw(programme)


@bp.post("/programmes/<int:programme_id>/printing/printers")
@writes(SET_UP_PRINTING, load_programme)
def save_printer(programme: Programme) -> Response:
    """Keep a printer's offsets; one of that name gets the new ones."""
    form = PrinterForm.posted()
    if not form.validate():
        return make_response(_draw(programme, printer=form), 422)
    wanted = sa.select(Printer).where(
        Printer.programme_id == programme.id, Printer.name == form.name.data
    )
    printer = db.session().scalars(wanted).one_or_none()
    if printer is None:
        printer = Printer(programme_id=programme.id, name=form.name.data)
        db.session().add(printer)
    printer.right, printer.up = _hundredths(form.right.data), _hundredths(form.up.data)
    record(
        "printer.saved",
        by=me(),
        programme=programme.id,
        name=printer.name,
        right=str(printer.right_mm),
        up=str(printer.up_mm),
    )
    flash(_("Saved. Print the calibration sheet once more to see that it is right."), "success")
    return redirect(url_for("certificates.printing_setup", programme_id=programme.id))


def _hundredths(millimetres: Decimal | None) -> int:
    return int(((millimetres or Decimal(0)) * 100).to_integral_value())


@bp.post("/printers/<int:printer_id>/remove")
@writes(SET_UP_PRINTING, load_printer)
def remove_printer(printer: Printer) -> Response:
    """Forget a printer; what was printed on it stays as it is written down."""
    programme_id = printer.programme_id
    record("printer.removed", by=me(), programme=programme_id, name=printer.name)
    db.session().delete(printer)
    return redirect(url_for("certificates.printing_setup", programme_id=programme_id))


@bp.get("/programmes/<int:programme_id>/printing/calibration-<any(landscape, portrait):form>.pdf")
@reads(SET_UP_PRINTING, load_programme)
def calibration(programme: Programme, form: str) -> Response:
    """Print the sheet by which one measures how far a printer is off."""
    return _calibration(form, "")


@bp.get("/printers/<int:printer_id>/calibration-<any(landscape, portrait):form>.pdf")
@reads(SET_UP_PRINTING, load_printer)
def printer_calibration(printer: Printer, form: str) -> Response:
    """Print the sheet moved as a printer is set, to see that it is right."""
    return _calibration(form, printer.name, float(printer.right_mm), float(printer.up_mm))


def _calibration(lie: str, name: str, right: float = 0.0, up: float = 0.0) -> Response:
    title = _("Calibration sheet")
    lines = [
        _("Print this page at its actual size, on the paper and from the tray that you will use."),
        _(
            "Measure from the left edge of the paper to the left crosses, and from the lower edge "
            "to the lower ones. Each should be %(mm)s mm.",
            mm=format_number(int(AT)),
        ),
        _(
            "What is missing goes into “To the right” and “Up”; what is too much, with a minus."
            " An example: 18.5 mm from the left is 1.5 to the right."
        ),
    ]
    if name:
        moved = _(
            "%(name)s: moved %(right)s mm to the right, %(up)s mm upwards.",
            name=name,
            right=format_number(Decimal(str(right))),
            up=format_number(Decimal(str(up))),
        )
        lines.append(moved)
    facts = FileFacts(title, "", "", "", current_locale(), clock.today("Europe/Bucharest"))
    sheet = calibration_sheet(*_SHEETS[lie], (title, lines), right, up)
    return download(write_sheets([sheet], facts), f"calibrare-{lie}.pdf", PDF)


@bp.post("/programmes/<int:programme_id>/printing/duplicates")
@writes(SET_UP_PRINTING, load_programme)
def save_duplicate_rule(programme: Programme) -> Response:
    """Keep what the programme says of duplicates."""
    form = RuleForm.posted()
    if not form.validate():
        return make_response(_draw(programme, rule=form), 422)
    rule = duplicates.Rule(form.most.data, form.needs_declaration.data)
    duplicates.set_rule(programme.id, rule, by=me())
    flash(_("Saved: it holds for duplicates from now on."), "success")
    return redirect(url_for("certificates.printing_setup", programme_id=programme.id))
