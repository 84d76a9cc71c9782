"""Files that were brought for a quiz: kept once each, read again when something is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.courses.models import CourseFigure
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.models import Quiz

OWNER = Quiz.__tablename__


def keep_bytes(data: bytes) -> str:
    """Put a file's bytes into the store and return their SHA-256; before the write opens."""
    return store.put(current_app.config["LMS"].folder("files"), data)


def keep_row(
    quiz_id: int, *, sha256: str, size: int, name: str, media_type: str, by: int, now: datetime
) -> StoredFile:
    """Write down a file that was kept; the same bytes twice for a quiz are one row."""
    row = db.session().scalar(_files(quiz_id).where(StoredFile.sha256 == sha256).limit(1))
    if row is not None:
        return row
    row = StoredFile(
        sha256=sha256,
        size=size,
        media_type=media_type,
        name=name[:255],
        owner_type=OWNER,
        owner_id=quiz_id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(row)
    db.session().flush()  # the next page's address names it
    return row


def kept_file(quiz_id: int, file_id: int) -> StoredFile | None:
    """Return a file kept for a quiz; another quiz's is not found."""
    return db.session().scalar(_files(quiz_id).where(StoredFile.id == file_id))


def bytes_of(sha256: str) -> bytes:
    """Return a kept file's bytes."""
    return store.get(current_app.config["LMS"].folder("files"), sha256)


def _files(quiz_id: int) -> sa.Select[StoredFile]:
    return sa.select(StoredFile).where(
        StoredFile.owner_type == OWNER, StoredFile.owner_id == quiz_id
    )


def shown_pictures(course_id: int, texts: Sequence[str]) -> dict[str, bytes]:
    """Return the course's pictures that texts show, for a file that holds them."""
    names = {name for text in texts for name in names_in(text)}
    if not names:
        return {}
    rows = db.session().execute(
        sa.select(CourseFigure.name, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .where(CourseFigure.course_id == course_id, CourseFigure.name.in_(names))
    )
    return {name: bytes_of(sha256) for name, sha256 in rows}
