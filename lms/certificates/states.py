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


class FlagOutcome(StrEnum):
    """How a certificate that had to be looked at was decided on."""

    KEPT = "kept"
    REVOKED = "revoked"
    CORRECTED = "corrected"
    CLEARED = "cleared"  # what was missing is there again


HOLDER_ERASED = "–"  # stands in a certificate's facts once its holder's name was erased
