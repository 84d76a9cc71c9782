"""What was printed of one certificate, when, by whom and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.certificates.desk.models import Duplicate
from lms.certificates.desk.settings import PrintKind
from lms.certificates.models import Printing


@dataclass(frozen=True)
class PrintLine:
    """That a certificate was put on paper."""

    at: datetime
    by: str
    kind: PrintKind
    copies: int
    is_spoilt: bool
    duplicate: int | None  # which of them


def printings_of(certificate_id: int) -> list[PrintLine]:
    """List when and by whom a certificate was printed."""
    later = sa.orm.aliased(Printing)
    rows = db.session().execute(
        sa.select(Printing, Person.given_names, Person.family_name, later.id, Duplicate.ordinal)
        .join(Person, Person.id == Printing.printed_by_id)
        .outerjoin(later, later.replaces_id == Printing.id)
        .outerjoin(Duplicate, Duplicate.id == Printing.duplicate_id)
        .where(Printing.certificate_id == certificate_id)
        .order_by(Printing.id)
    )
    return [
        PrintLine(p.printed_at, f"{given} {family}", p.kind, p.copies, newer is not None, again)
        for p, given, family, newer, again in rows
    ]
