"""Mails about what was written: to whom they may go, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Edition
from lms.mail.models import MailMessage
from lms.mail.services import Bulk, compose_bulk
from lms.messages.services.reminder_plans import plan_of
from lms.participants.services.invitations import has_own_address, shared_addresses
from lms.talk.models import TalkStop
from lms.talk.rules import goes_at
from lms.talk.stopping import TALK_MAIL


def reachable(people: Iterable[Person]) -> list[Person]:
    """Return who has an address of their own, may come in and wants such mail; two statements."""
    listed = list(people)
    if not listed:
        return []
    stopped = set(
        db.session().scalars(
            sa.select(TalkStop.person_id).where(TalkStop.person_id.in_([p.id for p in listed]))
        )
    )
    shared = shared_addresses()
    return [
        person
        for person in listed
        if person.suspended_at is None
        and person.id not in stopped
        and has_own_address(person, shared)
    ]


def write(
    event: str,
    edition: Edition,
    people: Sequence[Person],
    template: str,
    *,
    now: datetime,
    earliest: datetime | None = None,
    send_before: datetime | None = None,
    **context: object,
) -> int:
    """Compose a mail to each who can be reached; return how many. Runs inside a write.

    What is written at night waits until the edition's hours of rest are over.
    """
    found = reachable(people)
    if not found:
        return 0
    hours, zone = plan_of(edition.id).hours, ZoneInfo(edition.programme.zone)
    when = goes_at(hours, max(now, earliest or now), zone)
    written = 0
    for person in found:
        link = TALK_MAIL.link_of(person.id)
        bulk = Bulk(send_before=send_before, stop_url=link)
        mail = compose_bulk(event, person, template, bulk, stop_url=link, **context)
        if mail is not None:
            _hold(mail, when)
            written += 1
    return written


def _hold(mail: MailMessage, when: datetime) -> None:
    """Let a mail wait; only from then on does it wait too long."""
    if when > mail.next_try_at:
        mail.next_try_at = mail.waiting_since = when
