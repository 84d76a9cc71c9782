"""How headings are read, as people said: kept per edition, and offered to the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.participants.columns import ColumnUse, Field
from lms.participants.models import ColumnChoice


def remembered(edition_id: int) -> dict[str, Field | None]:
    """Return how headings are read on an edition, by key; one statement.

    What was said for another edition holds as well, the newest first, until it is said otherwise
    for this one.
    """
    rows = db.session().execute(
        sa.select(ColumnChoice.heading_key, ColumnChoice.field).order_by(
            (ColumnChoice.edition_id == edition_id).asc(),
            ColumnChoice.chosen_at,
            ColumnChoice.id,
        )
    )
    known = {field.value for field in Field}
    return {key: Field(name) if name in known else None for key, name in rows}


def remember(
    edition: Edition,
    columns: Mapping[str, ColumnUse],
    wanted: Mapping[str, Field | None],
    *,
    by: int | None,
    now: datetime,
) -> int:
    """Keep how a list's headings are to be read; return how many were said differently.

    `columns` are those of the list by key. What is read so anyway, unasked, is not kept, so that
    nothing stands there that nobody said.
    """
    before = remembered(edition.id)
    session = db.session()
    mine = {
        choice.heading_key: choice
        for choice in session.scalars(
            sa.select(ColumnChoice).where(
                ColumnChoice.edition_id == edition.id,
                ColumnChoice.heading_key.in_(list(wanted)),
            )
        )
    }
    changed: dict[str, str] = {}
    for key, field in wanted.items():
        column = columns[key]
        if field == before.get(key, column.field):
            continue
        choice = mine.get(key)
        if choice is None:
            choice = ColumnChoice(edition_id=edition.id, heading_key=key)
            session.add(choice)
        choice.heading = column.heading[:255]
        choice.field = field.value if field else None
        choice.chosen_at, choice.chosen_by_id = now, by
        changed[column.heading[:255]] = field.value if field else "–"
    if changed:
        record(
            "participants.columns_chosen",
            by=by,
            on=edition,
            course_id=edition.course_id,
            columns=changed,
        )
    return len(changed)
