"""Make an edition's archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.archive.contents import Contents
from lms.archive.writing import write
from lms.audit.services import extend_chain, record
from lms.certificates import seals
from lms.certificates.models import Certificate, CertificateFile
from lms.certificates.signing.api import SealError
from lms.courses.models import Edition, Enrolment
from lms.quizzes.models import Attempt

ALWAYS = 22  # files that are in every archive


def note(edition: Edition, *, by: int | None) -> None:
    """Record that the archive is taken, and chain what is not chained. Runs inside a write."""
    record("edition.archived", by=by, on=edition, course_id=edition.course_id)
    while extend_chain():
        pass


def make(slug: str, path: Path, tell: Callable[[int], None] = lambda _done: None) -> int:
    """Write an edition's archive to a new file; return how many files are in it. Only reads.

    `tell` is told after each file how many are done.
    """
    edition = (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .where(Edition.slug == slug)
        )
        .one()
    )
    return write(path, Contents(edition).entries(), _signed, tell)


@dataclass(frozen=True)
class Holds:
    """What an archive would hold if it were made now."""

    participants: int
    certificates: int  # sealed files
    attempts: int
    people_with_attempts: int


def holds(edition: Edition) -> Holds:
    """Count what an archive would hold, in one statement."""
    places = sa.select(Enrolment.id).where(Enrolment.edition_id == edition.id)
    tried = Attempt.enrolment_id.in_(places)
    sealed = (
        sa.select(sa.func.count(CertificateFile.id))
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(Certificate.enrolment_id.in_(places))
    )
    counts = (
        sa.select(sa.func.count()).select_from(places.subquery()),
        sealed,
        sa.select(sa.func.count(Attempt.id)).where(tried),
        sa.select(sa.func.count(Attempt.enrolment_id.distinct())).where(tried),
    )
    row = db.session().execute(sa.select(*(c.scalar_subquery() for c in counts))).one()
    return Holds(*row)


def expected(edition: Edition) -> int:
    """Estimate the files of an archive, to say how far it has come; scans are not counted."""
    found = holds(edition)
    return ALWAYS + found.certificates + found.people_with_attempts


def _signed(data: bytes) -> bytes | None:
    """Sign with the seal; an archive without one says so when it is checked."""
    try:
        return seals.signer().sign_beside(data, at=clock.now())
    except SealError:
        return None
