"""The register as a list to sign, for whoever keeps it on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lms.certificates import words
from lms.certificates.queries import RegisterLine
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import current_locale, format_date, format_short_date, ngettext
from lms.web.i18n import gettext as _

ROW_MM = 12.0  # room for a signature


def draw(lines: Sequence[RegisterLine], today: date) -> bytes:
    """Draw the register as a list to sign, in the order given and the page's language."""
    return draw_sheet(
        Sheet(
            title=_("Register of certificates"),
            lead=[
                ngettext("%(num)s certificate", "%(num)s certificates", len(lines))
                + f" · {format_date(today)}",
                *list(dict.fromkeys(line.edition for line in lines if line.edition))[:3],
            ],
            columns=[
                Column(_("No."), 0.5, is_figure=True),
                Column(_("Number"), 1.9),
                Column(_("Holder"), 2.2),
                Column(_("Organisation"), 2.2),
                Column(_("Course"), 2.2),
                Column(_("Hours"), 0.7, is_figure=True),
                Column(_("Date of issue"), 1.1),
                Column(_("State"), 1.4),
                Column(_("Signature"), 2.2),
            ],
            rows=[
                [
                    str(at),
                    line.number,
                    line.holder,
                    line.organisation,
                    line.course,
                    line.hours,
                    format_short_date(line.issued_on) if line.issued_on else "–",
                    words.state_word(line.state)[1],
                    "",
                ]
                for at, line in enumerate(lines, 1)
            ],
            close=["", _("Kept by (name, signature):")],
            foot=_("Register of certificates"),
            page=_("Page {page} of {pages}"),
            row_mm=ROW_MM,
            is_landscape=True,
            locale=current_locale(),
        )
    )
