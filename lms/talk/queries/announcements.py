"""Reads of announcements, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.talk.models import Announcement, AnnouncementReading


def _is_shown(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Announcement.taken_back_at.is_(None),
        Announcement.shows_from <= now,
        sa.or_(Announcement.shows_until.is_(None), Announcement.shows_until > now),
    )


def unread() -> sa.ColumnElement[bool]:
    """Make the condition that an enrolment has announcements that its person has not read."""
    has_read = (
        sa.exists()
        .where(
            AnnouncementReading.announcement_id == Announcement.id,
            AnnouncementReading.person_id == Enrolment.person_id,
        )
        .correlate(Announcement, Enrolment)
    )
    shown = sa.exists().where(
        Announcement.edition_id == Enrolment.edition_id, _is_shown(clock.now()), ~has_read
    )
    return shown.correlate(Enrolment)


def unread_of(person_id: int, edition_id: int, *, now: datetime) -> list[Announcement]:
    """Return what somebody has not read of an edition, the newest first; one statement."""
    has_read = sa.exists().where(
        AnnouncementReading.announcement_id == Announcement.id,
        AnnouncementReading.person_id == person_id,
    )
    return list(
        db.session().scalars(
            sa.select(Announcement)
            .where(Announcement.edition_id == edition_id, _is_shown(now), ~has_read)
            .order_by(Announcement.shows_from.desc(), Announcement.id.desc())
        )
    )


def of_learner(person_id: int, *, now: datetime) -> list[tuple[Announcement, bool]]:
    """Return what was announced to somebody's editions, and whether they have read it."""
    learnt = sa.select(Enrolment.edition_id).where(
        Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ACTIVE
    )
    reading = AnnouncementReading
    rows = db.session().execute(
        sa.select(Announcement, reading.read_at)
        .options(joinedload(Announcement.edition).joinedload(Edition.programme))
        .outerjoin(
            reading,
            sa.and_(reading.announcement_id == Announcement.id, reading.person_id == person_id),
        )
        .where(
            Announcement.edition_id.in_(learnt),
            Announcement.taken_back_at.is_(None),
            Announcement.shows_from <= now,
        )
        .order_by(Announcement.shows_from.desc(), Announcement.id.desc())
        .limit(200)
    )
    return [(row[0], row[1] is not None) for row in rows]


@dataclass(frozen=True)
class AnnouncementLine:
    """An announcement in an edition's list, with how many have read it."""

    made: Announcement
    readers: int


def of_edition(edition_id: int) -> list[AnnouncementLine]:
    """Return what was announced to an edition, the newest first; one statement."""
    readers = (
        sa.select(sa.func.count())
        .where(AnnouncementReading.announcement_id == Announcement.id)
        .correlate(Announcement)
        .scalar_subquery()
    )
    rows = db.session().execute(
        sa.select(Announcement, readers)
        .options(joinedload(Announcement.created_by))
        .where(Announcement.edition_id == edition_id)
        .order_by(Announcement.id.desc())
    )
    return [AnnouncementLine(row[0], row[1]) for row in rows]
