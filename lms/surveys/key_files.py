"""Keys of sealed boxes, each in a file of its own that is destroyed with its use.

The folder is left out of backups: a backup never holds an answer before its group is complete.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from lms.files.durable import sync
from lms.surveys.sealing import KEY_BYTES

FOLDER = "waiting"
_STRAY_AFTER = timedelta(hours=1)  # longer than any transaction lasts


def folder() -> Path:
    """Return the folder of keys."""
    path: Path = current_app.config["LMS"].folder(FOLDER)
    return path


def make() -> tuple[str, bytes]:
    """Make a key and keep it; return its name and the key."""
    name, key = secrets.token_hex(16), secrets.token_bytes(KEY_BYTES)
    descriptor = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    sync(folder())
    return name, key


def read(name: str) -> bytes | None:
    """Return a key; None where it is not here (a restored backup has none)."""
    path = folder() / name
    return path.read_bytes() if name and path.is_file() else None


def destroy(name: str) -> None:
    """Overwrite a key and take its file away; nothing happens where it is gone already."""
    path = folder() / name
    if not name or not path.is_file():
        return
    with path.open("r+b") as stream:
        stream.write(bytes(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink(missing_ok=True)
    sync(folder())


def destroy_strays(in_use: Collection[str], *, now: datetime) -> int:
    """Destroy keys that no box names and no transaction can still be using; return how many."""
    found = 0
    for path in folder().iterdir():
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.name not in in_use and now - made > _STRAY_AFTER:
            destroy(path.name)
            found += 1
    return found
