"""What can become of a badge that is looked at."""

from __future__ import annotations

from enum import StrEnum


class CredentialOutcome(StrEnum):
    """What became of a badge that was looked at."""

    VALID = "valid"
    UNREADABLE = "unreadable"  # no JWS of the one form that is issued here
    UNKNOWN_KEY = "unknown_key"  # signed by a key that isn't trusted
    WITHDRAWN_KEY = "withdrawn_key"  # ours once; its seal was reported stolen since
    KEY_UNCHECKED = "key_unchecked"  # nothing at hand tells whose key it is; it says the same
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"  # signed, yet not what Open Badges asks for
    OTHER_CERTIFICATE = "other_certificate"  # it says otherwise than the one it came with
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"  # revoked or replaced
    STATUS_UNKNOWN = "status_unknown"  # the lists that were brought don't hold it

    @property
    def fits(self) -> bool:
        """Tell whether it may travel in a file that is called valid.

        Its days are the certificate's own, and are judged there. A withdrawn key is no fault of
        the file that the register knows: it is told, and the register decides.
        """
        return self in {self.VALID, self.WITHDRAWN_KEY, self.KEY_UNCHECKED, self.EXPIRED}
