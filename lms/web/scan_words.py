"""Why a file is not taken for a scan, in the page's language; for every page that takes one."""

from __future__ import annotations

from lms.safety.scans import ScanFault
from lms.web.i18n import gettext as _


def refused_scan_words(fault: ScanFault) -> str:
    """Say why a scan is not taken, and what to do."""
    return {
        ScanFault.EMPTY: _("The file is empty. Choose another one."),
        ScanFault.TOO_LARGE: _("The scan is too large: at most 10 MB. Scan at 150 dots per inch."),
        ScanFault.KIND: _("A scan is a PDF, a JPG or a PNG."),
        ScanFault.DAMAGED: _("The scan is damaged and can’t be opened. Scan it again."),
    }[fault]
