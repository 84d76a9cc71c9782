"""What the record's pages call programmes and groups."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.audit.names import Name
from lms.courses.models import Group, Programme


def programmes(ids: Collection[int]) -> dict[int, Name]:
    """Name programmes by their short names."""
    rows = db.session().execute(
        sa.select(Programme.id, Programme.short_name).where(Programme.id.in_(ids))
    )
    return {row: Name(name, url_for("programmes.see", programme_id=row)) for row, name in rows}


def groups(ids: Collection[int]) -> dict[int, Name]:
    """Name groups."""
    rows = db.session().execute(sa.select(Group.id, Group.name).where(Group.id.in_(ids)))
    return {row: Name(name) for row, name in rows}
