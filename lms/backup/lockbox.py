"""Encryption of backups: the age format, which the program of that name opens without us."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage

from lms.backup.manifest import BackupRefusedError

HEADER = b"age-encryption.org/v1"
SECRET_BEGINS = "AGE-SECRET-KEY-"  # noqa: S105 -- how a key begins


def new_key() -> str:
    """Make a key that locks and opens."""
    return str(pyrage.x25519.Identity.generate())


def public_of(key: str) -> str:
    """Return the part of a key that only locks; a public key is its own."""
    return str(_recipient(key))


def can_open(key: str) -> bool:
    """Whether a key opens what it locks, or locks only."""
    return key.startswith(SECRET_BEGINS)


def check_key(key: str) -> str | None:
    """Say what is wrong with a key; None where nothing is."""
    try:
        _recipient(key)
    except BackupRefusedError as refusal:
        return str(refusal)
    return None


def is_locked(path: Path) -> bool:
    """Whether a file is locked, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(len(HEADER)) == HEADER


def lock(source: Path, target: Path, key: str) -> None:
    """Lock a file into a new one, a portion at a time."""
    recipient = _recipient(key)
    with source.open("rb") as plain, target.open("xb") as locked:
        target.chmod(0o600)
        pyrage.encrypt_io(plain, locked, [recipient])


def unlock(source: Path, target: Path, key: str) -> None:
    """Open a locked file into a new one; nothing is left of it where it was changed."""
    if not can_open(key):
        raise BackupRefusedError("Opening it needs the secret key, which begins AGE-SECRET-KEY-.")
    identity = _identity(key)
    try:
        with source.open("rb") as locked, target.open("xb") as plain:
            target.chmod(0o600)
            pyrage.decrypt_io(locked, plain, [identity])
    except (pyrage.DecryptError, OSError) as error:
        target.unlink(missing_ok=True)
        raise BackupRefusedError(
            "This backup can't be opened: another key locked it, or it is damaged."
        ) from error


@contextmanager
def opened(path: Path, key: str, folder: Path) -> Iterator[Path]:
    """Give a backup that can be read for the block: itself, or opened beside the site."""
    if not is_locked(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix=".opened-", dir=folder) as temporary:
        plain = Path(temporary) / "opened.zip"
        unlock(path, plain, key)
        yield plain


def _identity(key: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(key.strip())
    except pyrage.IdentityError as error:
        raise BackupRefusedError("LMS_BACKUP_KEY is no key; make one: lms backup key") from error


def _recipient(key: str) -> pyrage.x25519.Recipient:
    if can_open(key):
        return _identity(key).to_public()
    try:
        return pyrage.x25519.Recipient.from_str(key.strip())
    except pyrage.RecipientError as error:
        raise BackupRefusedError("LMS_BACKUP_KEY is no key; make one: lms backup key") from error
