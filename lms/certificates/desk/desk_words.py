"""Sentences of the print desk."""

from __future__ import annotations

from datetime import date

from lms.certificates.desk.models import DuplicateReason
from lms.certificates.desk.printings import PrintLine
from lms.certificates.desk.settings import Order, PrintKind, PrintSettings, Sides
from lms.web.i18n import format_date, ngettext
from lms.web.i18n import gettext as _


def kind_word(kind: PrintKind) -> str:
    """Name what a sheet is."""
    return {
        PrintKind.ORIGINAL: _("paper original, to be signed by hand"),
        PrintKind.COPY: _("copy, marked as a copy"),
        PrintKind.ANNEX: _("the annex alone, without the first page"),
        PrintKind.PROOF: _("proof, of no value"),
    }[kind]


def order_word(order: Order) -> str:
    """Name an order."""
    return {
        Order.NAME: _("by name"),
        Order.ORGANISATION: _("by organisation"),
        Order.COUNTY: _("by county"),
        Order.NUMBER: _("by number"),
    }[order]


def sides_word(sides: Sides) -> str:
    """Say on how many sides."""
    return {
        Sides.SINGLE: _("one side"),
        Sides.LONG_EDGE: _("both sides, turned on the long edge"),
        Sides.SHORT_EDGE: _("both sides, turned on the short edge"),
    }[sides]


def printed_word(line: PrintLine) -> str:
    """Say of a certificate's history that it was printed."""
    what = {
        PrintKind.COPY: _("copy printed"),
        PrintKind.ANNEX: _("annex printed by itself"),
    }.get(line.kind, _("paper original printed"))
    if line.kind is PrintKind.ORIGINAL and line.duplicate:
        what = _("duplicate no. %(number)s printed", number=line.duplicate)
        if line.is_spoilt:
            what = _("duplicate no. %(number)s printed, spoilt since", number=line.duplicate)
    elif line.is_spoilt and line.kind is PrintKind.ORIGINAL:
        what = _("paper original printed, spoilt since")
    return f"{what} × {line.copies}" if line.copies > 1 else what


def settings_words(settings: PrintSettings) -> list[str]:
    """Say in a few words how something is printed."""
    said = [kind_word(settings.kind), order_word(settings.order), sides_word(settings.sides)]
    if settings.copies > 1:
        said.append(ngettext("%(num)s copy", "%(num)s copies", settings.copies))
    if settings.per_sheet > 1:
        said.append(_("%(count)s on a sheet", count=settings.per_sheet))
    if settings.is_preprinted:
        said.append(_("on pre-printed paper"))
    if settings.is_cut:
        said.append(_("with bleed and crop marks"))
    if settings.printer:
        said.append(settings.printer)
    return said


def duplicate_word(ordinal: int, on: date) -> str:
    """Name a duplicate as its paper does."""
    return _("DUPLICATE no. %(number)s of %(date)s", number=ordinal, date=format_date(on))


def duplicate_reason_word(reason: DuplicateReason) -> str:
    """Say what became of a paper."""
    return {
        DuplicateReason.LOST: _("lost"),
        DuplicateReason.STOLEN: _("stolen"),
        DuplicateReason.DAMAGED: _("damaged"),
        DuplicateReason.NEVER_ARRIVED: _("never arrived"),
    }[reason]


def duplicate_refusal(why: str) -> str:
    """Say why no duplicate was granted."""
    return {
        "most": _("No duplicate was granted: the programme grants no more of one certificate."),
        "declaration": _("Name the declaration of the loss: the programme asks for it."),
        "day": _("The day is to come, or before the certificate’s own date."),
        "fit": _("No duplicate was granted: its words don’t fit the certificate’s design."),
    }[why]


def fault_word(fault: str) -> str:
    """Say why a certificate is not in a file."""
    return {
        "ended": _("no longer valid"),
        "erased": _("its holder was erased"),
        "DoesNotFit": _("does not fit its design"),
        "NoAnnex": _("its design has no annex"),
    }.get(fault, fault)
