"""Lists kept between the steps of an import, and afterwards as what was brought in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.courses.models import Edition
from lms.files import store
from lms.files.models import StoredFile

OWNER = Edition.__tablename__


def keep_bytes(data: bytes) -> str:
    """Put a list's bytes into the store and return their SHA-256; done before the write opens."""
    return store.put(current_app.config["LMS"].folder("files"), data)


def keep_row(
    edition: Edition,
    *,
    sha256: str,
    size: int,
    name: str,
    media_type: str,
    by: int | None,
    now: datetime,
) -> StoredFile:
    """Write down a list that was kept; the same bytes twice for an edition are one row."""
    found = (
        db.session()
        .scalars(
            sa.select(StoredFile)
            .where(
                StoredFile.owner_type == OWNER,
                StoredFile.owner_id == edition.id,
                StoredFile.sha256 == sha256,
            )
            .limit(1)
        )
        .first()
    )
    if found is not None:
        return found
    row = StoredFile(
        sha256=sha256,
        size=size,
        media_type=media_type,
        name=name[:255],
        owner_type=OWNER,
        owner_id=edition.id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(row)
    db.session().flush()  # the next page's address names it
    return row


def kept(edition_id: int, file_id: int) -> StoredFile | None:
    """Return a list kept for an edition; another edition's is not found."""
    return (
        db.session()
        .scalars(
            sa.select(StoredFile).where(
                StoredFile.id == file_id,
                StoredFile.owner_type == OWNER,
                StoredFile.owner_id == edition_id,
            )
        )
        .one_or_none()
    )


def bytes_of(sha256: str) -> bytes:
    """Return a kept list's bytes."""
    return store.get(current_app.config["LMS"].folder("files"), sha256)
