"""What issuing needs of a seal, whatever holds its key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from lms.certificates.drawing.template import Sitting


class SealKind(StrEnum):
    """How much a seal is worth to a stranger."""

    SELF_MADE = "self_made"
    ADVANCED = "advanced"
    QUALIFIED = "qualified"


class SealError(Exception):
    """Base of all that goes wrong with a seal; nothing was signed."""


class SealMissing(SealError):
    """There is no seal where one was looked for."""


class SealExists(SealError):
    """A seal is there already; it is never made anew over an old one."""


class SealUnsafe(SealError):
    """Others than the service's own user can read the key."""


class SealLocked(SealError):
    """The passphrase is missing or wrong, or the file is damaged."""


class SealNotValidThen(SealError):
    """The seal's certificate isn't valid at the time of signing."""


class SigningFailed(SealError):
    """The seal refused, or its answer didn't fit the file."""


class SealKey(Protocol):
    """An RSA key that signs, wherever it is held."""

    @property
    def key_size(self) -> int:
        """Return its length in bits."""

    def sign(self, data: bytes, padding: PKCS1v15, algorithm: SHA256, /) -> bytes:
        """Sign with PKCS#1 v1.5 and SHA-256, the same bytes each time; a SealError if it can't."""


class Signer(Protocol):
    """A seal that signs one file at a time; safe to share between threads."""

    @property
    def kind(self) -> SealKind:
        """Say what the seal is worth."""

    @property
    def certificate_pem(self) -> bytes:
        """Return the seal's own certificate, to be pinned by whoever verifies."""

    @property
    def chain_pem(self) -> tuple[bytes, ...]:
        """Return the certificates above the seal's, the root last; empty where it is its own."""

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the seal's certificate in hexadecimal."""

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """Return the file sealed as a whole, at a time that is aware; a SealError if it can't."""

    def sign_text(self, data: bytes) -> bytes:
        """Return a bare signature over the register's file of a day; a SealError if it can't."""

    def sign_beside(self, data: bytes, *, at: datetime) -> bytes:
        """Return a detached signature (CMS, DER) over bytes of any kind; a SealError if not."""


@runtime_checkable
class SignsWhileWriting(Protocol):
    """A seal that can sign a file as it is written, from its digest alone: many files, quickly."""

    @property
    def room(self) -> int:
        """Return how many hexadecimal digits a signature takes in the file, at most."""

    def sitting(self, *, at: datetime) -> Sitting:
        """Sit down to sign one file at a time that is aware; SealNotValidThen where it can't."""


@runtime_checkable
class GoesElsewhere(Protocol):
    """A seal that may be able to sign in another process of ours."""

    def bare(self) -> SignsWhileWriting | None:
        """Return what signs there; None where the key stays where it is."""
