"""Files of our own that must be whole and must last: keys, certificates, lists written for others.

Each is private to the service, written beside its place, brought to the disk, and renamed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path


def write_whole(target: Path, data: bytes) -> None:
    """Write a file, whole or not at all, over what stood there.

    The name beside it is its own: two processes may write the same file at once.
    """
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        _write_new(fresh, data)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    sync(target.parent)


def write_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write a folder of files, all or none.

    Raises FileExistsError where a folder that isn't empty stands there, also where another process
    was quicker.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    fresh.mkdir(mode=0o700)
    try:
        for name, content in contents.items():
            _write_new(fresh / name, content)
        sync(fresh)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if target.exists() and any(target.iterdir()):
            raise FileExistsError(str(target)) from error
        raise
    sync(target.parent)


def sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or what was made, renamed or removed in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_new(target: Path, data: bytes) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
