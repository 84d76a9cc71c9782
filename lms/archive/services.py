"""Make an edition's archive."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.archive.contents import Contents
from lms.archive.writing import write
from lms.audit.services import extend_chain, record
from lms.certificates import seals
from lms.certificates.signing.api import SealError
from lms.courses.models import Edition


def note(edition: Edition, *, by: int | None) -> None:
    """Record that the archive is taken, and chain what is not chained. Runs inside a write."""
    record("edition.archived", by=by, on=edition, course_id=edition.course_id)
    while extend_chain():
        pass


def make(slug: str, path: Path) -> int:
    """Write an edition's archive to a new file; return how many files are in it. Only reads."""
    edition = (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .where(Edition.slug == slug)
        )
        .one()
    )
    return write(path, Contents(edition).entries(), _signed)


def _signed(data: bytes) -> bytes | None:
    """Sign with the seal; an archive without one says so when it is checked."""
    try:
        return seals.signer().sign_beside(data, at=clock.now())
    except SealError:
        return None
