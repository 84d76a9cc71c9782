"""Terms of office of those who sign; none of it commits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.certificates.designs.models import SignatoryTerm
from lms.courses.models import Programme
from lms.files.models import StoredFile
from lms.programmes.errors import ProgrammeDeclared


@dataclass(frozen=True)
class TermData:
    """Who signs in a place, and when."""

    position: int
    name: str
    function: str
    serves_from: date
    serves_until: date | None


def terms_of(programme: Programme) -> list[SignatoryTerm]:
    """Return the terms of office, by place and day."""
    statement = (
        sa.select(SignatoryTerm)
        .where(SignatoryTerm.programme_id == programme.id)
        .order_by(SignatoryTerm.position, SignatoryTerm.serves_from, SignatoryTerm.id)
    )
    return list(db.session().scalars(statement))


def add_term(
    programme: Programme,
    data: TermData,
    *,
    scan: str | None = None,
    size: int = 0,
    by: int,
    now: datetime,
) -> None:
    """Let somebody sign in a place during a term; the scan, kept in the store, goes by its hash."""
    if programme.completed_at is not None:
        raise ProgrammeDeclared
    term = SignatoryTerm(programme_id=programme.id, created_at=now, **asdict(data))
    if scan is not None:
        stored = StoredFile(
            sha256=scan,
            size=size,
            media_type="image/png",
            name="semnatura.png",
            owner_type=Programme.__tablename__,
            owner_id=programme.id,
            created_at=now,
            created_by_id=by,
        )
        db.session().add(stored)
        db.session().flush()  # the term names it
        term.scan_file_id = stored.id
    db.session().add(term)
    record(
        "programme.term_added",
        by=by,
        on=programme,
        name=data.name,
        function=data.function,
        serves_from=data.serves_from.isoformat(),
        has_scan=scan is not None,
    )


def remove_term(programme: Programme, term_id: int, *, by: int) -> bool:
    """Take a term away; certificates issued in it keep their signatory. Return whether it stood."""
    if programme.completed_at is not None:
        raise ProgrammeDeclared
    term = next((t for t in terms_of(programme) if t.id == term_id), None)
    if term is None:
        return False
    record("programme.term_removed", by=by, on=programme, name=term.name)
    db.session().delete(term)
    return True
