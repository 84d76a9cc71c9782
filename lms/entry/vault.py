"""National numbers sealed with a key that lies beside the database, not in it.

The instance's `keys/national-numbers` holds one file a key, named by its id; the newest seals.
From each, two keys are drawn: one to seal with, one for the digest by which doubles are found.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NAME = re.compile(r"n(\d{1,6})\.key")
_NONCE = 12


class CannotOpen(Exception):
    """The key is not here, or the sealed bytes are not what this key has sealed."""


@dataclass(frozen=True)
class Sealed:
    """A number as it is stored."""

    key_id: str
    data: bytes
    digest: bytes


class Vault:
    """The keys of one instance; read from the folder each time, so that a rotation is seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key_ids(self) -> list[str]:
        """Return the ids of the keys that are there, the oldest first."""
        if not self.folder.is_dir():
            return []
        found = [m for p in self.folder.iterdir() if (m := _NAME.fullmatch(p.name))]
        return [f"n{number}" for number in sorted(int(m[1]) for m in found)]

    def active(self) -> str:
        """Return the id of the key that seals; the first is made when it is needed."""
        ids = self.key_ids()
        return ids[-1] if ids else self.add_key()

    def add_key(self) -> str:
        """Make the next key: private to the service, all or nothing, and never over another."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ids = self.key_ids()
        key_id = f"n{int(ids[-1][1:]) + 1 if ids else 1}"
        own = self.folder / f".{key_id}-{secrets.token_hex(8)}"
        own.touch(mode=0o600)
        own.write_bytes(base64.b64encode(secrets.token_bytes(32)))
        with own.open("rb") as stream:
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(own, self.folder / f"{key_id}.key")
        own.unlink()
        return key_id

    def forget(self, key_id: str) -> None:
        """Remove a key that seals nothing any more."""
        (self.folder / f"{key_id}.key").unlink(missing_ok=True)

    def _derived(self, key_id: str, purpose: bytes) -> bytes:
        path = self.folder / f"{key_id}.key"
        if not path.is_file():
            raise CannotOpen(key_id)
        secret = base64.b64decode(path.read_bytes())
        return HKDF(hashes.SHA256(), 32, salt=None, info=b"atestat " + purpose).derive(secret)

    def seal(self, digits: str, about: str) -> Sealed:
        """Seal a number for one person and programme (`about`); it opens for no other."""
        key_id, nonce = self.active(), secrets.token_bytes(_NONCE)
        cipher = AESGCM(self._derived(key_id, b"seal"))
        data = nonce + cipher.encrypt(nonce, digits.encode(), about.encode())
        return Sealed(key_id, data, self.digest(digits, key_id))

    def open(self, key_id: str, data: bytes, about: str) -> str:
        """Return a sealed number; raise CannotOpen."""
        cipher = AESGCM(self._derived(key_id, b"seal"))
        try:
            return cipher.decrypt(data[:_NONCE], data[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(key_id) from error

    def digest(self, digits: str, key_id: str) -> bytes:
        """Digest a number so that the same is found again, by whoever has the key alone."""
        mac = hmac.HMAC(self._derived(key_id, b"digest"), hashes.SHA256())
        mac.update(digits.encode())
        return mac.finalize()
