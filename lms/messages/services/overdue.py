"""A mail about an attempt whose time runs out, or has run out, while its learner doesn't look.

Each attempt is written about once. What is still to be sent when the attempt is submitted is taken
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.mail.links import absolute_url
from lms.mail.models import MailMessage, MailState
from lms.mail.services import Bulk, compose_bulk
from lms.messages.models import ReminderStop
from lms.messages.overdue_rules import BEFORE_END, Warned, warning_of
from lms.messages.reminder_rules import may_send, quiet_begins
from lms.messages.services.reminder_plans import plan_of
from lms.messages.stopping import REMINDERS
from lms.participants.services.invitations import has_own_address, shared_addresses
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.rules.attempt_rules import AttemptState, submit_until
from lms.quizzes.services.attempts import settings_of
from lms.quizzes.services.saving import grace

EVENT = "attempt.unseen"
TEMPLATE = "messages/mail/attempt_unseen.txt"
NEEDLESS = "needless: submitted, ended or stopped meanwhile"
_LONGEST_WAIT = timedelta(days=31)  # to submit after the time


@dataclass(frozen=True)
class Found:
    """An open attempt that its learner is to be written to about."""

    attempt_id: int
    edition_id: int
    zone: str


def run(*, now: datetime) -> int:
    """Write to everybody who is due it; returns to how many. Opens its own writes."""
    found = _due(now)
    plans = {each.edition_id: plan_of(each.edition_id) for each in found}
    db.end_reading()
    written = 0
    for each in found:
        hours, local = plans[each.edition_id].hours, now.astimezone(ZoneInfo(each.zone))
        if not may_send(hours, local):
            continue
        with db.writing():
            written += _write(each.attempt_id, rests_at=quiet_begins(hours, local), now=now)
    return written


def _last_seen() -> sa.ScalarSelect[datetime]:
    return (
        sa.select(sa.func.max(ResponseVersion.received_at))
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .where(AttemptItem.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _event() -> sa.ColumnElement[str]:
    return sa.literal(f"{EVENT}:") + sa.cast(Attempt.id, sa.String)


def _due(now: datetime) -> list[Found]:
    """Find the attempts to write about; two statements."""
    person = Enrolment.person_id
    rows = (
        db.session()
        .execute(
            sa.select(Attempt, _last_seen())
            .join(Attempt.enrolment)
            .options(
                joinedload(Attempt.quiz_version),
                joinedload(Attempt.enrolment).joinedload(Enrolment.person),
                joinedload(Attempt.enrolment)
                .joinedload(Enrolment.edition)
                .joinedload(Edition.programme),
            )
            .where(
                Attempt.state == AttemptState.OPEN,
                Attempt.due_at.between(now - _LONGEST_WAIT, now + BEFORE_END),
                Enrolment.state == EnrolmentState.ACTIVE,
                ~sa.exists().where(ReminderStop.person_id == person),
                ~sa.exists().where(MailMessage.event == _event(), MailMessage.person_id == person),
            )
            .order_by(Attempt.id)
        )
        .all()
    )
    shared = shared_addresses() if rows else frozenset()
    return [
        Found(
            attempt.id,
            attempt.enrolment.edition_id,
            attempt.enrolment.edition.programme.zone,
        )
        for attempt, seen in rows
        if attempt.enrolment.person.suspended_at is None
        and has_own_address(attempt.enrolment.person, shared)
        and _warning(attempt, seen, now=now) is not None
    ]


def _warning(attempt: Attempt, seen: datetime | None, *, now: datetime) -> Warned | None:
    settings = settings_of(attempt.quiz_version)
    last_seen = max(filter(None, [attempt.started_at, seen]))
    return warning_of(
        settings, now=now, due=attempt.due_at, last_seen=last_seen, grace=grace(settings)
    )


def _write(attempt_id: int, *, rests_at: datetime, now: datetime) -> bool:
    """Write about one attempt, as it is under its lock; runs inside a write."""
    row = (
        db.session()
        .execute(
            sa.select(Attempt, _last_seen())
            .where(Attempt.id == attempt_id, Attempt.state == AttemptState.OPEN)
            .with_for_update(of=Attempt)
        )
        .one_or_none()
    )
    if row is None:
        return False
    attempt, seen = row
    warned = _warning(attempt, seen, now=now)
    person = attempt.enrolment.person
    if warned is None or REMINDERS.has_stopped(person.id):
        return False
    assert attempt.due_at is not None  # nobody is warned of an end that there isn't
    settings = settings_of(attempt.quiz_version)
    end = attempt.due_at
    if warned is Warned.WAITS:
        end = submit_until(settings, attempt.due_at) or end
    mail = compose_bulk(
        f"{EVENT}:{attempt.id}",
        person,
        TEMPLATE,
        Bulk(send_before=min(end, rests_at), stop_url=REMINDERS.link_of(person.id)),
        attempt=attempt,
        settings=settings,
        waits=warned is Warned.WAITS,
        until=end,
        zone=attempt.enrolment.edition.programme.zone,
        url=absolute_url("quizzes.paper", attempt_id=attempt.id),
        stop_url=REMINDERS.link_of(person.id),
    )
    return mail is not None


def withdraw_needless(_now: datetime) -> None:
    """Take back what waits and is no longer wanted; before each round of sending."""
    is_open = sa.exists().where(_event() == MailMessage.event, Attempt.state == AttemptState.OPEN)
    has_stopped = sa.exists().where(ReminderStop.person_id == MailMessage.person_id)
    db.session().execute(
        sa.update(MailMessage)
        .where(
            MailMessage.state == MailState.WAITING,
            MailMessage.event.startswith(f"{EVENT}:"),
            sa.or_(~is_open, has_stopped),
        )
        .values(state=MailState.WITHDRAWN, last_error=NEEDLESS)
    )
