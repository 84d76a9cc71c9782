"""The tables of editions, kept at hand: many looks at 5000 people read them once.

Whatever is written, by the office or a learner, in this process or another, is seen at once: every
transaction leaves word of whom it concerned, and those alone are read again. What time alone
changes (14 days without a sign of life) is seen after `LMS_TABLE_SECONDS`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from lms.courses import changes
from lms.courses.models import Edition
from lms.participants.reading import edition_table, renewed
from lms.participants.table import EditionTable
from lms.web.i18n import current_locale

MOST_KEPT = 8


def followed(edition: Edition, *, now: datetime) -> EditionTable:
    """Return an edition's table as it stands, in the page's language."""
    shelf: dict[tuple[int, str], tuple[int, EditionTable]]
    shelf = current_app.extensions.setdefault("lms_followed", {})
    seconds = current_app.config["LMS"].table_seconds
    key = (edition.id, current_locale())
    kept = shelf.get(key)
    if kept is not None and not timedelta(0) <= now - kept[1].read_at < timedelta(seconds=seconds):
        kept = None
    found = changes.since(kept[0] if kept else None)
    if kept is None or found.is_everything:
        table = edition_table(edition, now=now)
    elif found:
        table = renewed(kept[1], edition, found, now=now)
    else:
        table = kept[1]
    if seconds > 0:
        if key not in shelf and len(shelf) >= MOST_KEPT:
            shelf.pop(next(iter(shelf)), None)
        shelf[key] = (found.mark, table)
    return table
