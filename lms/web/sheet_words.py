"""Why a list can't be read, in the page's language; for every page that takes one."""

from __future__ import annotations

from lms.safety.sheets import RefusedSheet, SheetRefused
from lms.web.i18n import gettext as _


def refused_sheet_words(error: SheetRefused) -> str:
    """Say why a file can't be read, and what to do."""
    sentence = {
        RefusedSheet.EMPTY: _("The file is empty."),
        RefusedSheet.TOO_LARGE: _("The file is larger than 5 MB."),
        RefusedSheet.TOO_MANY_ROWS: _("The list has more than 5,000 rows."),
        RefusedSheet.TOO_MANY_COLUMNS: _("The list has more than 100 columns."),
        RefusedSheet.CELL_TOO_LONG: _("A cell holds more than 2000 characters."),
        RefusedSheet.NOT_A_TABLE: _("The file holds no table with headings and rows."),
        RefusedSheet.OLD_OR_PROTECTED_WORKBOOK: _(
            "The file is an old workbook (.xls) or has a password. Save it as .xlsx without one."
        ),
        RefusedSheet.UNKNOWN_ENCODING: _("The letters can’t be read. Save the list as .xlsx."),
        RefusedSheet.BROKEN_QUOTES: _("The quotation marks don’t close. Save the list as .xlsx."),
        RefusedSheet.DAMAGED_WORKBOOK: _("The workbook is damaged. Save it again as .xlsx."),
        RefusedSheet.DANGEROUS_WORKBOOK: _(
            "The workbook holds things that a list never needs. Copy the table into a new one."
        ),
    }[error.reason]
    if error.row is not None:
        sentence = f"{sentence} {_('Look at row %(row)s.', row=error.row)}"
    return f"{sentence} {_('Nothing was imported.')}"
