"""Reads of imports already carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Edition
from lms.files.models import StoredFile
from lms.participants.models import Deed, ImportRow, ParticipantImport


@dataclass(frozen=True)
class ImportLine:
    """An import in the history: what it was, who did it, what it did."""

    batch: ParticipantImport
    file_name: str  # empty: typed in by hand
    by: str  # empty: the system
    enrolled: int
    changed: int
    unchanged: int
    undone_by: str
    subject: str  # the person, where one was typed in

    def can_be_undone(self, now: datetime) -> bool:
        """Whether it may still be taken back."""
        return self.batch.undone_at is None and now < self.batch.undo_until


def import_lines(edition: Edition, only: int | None = None) -> list[ImportLine]:
    """Read an edition's imports, the newest first; three statements."""
    session = db.session()
    statement = (
        sa.select(ParticipantImport, StoredFile.name)
        .outerjoin(StoredFile, StoredFile.id == ParticipantImport.file_id)
        .where(ParticipantImport.edition_id == edition.id)
        .order_by(ParticipantImport.id.desc())
    )
    if only is not None:
        statement = statement.where(ParticipantImport.id == only)
    batches = session.execute(statement).all()
    ids = [batch.id for batch, _name in batches]
    counts: dict[int, dict[Deed, int]] = {}
    newest: dict[int, int] = {}
    for batch_id, deed, number, person_id in session.execute(
        sa.select(
            ImportRow.import_id,
            ImportRow.deed,
            sa.func.count(),
            sa.func.max(ImportRow.person_id),
        )
        .where(ImportRow.import_id.in_(ids))
        .group_by(ImportRow.import_id, ImportRow.deed)
    ):
        counts.setdefault(batch_id, {})[deed] = number
        if person_id is not None:
            newest[batch_id] = person_id
    wanted = {b.made_by_id for b, _n in batches} | {b.undone_by_id for b, _n in batches}
    wanted |= {newest.get(b.id) for b, name in batches if name is None}
    people = {
        person_id: f"{given} {family}"
        for person_id, given, family in session.execute(
            sa.select(Person.id, Person.given_names, Person.family_name).where(
                Person.id.in_([i for i in wanted if i])
            )
        )
    }

    def is_by_hand(name: str | None, batch_id: int) -> bool:
        return name is None and sum(counts.get(batch_id, {}).values()) == 1

    return [
        ImportLine(
            batch=batch,
            file_name=name or "",
            by=people.get(batch.made_by_id or 0, ""),
            enrolled=counts.get(batch.id, {}).get(Deed.NEW, 0)
            + counts.get(batch.id, {}).get(Deed.PLACED, 0),
            changed=counts.get(batch.id, {}).get(Deed.CHANGED, 0),
            unchanged=counts.get(batch.id, {}).get(Deed.UNCHANGED, 0),
            undone_by=people.get(batch.undone_by_id or 0, ""),
            subject=people.get(newest.get(batch.id, 0), "") if is_by_hand(name, batch.id) else "",
        )
        for batch, name in batches
    ]


def rows_of(batch: ParticipantImport) -> list[tuple[ImportRow, Person | None]]:
    """Read what an import did row by row, with who it was; one statement."""
    rows = db.session().execute(
        sa.select(ImportRow, Person)
        .outerjoin(Person, Person.id == ImportRow.person_id)
        .where(ImportRow.import_id == batch.id)
        .order_by(ImportRow.number)
    )
    return [(row, person) for row, person in rows]
