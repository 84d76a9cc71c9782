"""Signatories who sign on their own machines: pinned by the office, each by a certificate."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from lms import db
from lms.audit.services import record
from lms.certificates import drafting, seals
from lms.certificates.levels.later import Approval, Pin
from lms.certificates.models import SignatoryPin
from lms.courses.models import Programme
from lms.errors import Refused


class NotACertificate(Refused):
    """The file holds no certificate of a person that could be pinned; the text is one word."""


class PinnedAlready(Refused):
    """This certificate is pinned in the programme."""


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """Read the certificates of a file: PEM, DER or PKCS#7. Raises NotACertificate."""
    readers = (
        x509.load_pem_x509_certificates,
        lambda d: [x509.load_der_x509_certificate(d)],
        load_der_pkcs7_certificates,
    )
    for read in readers:
        try:
            return list(read(data))
        except ValueError:
            continue
    raise NotACertificate("unreadable")


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def serving(programme: Programme, now: datetime) -> list[tuple[int, str, str]]:
    """List who signs the programme's certificates today: place, name, function."""
    today = drafting.local_day(now, programme)
    found = drafting.Shared().signatories(programme, today)
    places = (own.position for own in programme.signatories)
    return [(place, who.name, who.function) for place, who in zip(places, found, strict=True)]


def pin(
    programme: Programme,
    position: int,
    files: list[x509.Certificate],
    *,
    by: int | None,
    now: datetime,
) -> SignatoryPin:
    """Pin one of a programme's signatories by the certificate among those given.

    Where its issuer's is among them, later certificates of the same person from the same issuer
    count too. Raises NotACertificate, PinnedAlready.
    """
    own = next((c for c in files if not _is_authority(c)), None)
    if own is None:
        raise NotACertificate("authority")
    if own.not_valid_after_utc <= now:
        raise NotACertificate("expired")
    fingerprint = own.fingerprint(hashes.SHA256()).hex()
    if any(fingerprint == _fingerprint_of(seal.certificate_pem) for seal in seals.trusted()):
        raise NotACertificate("seal")
    same = sa.select(SignatoryPin.id).where(
        SignatoryPin.programme_id == programme.id,
        SignatoryPin.fingerprint == fingerprint,
        SignatoryPin.withdrawn_at.is_(None),
    )
    if db.session().scalar(same) is not None:
        raise PinnedAlready
    issuer = next((c for c in files if _is_authority(c) and _issued(own, c)), None)
    name, function = next((n, f) for place, n, f in serving(programme, now) if place == position)
    made = SignatoryPin(
        programme_id=programme.id,
        name=name,
        function=function,
        fingerprint=fingerprint,
        certificate_pem=_pem(own),
        issuer_pem=_pem(issuer) if issuer is not None else "",
        pinned_at=now,
        pinned_by_id=by,
    )
    db.session().add(made)
    db.session().flush()  # the record names it
    record(
        "signatory.pinned",
        by=by,
        on=made,
        name=made.name,
        fingerprint=fingerprint,
        with_issuer=issuer is not None,
    )
    return made


def withdraw(pinned: SignatoryPin, *, by: int | None, now: datetime) -> None:
    """Accept no more files by a signatory; what was registered stays good."""
    if pinned.withdrawn_at is None:
        pinned.withdrawn_at, pinned.withdrawn_by_id = now, by
        record("signatory.withdrawn", by=by, on=pinned, name=pinned.name)


def pins_of(programme_id: int) -> list[SignatoryPin]:
    """List a programme's pins, those in force first, then by name."""
    return list(
        db.session().scalars(
            sa.select(SignatoryPin)
            .where(SignatoryPin.programme_id == programme_id)
            .order_by(SignatoryPin.withdrawn_at.is_not(None), SignatoryPin.name, SignatoryPin.id)
        )
    )


def as_pin(row: SignatoryPin) -> Pin:
    """Turn a row into what a file is judged by."""
    return Pin(row.certificate_pem.encode(), row.issuer_pem.encode())


def all_pins() -> tuple[Pin, ...]:
    """Return every pin there ever was: what was registered under it is still to be verified."""
    return tuple(as_pin(row) for row in db.session().scalars(sa.select(SignatoryPin)))


def admits(row: SignatoryPin, approval: Approval) -> bool:
    """Tell whether a signature in a file is this signatory's."""
    certificate = x509.load_der_x509_certificate(bytes.fromhex(approval.certificate))
    return as_pin(row).admits(certificate)


def about(row: SignatoryPin) -> tuple[str, str, datetime]:
    """Return whose certificate it is, who issued it, and until when it is valid."""
    certificate = x509.load_pem_x509_certificate(row.certificate_pem.encode())
    return (
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        certificate.not_valid_after_utc.astimezone(UTC),
    )


def _issued(own: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _fingerprint_of(pem: bytes) -> str:
    return x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex()
