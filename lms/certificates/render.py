"""A certificate as a file: composed into pages, written, and sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lms.certificates.composing import compose, describe
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import Attachment, FileFacts
from lms.certificates.drawing.writing import write, write_sealed
from lms.certificates.signing.api import SealError, Signer, SigningFailed, SignsWhileWriting


def render(document: CertificateDocument, more: Sequence[Attachment] = ()) -> bytes:
    """Draw the electronic copy, ready to be signed; the same document is the same bytes.

    What is to travel in the file beside the facts comes in `more`.
    """
    return write(compose(document), _described(document, more))


def sealed(
    document: CertificateDocument, seal: Signer, *, at: datetime, more: Sequence[Attachment] = ()
) -> bytes:
    """Draw a certificate and seal it; the same document, seal and time are the same bytes.

    A seal that can do so signs the file as it is written. Any other, and a certificate with rare
    letters, goes by way of the file without a seal. Raises SealError.
    """
    if isinstance(seal, SignsWhileWriting):
        written = sealed_at_once(document, seal, at=at, more=more)
        if written is not None:
            return written
    return seal.sign(render(document, more), at=at)


def sealed_at_once(
    document: CertificateDocument,
    seal: SignsWhileWriting,
    *,
    at: datetime,
    more: Sequence[Attachment] = (),
) -> bytes | None:
    """Draw a certificate and sign it as it is written; None where its letters are rare."""
    pages, facts = compose(document), _described(document, more)
    sitting = seal.sitting(at=at)
    try:
        return write_sealed(pages, facts, sitting, room=seal.room)
    except SealError:
        raise
    except Exception as error:  # whatever breaks inside, the caller learns one thing
        raise SigningFailed(str(error)) from error


def _described(document: CertificateDocument, more: Sequence[Attachment]) -> FileFacts:
    file = describe(document)
    return replace(file, attachments=(*file.attachments, *more))
