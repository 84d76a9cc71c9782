"""What the record's pages call questions and announcements."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.audit import names
from lms.audit.names import Name
from lms.courses.models import Edition, Enrolment
from lms.talk.models import Announcement, Thread
from lms.talk.plain_text import opening_of


def _threads(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(sa.select(Thread.id, Thread.text).where(Thread.id.in_(ids)))
    return {
        row: Name(opening_of(text, 60), url_for("talk.thread", thread_id=row)) for row, text in rows
    }


def _announcements(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Announcement.id, Announcement.title, Edition.slug)
        .join(Edition, Edition.id == Announcement.edition_id)
        .where(Announcement.id.in_(ids))
    )
    return {
        row: Name(title, url_for("talk.announcements", slug=slug, _anchor=f"a{row}"))
        for row, title, slug in rows
    }


def _threads_of(people: Collection[int]) -> sa.Select[int]:
    return (
        sa.select(Thread.id)
        .join(Enrolment, Enrolment.id == Thread.enrolment_id)
        .where(Enrolment.person_id.in_(people))
    )


def register() -> None:
    """Tell the record."""
    names.register_concern("talk_threads", _threads_of)
    names.register("talk_threads", _threads)
    names.register("talk_announcements", _announcements)
