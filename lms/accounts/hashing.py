"""Hashing passwords: argon2id, and never more at once than cores, over all processes.

Each hash takes 19 MiB and 20 ms of a core. Without a cap, a hundred people who sign in together
would starve everybody else; with it they queue, and pages go on. Never call this inside a write.
"""

from __future__ import annotations

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from lms import db
from lms.accounts.passwords import LONGEST, prepare

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def _slot() -> Iterator[None]:
    """Hold one of the slots; a file lock is let go by the system when its process dies."""
    if db.is_writing():
        raise RuntimeError("a hash inside the write transaction would hold up every writer")
    folder: Path = current_app.config["LMS"].folder("locks")
    paths = [folder / f"hash-{n}" for n in range(cores())]
    random.shuffle(paths)
    descriptors = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in paths]
    try:
        if not any(_takes(descriptor) for descriptor in descriptors):
            fcntl.flock(descriptors[0], fcntl.LOCK_EX)
        yield
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _takes(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def _dummy() -> str:
    return _hasher.hash("nobody's password")


def hash_password(password: str) -> str:
    """Return the hash to keep of a password."""
    with _slot():
        return _hasher.hash(prepare(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Tell whether the password is the one kept; takes as long where there is none to compare."""
    prepared = prepare(password[: LONGEST + 1])
    with _slot():
        try:
            return _hasher.verify(kept or _dummy(), prepared) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
