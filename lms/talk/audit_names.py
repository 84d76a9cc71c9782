"""What the record's pages call questions."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.audit import names
from lms.audit.names import Name
from lms.talk.models import Thread
from lms.talk.plain_text import opening_of


def _threads(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(sa.select(Thread.id, Thread.text).where(Thread.id.in_(ids)))
    return {
        row: Name(opening_of(text, 60), url_for("talk.thread", thread_id=row)) for row, text in rows
    }


def register() -> None:
    """Tell the record."""
    names.register("talk_threads", _threads)
