"""A person's row, held until the transaction ends."""

from __future__ import annotations

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person


def locked_person(person_id: int) -> Person | None:
    """Load a person, locked, so that two clicks wait for each other; inside a write."""
    statement = sa.select(Person).where(Person.id == person_id).with_for_update()
    return db.session().scalars(statement).one_or_none()
