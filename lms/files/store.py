"""Put bytes into the store and get them back; nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def path_of(root: Path, sha256: str) -> Path:
    """Where the bytes with this digest stand."""
    return root / sha256[:2] / sha256


def put(root: Path, data: bytes) -> str:
    """Keep bytes durably (written, fsynced, renamed) and return their SHA-256; twice is once."""
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(root, digest)
    if target.exists():
        return digest
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)
    _sync_folder(root)
    return digest


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get(root: Path, sha256: str) -> bytes:
    """Return the bytes with this digest; raise FileNotFoundError, or ValueError where changed."""
    if len(sha256) != 64 or not sha256.isalnum():
        raise FileNotFoundError(sha256)
    data = path_of(root, sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the stored file {sha256} was changed")
    return data


def remove(root: Path, sha256: str) -> None:
    """Take bytes out for good; only where no row names them any more."""
    path_of(root, sha256).unlink(missing_ok=True)
