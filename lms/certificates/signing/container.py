"""A seal as plain bytes: the container of its signatures, filled for each file, and its key.

A B-B signature differs from file to file in two places alone: the file's digest among the signed
attributes, and the signature over these. PAdES keeps the time in the file and not among them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from lms.certificates.signing.api import SealError, SealNotValidThen


@dataclass(frozen=True)
class Container:
    """What stands round a file's digest in the attributes, and round both in the container."""

    head: bytes
    middle: bytes
    before: bytes
    between: bytes
    tail: bytes

    def filled(self, digest: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """Sign a file's digest; return the container in DER."""
        signature = sign(self.head + digest + self.middle)
        return b"".join((self.before, digest, self.between, signature, self.tail))


@dataclass(frozen=True)
class Term:
    """From when to when a seal's certificate holds."""

    begins: datetime
    ends: datetime

    def time(self, at: datetime) -> datetime:
        """Return a time as it is written down; SealNotValidThen where the seal isn't valid then."""
        if at.tzinfo is None:
            raise ValueError("the time of signing must be aware")
        at = at.astimezone(UTC).replace(microsecond=0)
        if not self.begins <= at <= self.ends:
            raise SealNotValidThen(f"the seal is valid from {self.begins} to {self.ends}")
        return at


@dataclass(frozen=True)
class Sitting:
    """A seal about to sign one file, at a time that is UTC and has no part of a second."""

    at: datetime
    parts: Container
    sign: Callable[[bytes], bytes]

    def container(self, digest: bytes) -> bytes:
        """Sign a file's digest; return the container in DER."""
        return self.parts.filled(digest, self.sign)


@dataclass(frozen=True)
class BareSeal:
    """A seal whose key is in memory, without what made its container: it only signs while writing.

    It goes to a small process of our own through a pipe, as plain values, and nowhere else.
    """

    key: RSAPrivateKey
    parts: Container
    room: int
    term: Term

    def sitting(self, *, at: datetime) -> Sitting:
        """Sit down to sign a file that is just being written; see `SignsWhileWriting`."""
        return Sitting(self.term.time(at), self.parts, self._raw)

    def _raw(self, data: bytes) -> bytes:
        return self.key.sign(data, PKCS1v15(), SHA256())

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> BareSeal:
        """Read what `to_plain` wrote."""
        key = load_der_private_key(base64.b64decode(plain["key"]), None)
        if not isinstance(key, RSAPrivateKey):
            raise SealError("the seal needs an RSA key")
        parts = Container(*(base64.b64decode(part) for part in plain["parts"]))
        begins, ends = (datetime.fromisoformat(text) for text in plain["term"])
        return cls(key, parts, plain["room"], Term(begins, ends))

    def to_plain(self) -> dict[str, Any]:
        """Return plain values, the key among them."""
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        parts = self.parts
        shown = (parts.head, parts.middle, parts.before, parts.between, parts.tail)
        return {
            "key": base64.b64encode(key).decode(),
            "parts": [base64.b64encode(part).decode() for part in shown],
            "room": self.room,
            "term": [self.term.begins.isoformat(), self.term.ends.isoformat()],
        }
