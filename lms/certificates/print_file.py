"""One print-ready file of many certificates, drawn anew: merging signed files breaks their seals.

Each page says that it is a printed copy and that a sealed electronic one exists.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms.certificates.document import CertificateDocument
from lms.certificates.render import draw_pages
from lms.certificates.wording import wording


def render_print_file(documents: Iterable[CertificateDocument]) -> bytes:
    """Draw every document on a page of one unsigned file, in the order given.

    The same documents give the same bytes; no documents at all is a ValueError.
    """
    pages = tuple(documents)
    if not pages:
        raise ValueError("nothing to print")
    first, last = pages[0].number, pages[-1].number
    span = first if len(pages) == 1 else f"{first} - {last}"
    return draw_pages(pages, title=f"{wording(pages[0].locale).title} {span}")
