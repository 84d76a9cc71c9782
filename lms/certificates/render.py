"""A certificate as a file: composed into a page, written, and sealed."""

from __future__ import annotations

from datetime import datetime

from lms.certificates.composing import compose, describe
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.writing import write, write_sealed
from lms.certificates.signing.api import Signer, SigningFailed, SignsWhileWriting


def render(document: CertificateDocument) -> bytes:
    """Draw the electronic copy, ready to be signed; the same document is the same bytes."""
    return write([compose(document)], describe(document))


def sealed(document: CertificateDocument, seal: Signer, *, at: datetime) -> bytes:
    """Draw a certificate and seal it; the same document, seal and time are the same bytes.

    A seal that can do so signs the file as it is written. Any other, and a certificate with rare
    letters, goes by way of the file without a seal. Raises SealError.
    """
    pages, facts = [compose(document)], describe(document)
    if isinstance(seal, SignsWhileWriting):
        sitting = seal.sitting(at=at)
        try:
            written = write_sealed(pages, facts, sitting, room=seal.room)
        except Exception as error:  # whatever breaks inside, the caller learns one thing
            raise SigningFailed(str(error)) from error
        if written is not None:
            return written
    return seal.sign(write(pages, facts), at=at)
