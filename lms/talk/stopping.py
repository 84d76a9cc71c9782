"""The link that ends mails about questions and announcements: signed, for one person."""

from __future__ import annotations

import hmac
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.models import Person
from lms.audit.services import record
from lms.mail.links import absolute_url
from lms.mail.models import MailMessage, MailState
from lms.talk.errors import StopLinkNotValid
from lms.talk.models import TalkStop
from lms.web.forms import whole_number

_SIGNS = 24
PREFIX = "talk."  # of every event that such a mail is about
NEEDLESS = "needless: no longer wanted"


def token_of(person_id: int) -> str:
    """Return what the link of a person carries."""
    return f"{person_id}-{keyed_digest('stop talk', person_id).hex()[:_SIGNS]}"


def stop_link(person_id: int) -> str:
    """Return the link of a person."""
    return absolute_url("talk.stop_page", token=token_of(person_id))


def person_of(token: str) -> int:
    """Return whose link it is; refuse one that was not made here."""
    person_id = whole_number(token.partition("-")[0])
    if person_id is None or not hmac.compare_digest(
        token_of(person_id).encode(), token.encode(errors="replace")
    ):
        raise StopLinkNotValid
    return person_id


def has_stopped(person_id: int) -> bool:
    """Whether somebody wants no such mail."""
    found = sa.select(TalkStop.person_id).where(TalkStop.person_id == person_id)
    return db.session().scalar(found) is not None


def stop(person_id: int, *, now: datetime) -> None:
    """Send somebody no such mail any more; again does nothing. Runs inside a write."""
    person = _locked(person_id)
    if not has_stopped(person_id):
        db.session().add(TalkStop(person_id=person_id, stopped_at=now))
        record("talk.mail_stopped", by=person_id, on=person)


def resume(person_id: int) -> None:
    """Send somebody such mail again. Runs inside a write."""
    person = _locked(person_id)
    if db.deleted(sa.delete(TalkStop).where(TalkStop.person_id == person_id)):
        record("talk.mail_resumed", by=person_id, on=person)


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


def withdraw_unwanted(_now: datetime) -> None:
    """Take back what waits for whoever has stopped it meanwhile; before each round of sending."""
    db.session().execute(
        sa.update(MailMessage)
        .where(
            MailMessage.state == MailState.WAITING,
            MailMessage.event.startswith(PREFIX),
            MailMessage.stop_url.is_not(None),
            sa.exists().where(TalkStop.person_id == MailMessage.person_id),
        )
        .values(state=MailState.WITHDRAWN, last_error=NEEDLESS)
    )
