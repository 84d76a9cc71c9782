"""The states a numbered certificate passes through."""

from __future__ import annotations

from enum import StrEnum


class CertificateState(StrEnum):
    """Where a certificate stands; expiry is computed, never stored."""

    RESERVED = "reserved"
    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    VOID = "void"


HOLDER_ERASED = "–"  # stands in a certificate's facts once its holder's name was erased
