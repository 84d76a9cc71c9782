"""What was published of the register, read back by whoever has a code: the list and its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from lms.certificates.signing.pades import TEXT_MARK

LIST: Final = "status.json"
SIGNATURE: Final = "status.sig"
SEALS: Final = "seals.pem"
BADGE_KEYS: Final = "jwks.json"
CHECKPOINTS: Final = "checkpoints.json"
MARK: Final = b"atestat: published status\n"
"""What stands before the list when it is signed, so that the signature fits nothing else."""


class NotPublished(ValueError):
    """The folder isn't what a trusted seal has signed; the text says what is wrong."""


@dataclass(frozen=True)
class Listed:
    """What was published of one certificate; `status` is "unknown" where there is nothing."""

    status: str
    made_at: str
    keeps_file: bool = False

    @property
    def is_good(self) -> bool:
        """Tell whether it was valid then, and this very file kept for it."""
        return self.status == "valid" and self.keeps_file

    def to_plain(self) -> dict[str, Any]:
        """Say it as JSON knows it."""
        return {"status": self.status, "as_of": self.made_at, "keeps_file": self.keeps_file}


def hashed(salt: bytes, code: str) -> str:
    """Hide a code: who has it finds its entry, and who hasn't can't go through them."""
    return hashlib.sha256(salt + code.encode()).hexdigest()


def look_up(
    folder: Path, code: str, sha256: str, trusted: Sequence[x509.Certificate], *, today: date
) -> Listed:
    """Look a certificate up in what was published. Raises NotPublished and OSError."""
    text = (folder / LIST).read_bytes()
    _require_signed(text, (folder / SIGNATURE).read_bytes(), trusted)
    listed = json.loads(text)
    name = hashed(bytes.fromhex(listed["salt"]), code)
    part = f"status/{name[: listed['width']] or 'all'}.json"
    if part not in listed["files"]:
        return Listed("unknown", listed["made_at"])
    data = (folder / part).read_bytes()
    if hashlib.sha256(data).hexdigest() != listed["files"][part]:
        raise NotPublished(f"{part} was changed")
    entry = json.loads(data).get(name)
    if entry is None:
        return Listed("unknown", listed["made_at"])
    ended = entry["expires_on"] is not None and today > date.fromisoformat(entry["expires_on"])
    status = "expired" if entry["status"] == "valid" and ended else str(entry["status"])
    return Listed(status, listed["made_at"], sha256 in entry["files"])


def _require_signed(text: bytes, signature: bytes, trusted: Sequence[x509.Certificate]) -> None:
    for link in trusted:
        key = link.public_key()
        if not isinstance(key, RSAPublicKey):
            continue
        try:
            key.verify(signature, TEXT_MARK + MARK + text, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise NotPublished("its list isn't signed by a seal that is trusted here")
