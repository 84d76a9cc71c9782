"""What may stand after the seal, and whose word counts there; plain values."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from lms.certificates.levels.level import Level


@dataclass(frozen=True)
class Pin:
    """A signatory whose own signature is accepted, known by the certificate.

    Where the issuer's certificate is given too, a later certificate of the same subject from the
    same issuer is the same signatory.
    """

    certificate_pem: bytes
    issuer_pem: bytes = b""

    @property
    def anchor_pem(self) -> bytes:
        """Return the certificate up to which the signatory's is to be followed."""
        return self.issuer_pem or self.certificate_pem

    def admits(self, other: x509.Certificate) -> bool:
        """Tell whether a certificate is this signatory's."""
        own = x509.load_pem_x509_certificate(self.certificate_pem)
        if other == own:
            return True
        if not self.issuer_pem or other.subject != own.subject:
            return False
        issuer = x509.load_pem_x509_certificate(self.issuer_pem)
        try:
            other.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


@dataclass(frozen=True)
class Trust:
    """Whose word counts after the seal: roots of timestamp authorities, pinned signatories."""

    authorities: tuple[bytes, ...] = ()
    signatories: tuple[Pin, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Write it for a process that inspects."""
        return {
            "authorities": [_text(pem) for pem in self.authorities],
            "signatories": [
                [_text(pin.certificate_pem), _text(pin.issuer_pem)] for pin in self.signatories
            ],
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Trust:
        """Read what `to_plain` wrote."""
        return cls(
            tuple(_bytes(pem) for pem in plain["authorities"]),
            tuple(Pin(_bytes(own), _bytes(above)) for own, above in plain["signatories"]),
        )


@dataclass(frozen=True)
class Stamp:
    """One timestamp; `is_trusted` where its authority leads to a root that is known here."""

    at: datetime
    until: datetime
    authority: str
    is_trusted: bool


@dataclass(frozen=True)
class Approval:
    """One signatory's own signature; its time is the signer's word."""

    fingerprint: str
    name: str
    at: datetime | None
    certificate: str = ""  # DER in hexadecimal


@dataclass(frozen=True)
class Later:
    """What stands after the seal."""

    level: Level = Level.BASIC
    stamps: tuple[Stamp, ...] = ()
    approvals: tuple[Approval, ...] = ()

    @property
    def stamped_at(self) -> datetime | None:
        """The earliest moment that a known authority vouches for."""
        return min((stamp.at for stamp in self.stamps if stamp.is_trusted), default=None)

    @property
    def stamped_until(self) -> datetime | None:
        """Until when the last timestamp can be verified by its own certificate."""
        return self.stamps[-1].until if self.stamps else None

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON knows it."""
        return {
            "level": self.level.value,
            "stamps": [
                [s.at.isoformat(), s.until.isoformat(), s.authority, s.is_trusted]
                for s in self.stamps
            ],
            "approvals": [
                [a.fingerprint, a.name, a.at.isoformat() if a.at else None, a.certificate]
                for a in self.approvals
            ],
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Later:
        """Read what `to_plain` wrote."""
        return cls(
            Level(plain["level"]),
            tuple(
                Stamp(_moment(at), _moment(until), authority, is_trusted)
                for at, until, authority, is_trusted in plain["stamps"]
            ),
            tuple(
                Approval(fingerprint, name, _moment(at) if at else None, certificate)
                for fingerprint, name, at, certificate in plain["approvals"]
            ),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
