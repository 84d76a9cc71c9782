"""A seal's certificate with those above it, from whatever holds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from lms.certificates.signing.api import SealError, SealMissing


def in_order(seal: x509.Certificate, above: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Order the chain from the seal's issuer up to the root."""
    by_subject = {link.subject: link for link in above}
    chain: list[x509.Certificate] = []
    current = seal
    while current.issuer != current.subject and current.issuer in by_subject:
        current = by_subject.pop(current.issuer)
        chain.append(current)
    return chain


def whole_chain(
    seal: x509.Certificate, above: Iterable[x509.Certificate], file: str
) -> list[x509.Certificate]:
    """Order the chain up to its root, completed from a PEM file. Raises SealMissing, SealError."""
    more: list[x509.Certificate] = []
    if file:
        try:
            more = x509.load_pem_x509_certificates(Path(file).read_bytes())
        except (OSError, ValueError) as error:
            raise SealError(f"LMS_SEAL_CHAIN can't be read: {error}") from error
    chain = in_order(seal, [*above, *more])
    last = chain[-1] if chain else seal
    if last.issuer != last.subject:
        name = last.issuer.rfc4514_string()
        raise SealMissing(f"the certificate of {name}: name a file with it in LMS_SEAL_CHAIN")
    return chain
