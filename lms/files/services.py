"""Forget stored files, and their bytes once nobody names them."""

from __future__ import annotations

from collections.abc import Callable, Collection

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.files import store
from lms.files.models import StoredFile

# Whoever keeps files of its own in the same store says here whether it still needs some bytes.
NEEDED_BY: dict[str, Callable[[str], bool]] = {}


def forget(file_ids: Collection[int]) -> int:
    """Remove files' rows, and after the commit the bytes that no row names. Runs inside a write."""
    session = db.session()
    of_them = StoredFile.id.in_(file_ids)
    digests = set(session.scalars(sa.select(StoredFile.sha256).where(of_them)))
    gone = db.deleted(sa.delete(StoredFile).where(of_them))
    drop_bytes(digests)
    return gone


def drop_bytes(digests: Collection[str]) -> None:
    """Remove bytes after the commit, where no row names them then."""
    root = current_app.config["LMS"].folder("files")
    still = set(
        db.session().scalars(sa.select(StoredFile.sha256).where(StoredFile.sha256.in_(digests)))
    )
    free = [
        digest
        for digest in digests
        if digest not in still and not any(needs(digest) for needs in NEEDED_BY.values())
    ]

    def drop() -> None:
        for digest in free:
            store.remove(root, digest)

    db.after_commit(drop)
