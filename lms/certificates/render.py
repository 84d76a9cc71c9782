"""A certificate as a file: composed into a page, and written."""

from __future__ import annotations

from lms.certificates.composing import compose, describe
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.writing import write


def render(document: CertificateDocument) -> bytes:
    """Draw the electronic copy, ready to be signed; the same document is the same bytes."""
    return write([compose(document)], describe(document))
