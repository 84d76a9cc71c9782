"""The register as a list to sign, for whoever keeps it on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lms.certificates import words
from lms.certificates.desk import desk_words
from lms.certificates.desk.duplicates import Again
from lms.certificates.queries import RegisterLine
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import current_locale, format_date, format_short_date, ngettext
from lms.web.i18n import gettext as _

ROW_MM = 12.0  # room for a signature


def draw(lines: Sequence[RegisterLine], today: date, again: Again | None = None) -> bytes:
    """Draw the register as a list to sign, in the order given and the page's language.

    Each duplicate is a row under its certificate's, with a place to sign of its own.
    """
    return draw_sheet(
        Sheet(
            title=_("Register of certificates"),
            lead=[
                " · ".join((*_counts(lines, again or {}), format_date(today))),
                *list(dict.fromkeys(line.edition for line in lines if line.edition))[:3],
            ],
            columns=[
                Column(_("No."), 0.5, is_figure=True),
                Column(_("Number"), 1.9),
                Column(_("Holder"), 2.5),
                Column(_("Organisation"), 2.1),
                Column(_("Course"), 1.9),
                Column(_("Hours"), 0.6, is_figure=True),
                Column(_("Date of issue"), 1.1),
                Column(_("State"), 1.7),
                Column(_("Signature"), 2.1),
            ],
            rows=list(_rows(lines, again or {})),
            close=["", _("Kept by (name, signature):")],
            foot=_("Register of certificates"),
            page=_("Page {page} of {pages}"),
            row_mm=ROW_MM,
            is_landscape=True,
            locale=current_locale(),
        )
    )


def _counts(lines: Sequence[RegisterLine], again: Again) -> Iterator[str]:
    yield ngettext("%(num)s certificate", "%(num)s certificates", len(lines))
    if count := sum(len(again.get(line.certificate_id, ())) for line in lines):
        yield ngettext("%(num)s duplicate", "%(num)s duplicates", count)


def _rows(lines: Sequence[RegisterLine], again: Again) -> Iterator[list[str]]:
    for at, line in enumerate(lines, 1):
        who = [line.holder, line.organisation, line.course, line.hours]
        day = format_short_date(line.issued_on) if line.issued_on else "–"
        yield [str(at), line.number, *who, day, words.state_word(line.state)[1], ""]
        for each in again.get(line.certificate_id, ()):
            said = desk_words.duplicate_word(each.ordinal, each.on)
            yield ["", line.number, *who, format_short_date(each.on), said, ""]
