"""A certificate as pages, and what its file says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from lms.certificates.designs import composing
from lms.certificates.designs.design import Purpose
from lms.certificates.document import FACTS_FILE, CertificateDocument
from lms.certificates.drawing.items import Attachment, FileFacts, Page, Relationship
from lms.certificates.wording import wording


def compose(
    document: CertificateDocument, purpose: Purpose = Purpose.ELECTRONIC
) -> tuple[Page, ...]:
    """Compose a certificate in its own design; a ValueError where it doesn't fit."""
    return composing.compose(document.design, document, purpose)


def describe(document: CertificateDocument) -> FileFacts:
    """Say what the electronic copy's file is; its keywords lead to the register's entry."""
    return FileFacts(
        title=f"{document.title} {document.number}",
        author=", ".join(document.issuers),
        subject=document.course,
        keywords=f"{document.number} {document.code}",
        language=document.locale,
        made_on=document.issued_on,
        attachments=(
            Attachment(
                FACTS_FILE,
                "application/json",
                document.to_json().encode(),
                Relationship.DATA,
                wording(document.locale).facts_note,
            ),
        ),
    )


def describe_print(documents: Sequence[CertificateDocument]) -> FileFacts:
    """Say what a file of printed copies is."""
    first, last = documents[0], documents[-1]
    span = first.number if len(documents) == 1 else f"{first.number} - {last.number}"
    return FileFacts(
        title=f"{wording(first.locale).title} {span}",
        author=", ".join(first.issuers),
        subject=first.course,
        keywords="",
        language=first.locale,
        made_on=first.issued_on,
    )
