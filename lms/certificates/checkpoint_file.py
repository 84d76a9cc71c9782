"""Checkpoints: where the chains of record and register ended at an instant, signed by the seal.

A chain made anew after an edit holds in itself, and a chain whose end was cut off holds too. What
was signed before, and is kept where the database is not, tells both.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lms.certificates.signing.pades import TEXT_MARK
from lms.certificates.verification import TrustedSeal

FORMAT: Final = 1
MARK: Final = b"atestat: checkpoint of the chains\n"
MOST_BYTES: Final = 16 * 1024 * 1024
RECORD: Final = "record"
SERIES: Final = "register:"  # before the name of a series


class NotACheckpoint(ValueError):
    """The file holds no checkpoints, or isn't whole."""


@dataclass(frozen=True)
class ChainEnd:
    """A chain's last link: its number, which is how many links there are, and its hash."""

    chain: str
    count: int
    last_hash: str


@dataclass(frozen=True)
class Checkpoint:
    """Where each chain ended at an instant."""

    at: datetime
    site: str
    ends: tuple[ChainEnd, ...]
    previous: str  # the SHA-256 of what the checkpoint before it signs; empty in the first
    seal: str = ""  # the SHA-256 of the seal's certificate
    signature: bytes = b""

    def signed_bytes(self) -> bytes:
        """Return what the seal signs: the content in one exact form."""
        plain = self.to_plain()
        del plain["signature"]
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return MARK + text.encode()

    @property
    def sha256(self) -> str:
        """Name it in the one after it."""
        return hashlib.sha256(self.signed_bytes()).hexdigest()

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "format": FORMAT,
            "at": self.at.isoformat(),
            "site": self.site,
            "chains": [asdict(end) for end in self.ends],
            "previous": self.previous,
            "seal": self.seal,
            "signature": base64.b64encode(self.signature).decode(),
        }


def from_plain(plain: Any) -> Checkpoint:
    """Read what `to_plain` wrote. Raises NotACheckpoint."""
    try:
        if plain["format"] != FORMAT:
            raise NotACheckpoint("format")
        at = datetime.fromisoformat(plain["at"])
        ends = tuple(
            ChainEnd(str(end["chain"]), int(end["count"]), str(end["last_hash"]))
            for end in plain["chains"]
        )
        signature = base64.b64decode(plain["signature"], validate=True)
        texts = (str(plain["site"]), ends, str(plain["previous"]), str(plain["seal"]), signature)
    except (KeyError, TypeError, ValueError) as error:
        raise NotACheckpoint("damaged") from error
    if at.tzinfo is None:
        raise NotACheckpoint("no zone")
    return Checkpoint(at, *texts)


def read_checkpoints(data: bytes) -> list[Checkpoint]:
    """Read a file of one checkpoint or of many, in the order of time. Raises NotACheckpoint."""
    if len(data) > MOST_BYTES:
        raise NotACheckpoint("too large")
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise NotACheckpoint("no JSON") from error
    if isinstance(plain, dict) and "checkpoints" in plain:
        plain = plain["checkpoints"]
    found = [from_plain(each) for each in (plain if isinstance(plain, list) else [plain])]
    if not found:
        raise NotACheckpoint("empty")
    return sorted(found, key=lambda checkpoint: checkpoint.at)


def write_checkpoints(checkpoints: Iterable[Checkpoint], seals: Sequence[TrustedSeal]) -> bytes:
    """Write checkpoints with the certificates they are checked by, the newest last."""
    plain = {
        "about": "Where the chains of record and register ended: checked by lms audit verify",
        "signed": "RSA PKCS#1 v1.5, SHA-256, over: "
        + json.dumps((TEXT_MARK + MARK).decode())
        + " and the checkpoint without its signature, as JSON with sorted keys and no spaces",
        "seals": [seal.certificate_pem.decode("ascii") for seal in seals],
        "checkpoints": [checkpoint.to_plain() for checkpoint in checkpoints],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode() + b"\n"


def fingerprint_of(seal: TrustedSeal) -> str:
    """Return the SHA-256 of a seal's certificate."""
    certificate = x509.load_pem_x509_certificate(seal.certificate_pem)
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_signed(checkpoint: Checkpoint, trusted: Sequence[TrustedSeal]) -> bool:
    """Tell whether a seal that we know has signed a checkpoint."""
    for seal in trusted:
        if fingerprint_of(seal) != checkpoint.seal:
            continue
        key = x509.load_pem_x509_certificate(seal.certificate_pem).public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        signed = TEXT_MARK + checkpoint.signed_bytes()
        try:
            key.verify(checkpoint.signature, signed, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True
    return False


def newest_of_each_day(checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Leave out all but the last checkpoint of each day."""
    return list({checkpoint.at.date(): checkpoint for checkpoint in checkpoints}.values())
