"""The list on which holders sign for their paper certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lms.certificates.queries import RegisterLine
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import current_locale, format_date, ngettext
from lms.web.i18n import gettext as _

ROW_MM = 12.0  # room for a signature


def draw(lines: Sequence[RegisterLine], today: date) -> bytes:
    """Draw the list, in the order given and the page's language."""
    editions = list(dict.fromkeys(line.edition for line in lines))
    return draw_sheet(
        Sheet(
            title=_("Hand-over of certificates"),
            lead=[
                *editions[:3],
                ngettext("%(num)s certificate", "%(num)s certificates", len(lines))
                + f" · {format_date(today)}",
                _("By signing, the holder confirms that the paper certificate was received."),
            ],
            columns=[
                Column(_("No."), 0.5, is_figure=True),
                Column(_("Number"), 1.9),
                Column(_("Name"), 2.4),
                Column(_("Organisation"), 2.6),
                Column(_("Date"), 1.1),
                Column(_("Document seen (kind only)"), 1.5),
                Column(_("Signature"), 2.6),
            ],
            rows=[
                [str(at), line.number, line.holder, line.organisation, "", "", ""]
                for at, line in enumerate(lines, 1)
            ],
            close=[
                "",
                _("Handed over by (name, signature):"),
            ],
            foot=_("Register of certificates"),
            page=_("Page {page} of {pages}"),
            row_mm=ROW_MM,
            is_landscape=True,
            locale=current_locale(),
        )
    )
