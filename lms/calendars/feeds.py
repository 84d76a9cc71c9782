"""The address of a calendar: made, renewed, stopped, and found by what it carries.

The database holds the token's hash alone. The site makes the token anew from its secret, so that
its owner can copy it again; whoever has only the database can't.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.models import Person
from lms.accounts.services.locks import locked_person
from lms.audit.services import record
from lms.calendars.models import CalendarFeed
from lms.mail.links import absolute_url

_TOKEN_LENGTH: Final = 43  # 256 bits in base64url


@dataclass(frozen=True)
class OwnFeed:
    """A feed as its owner sees it; the address is empty where the site's secret has changed."""

    address: str
    made_at: datetime


def renew(person_id: int, *, now: datetime) -> None:
    """Make the address, or another one in its place: the old one is nowhere from now on.

    Runs inside a write.
    """
    person = locked_person(person_id)
    assert person is not None  # it is who is signed in
    feed = db.session().get(CalendarFeed, person_id)
    record("calendar.address_renewed" if feed else "calendar.address_made", by=person_id, on=person)
    if feed is None:
        feed = CalendarFeed(person_id=person_id)
        db.session().add(feed)
    feed.salt = secrets.token_hex(16)
    feed.token_hash = _hash(_made(feed.salt))
    feed.made_at = now


def stop(person_id: int) -> None:
    """Take the address away; twice is once. Runs inside a write."""
    person = locked_person(person_id)
    assert person is not None  # it is who is signed in
    feed = db.session().get(CalendarFeed, person_id)
    if feed is not None:
        db.session().delete(feed)
        record("calendar.address_stopped", by=person_id, on=person)


def feed_of(person_id: int) -> OwnFeed | None:
    """Return somebody's own feed."""
    feed = db.session().get(CalendarFeed, person_id)
    if feed is None:
        return None
    token = _made(feed.salt)
    is_ours = _hash(token) == feed.token_hash
    address = absolute_url("calendars.feed", token=token) if is_ours else ""
    return OwnFeed(address, feed.made_at)


def owner_of(token: str) -> Person | None:
    """Find whose calendar a token opens; a malformed one is looked up like an unknown one.

    Whoever is suspended or erased has none.
    """
    shown = token if len(token) == _TOKEN_LENGTH else "-"
    return (
        db.session()
        .scalars(
            sa.select(Person)
            .join(CalendarFeed, CalendarFeed.person_id == Person.id)
            .where(CalendarFeed.token_hash == _hash(shown), Person.suspended_at.is_(None))
        )
        .one_or_none()
    )


def _made(salt: str) -> str:
    return base64.urlsafe_b64encode(keyed_digest("calendar", salt)).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
