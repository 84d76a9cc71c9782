"""The tables of editions, kept for a moment: many looks at 5000 people read them once.

What the office does is seen at once, in every process, because it is recorded: a newer entry of the
record makes a table old. What learners do while nothing is recorded is seen after some seconds
(`LMS_TABLE_SECONDS`), and the page says of what time it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.models import AuditEntry
from lms.courses.models import Edition
from lms.participants.table import EditionTable, edition_table
from lms.web.i18n import current_locale

MOST_KEPT = 8
_Stamp = tuple[object, ...]


def followed(edition: Edition, *, now: datetime) -> EditionTable:
    """Return an edition's table, read now or a moment ago; in the page's language."""
    shelf: dict[tuple[int, str], tuple[_Stamp, EditionTable]]
    shelf = current_app.extensions.setdefault("lms_followed", {})
    key, stamp = (edition.id, current_locale()), _stamp(edition)
    seconds = current_app.config["LMS"].table_seconds
    kept = shelf.get(key)
    if kept is not None and kept[0] == stamp:
        age = now - kept[1].read_at
        if timedelta(0) <= age < timedelta(seconds=seconds):
            return kept[1]
    table = edition_table(edition, now=now)
    if seconds > 0:
        if key not in shelf and len(shelf) >= MOST_KEPT:
            shelf.pop(next(iter(shelf)), None)
        shelf[key] = (stamp, table)
    return table


def _stamp(edition: Edition) -> _Stamp:
    """Name what the office has done so far; an entry's digest is like no other's."""
    newest = (
        db.session()
        .execute(
            sa.select(AuditEntry.id, AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
        )
        .first()
    )
    return (edition.course.version, *(newest or ()))
