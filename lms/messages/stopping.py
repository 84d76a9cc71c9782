"""The link that ends reminders: signed, so that it works without a sign-in and for one person."""

from __future__ import annotations

import hmac
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.models import Person
from lms.audit.services import record
from lms.mail.links import absolute_url
from lms.messages.errors import StopLinkNotValid
from lms.messages.models import ReminderStop
from lms.web.forms import whole_number

_SIGNS = 24


def token_of(person_id: int) -> str:
    """Return what the link of a person carries."""
    return f"{person_id}-{keyed_digest('stop reminders', person_id).hex()[:_SIGNS]}"


def stop_link(person_id: int) -> str:
    """Return the link of a person."""
    return absolute_url("messages.stop_page", token=token_of(person_id))


def person_of(token: str) -> int:
    """Return whose link it is; refuse one that was not made here."""
    person_id = whole_number(token.partition("-")[0])
    if person_id is None or not hmac.compare_digest(
        token_of(person_id).encode(), token.encode(errors="replace")
    ):
        raise StopLinkNotValid
    return person_id


def has_stopped(person_id: int) -> bool:
    """Whether somebody wants no reminders."""
    found = sa.select(ReminderStop.person_id).where(ReminderStop.person_id == person_id)
    return db.session().scalar(found) is not None


def stop(person_id: int, *, now: datetime) -> None:
    """Send somebody no reminders any more; again does nothing. Runs inside a write."""
    person = _locked(person_id)
    if not has_stopped(person_id):
        db.session().add(ReminderStop(person_id=person_id, stopped_at=now))
        record("reminders.stopped", by=person_id, on=person)


def resume(person_id: int) -> None:
    """Send somebody reminders again. Runs inside a write."""
    person = _locked(person_id)
    if has_stopped(person_id):
        db.session().execute(sa.delete(ReminderStop).where(ReminderStop.person_id == person_id))
        record("reminders.resumed", by=person_id, on=person)


def _locked(person_id: int) -> Person:
    """Load the person, locked, so that two clicks wait for each other."""
    found = (
        db.session()
        .scalars(sa.select(Person).where(Person.id == person_id).with_for_update())
        .one_or_none()
    )
    if found is None:
        raise StopLinkNotValid
    return found
