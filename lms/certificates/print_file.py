"""One print-ready file of many certificates, drawn anew: merging signed files breaks their seals.

Each page says that it is a printed copy and that a sealed electronic one exists.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms.certificates.composing import compose, describe_print
from lms.certificates.designs.design import Purpose
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.printing import write_sheets


def render_print_file(documents: Iterable[CertificateDocument]) -> bytes:
    """Draw every document on a page of one unsigned file, in the order given.

    The same documents give the same bytes; no documents at all is a ValueError.
    """
    all_documents = tuple(documents)
    if not all_documents:
        raise ValueError("nothing to print")
    sheets = [page for document in all_documents for page in compose(document, Purpose.COPY)]
    return write_sheets(sheets, describe_print(all_documents))
