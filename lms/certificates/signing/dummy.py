"""A seal that fails in chosen ways, to rehearse what issuing does when a seal fails."""

from __future__ import annotations

import time
from datetime import datetime

from lms.certificates.signing.api import SealError, SealKind, Signer, SigningFailed


class DummySigner:
    """Sign through a real seal, but fail the first times, or take long.

    `failures` is how many calls fail before one succeeds; None means that all fail.
    """

    def __init__(
        self,
        seal: Signer,
        *,
        failures: int | None = 0,
        error: SealError | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self._seal = seal
        self._failures = failures
        self._error = error or SigningFailed("the seal doesn't answer")
        self._delay_seconds = delay_seconds
        self.calls = 0

    @property
    def kind(self) -> SealKind:
        """Say what the seal behind is worth."""
        return self._seal.kind

    @property
    def certificate_pem(self) -> bytes:
        """Return the certificate of the seal behind."""
        return self._seal.certificate_pem

    @property
    def chain_pem(self) -> tuple[bytes, ...]:
        """Return the chain of the seal behind."""
        return self._seal.chain_pem

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the seal behind."""
        return self._seal.fingerprint

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """Fail or sign, as the dummy was told."""
        self.calls += 1
        if self._delay_seconds:
            time.sleep(self._delay_seconds)
        if self._failures is None or self.calls <= self._failures:
            raise self._error
        return self._seal.sign(pdf, at=at)

    def sign_text(self, data: bytes) -> bytes:
        """Fail or sign, as the dummy was told."""
        self.calls += 1
        if self._failures is None or self.calls <= self._failures:
            raise self._error
        return self._seal.sign_text(data)

    def sign_beside(self, data: bytes, *, at: datetime) -> bytes:
        """Sign through the seal behind; this never fails in a rehearsal."""
        return self._seal.sign_beside(data, at=at)
