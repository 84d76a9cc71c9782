"""Put bytes into the store and get them back; nothing is ever overwritten."""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lms.files.durable import sync


def path_of(root: Path, sha256: str) -> Path:
    """Where the bytes with this digest stand."""
    return root / sha256[:2] / sha256


def digest(data: bytes) -> str:
    """The name that bytes are kept under."""
    return hashlib.sha256(data).hexdigest()


def put(root: Path, data: bytes) -> str:
    """Keep bytes durably (written, fsynced, renamed) and return their SHA-256; twice is once."""
    laid = lay(root, data)
    if laid.temporary is not None:
        _keep(root, laid, laid.temporary)
    return laid.sha256


@dataclass(frozen=True)
class Laid:
    """Bytes written beside their place, and not durable yet; without a name, they stood there."""

    sha256: str
    temporary: Path | None


def lay(root: Path, data: bytes) -> Laid:
    """Write bytes beside their place; `settle` makes them last, many at once."""
    sha256 = digest(data)
    target = path_of(root, sha256)
    if target.exists():
        return Laid(sha256, None)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Laid(sha256, temporary)


def settle(root: Path, laid: Iterable[Laid]) -> None:
    """Make bytes last that were laid: the disk is asked twice for all, not thrice for each."""
    fresh = [(each, each.temporary) for each in laid if each.temporary is not None]
    if not fresh:
        return
    if not _sync_all(root):
        for each, temporary in fresh:
            _keep(root, each, temporary)
        return
    for each, temporary in fresh:  # what a name stands for is on the disk by now
        temporary.rename(path_of(root, each.sha256))
    _sync_all(root)


def _keep(root: Path, laid: Laid, temporary: Path) -> None:
    target = path_of(root, laid.sha256)
    try:
        sync(temporary)
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync(target.parent)
    sync(root)


def _sync_all(root: Path) -> bool:
    """Flush the whole file system that a folder is on; False where the system can't (not Linux)."""
    flush = getattr(ctypes.CDLL(None), "syncfs", None)
    if flush is None:
        return False
    descriptor = os.open(root, os.O_RDONLY)
    try:
        return bool(flush(descriptor) == 0)
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
