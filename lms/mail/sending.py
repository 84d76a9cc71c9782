"""Send what waits in the outbox, each mail at most once.

A mail is claimed under its lock and the claim committed before a byte leaves. Should the process
die in between, nobody can tell whether the server took the mail; such a row is set down as failed,
with that reason, and never sent twice. Whoever looks after the outbox may have it composed anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.config import Settings
from lms.files import store
from lms.jobs import queue
from lms.mail.message import Letter, build, sender_address
from lms.mail.models import MailMessage, MailState
from lms.mail.services import SEND
from lms.mail.transport import NeverAcceptable, NotAccepted, OutcomeUnknown, ServerAway, Transport

log = structlog.get_logger()

CLAIM_LASTS = timedelta(minutes=10)  # far longer than one mail's timeouts together
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=2)
BULK_SHARE = 0.8  # of an hour's cap; the rest is kept for invitations and new passwords
TOO_LATE = "too late: the hours in which it may be sent had passed"
INTERRUPTED = "unknown: interrupted while sending; not sent again, since it may have arrived"


@dataclass(frozen=True)
class Claimed:
    """A mail that this process alone may send now."""

    id: int
    letter: Letter
    tries: int
    waiting_since: datetime


BEFORE_SENDING: list[Callable[[datetime], None]] = []
"""What packages above do before each round, inside its write: withdraw what became needless."""


def bulk_cap(settings: Settings) -> int:
    """Return how many mails to many may be sent in an hour."""
    return max(1, int(settings.mail_per_hour * BULK_SHARE))


def pause_after(tries: int) -> timedelta:
    """Return how long a mail waits after its so-many-th refused try."""
    growth: int = 3 ** min(max(tries - 1, 0), 10)
    return min(_FIRST_PAUSE * growth, _LONGEST_PAUSE)


@queue.task(SEND, sweep_seconds=30)
def send_waiting() -> None:
    """Send all mails that are due, as far as the server and the hour's cap allow."""
    settings: Settings = current_app.config["LMS"]
    with db.writing():
        now = clock.now()
        _set_down_interrupted(now)
        _withdraw_late(now)
        for look in BEFORE_SENDING:
            look(now)
    if not settings.smtp_url:
        return  # mails wait until a server is named
    try:
        with Transport(settings.smtp_url) as transport:
            while (claimed := _claim(settings)) and _send(transport, claimed):
                pass
    except ServerAway as away:
        log.warning("mail server away", error=str(away))


def _set_down_interrupted(now: datetime) -> None:
    db.session().execute(
        sa.update(MailMessage)
        .where(MailMessage.state == MailState.SENDING, MailMessage.next_try_at <= now)
        .values(state=MailState.FAILED, last_error=INTERRUPTED)
    )


def _withdraw_late(now: datetime) -> None:
    db.session().execute(
        sa.update(MailMessage)
        .where(MailMessage.state == MailState.WAITING, MailMessage.send_before <= now)
        .values(state=MailState.WITHDRAWN, last_error=TOO_LATE)
    )


def _claim(settings: Settings) -> Claimed | None:
    """Take the oldest mail that is due, those to many last; the commit makes it ours."""
    now = clock.now()
    with db.writing() as session:
        row = session.scalars(
            sa.select(MailMessage)
            .where(
                MailMessage.state == MailState.WAITING,
                MailMessage.next_try_at <= now,
                sa.or_(MailMessage.send_before.is_(None), MailMessage.send_before > now),
            )
            .order_by(MailMessage.is_bulk, MailMessage.next_try_at, MailMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None or _is_hour_full(settings, now, is_bulk=row.is_bulk):
            return None
        row.state, row.tries = MailState.SENDING, row.tries + 1
        row.next_try_at = now + CLAIM_LASTS
        return Claimed(row.id, _letter(row, settings, now), row.tries, row.waiting_since)


def _is_hour_full(settings: Settings, now: datetime, *, is_bulk: bool) -> bool:
    all_sent, bulk_sent = sent_in_an_hour(now)
    is_full = all_sent >= settings.mail_per_hour
    if is_full:
        log.warning("mails wait: the cap of this hour is reached", cap=settings.mail_per_hour)
    return is_full or (is_bulk and bulk_sent >= bulk_cap(settings))


def sent_in_an_hour(now: datetime) -> tuple[int, int]:
    """Return how many mails went out in the hour before, and how many of them went to many."""
    all_sent, bulk_sent = (
        db.session()
        .execute(
            sa.select(sa.func.count(), sa.func.count().filter(MailMessage.is_bulk.is_(True))).where(
                sa.or_(
                    MailMessage.state == MailState.SENDING,
                    sa.and_(
                        MailMessage.state == MailState.SENT,
                        MailMessage.sent_at > now - timedelta(hours=1),
                    ),
                )
            )
        )
        .one()
    )
    return all_sent, bulk_sent


def _letter(row: MailMessage, settings: Settings, now: datetime) -> Letter:
    domain = sender_address(settings.mail_from).rpartition("@")[2] or "localhost"
    return Letter(
        to=row.to_address,
        sender=settings.mail_from,
        subject=row.subject,
        text=row.text,
        html=row.html,
        message_id=f"<{row.id}.{int(row.created_at.timestamp())}@{domain}>",
        at=now,
        stop_url=row.stop_url,
        attached=_attached(row, settings),
    )


def _attached(row: MailMessage, settings: Settings) -> tuple[str, bytes] | None:
    """Read the file that goes with a mail; one that is gone goes without, and its text says so."""
    if row.attached_sha256 is None or row.attached_name is None:
        return None
    try:
        return row.attached_name, store.get(settings.folder("files"), row.attached_sha256)
    except (FileNotFoundError, ValueError):
        log.warning("the file of a mail is gone", mail=row.id)
        return None


def _send(transport: Transport, claimed: Claimed) -> bool:
    """Send one claimed mail and write down what came of it; False ends this round."""
    try:
        transport.send(build(claimed.letter))
    except ServerAway as away:
        _put_back(claimed, str(away))
        return False
    except NeverAcceptable as refusal:
        _settle(claimed, MailState.FAILED, str(refusal))
    except NotAccepted as refusal:
        _put_back(claimed, str(refusal))
    except OutcomeUnknown as doubt:
        _settle(claimed, MailState.FAILED, f"unknown: {doubt}")
    except ValueError as fault:  # an address or a header that no mail can carry
        _settle(claimed, MailState.FAILED, str(fault))
    else:
        _settle(claimed, MailState.SENT, None)
    return True


def _settle(claimed: Claimed, state: MailState, error: str | None) -> None:
    sent_at = clock.now() if state is MailState.SENT else None
    with db.writing() as session:
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.id == claimed.id)
            .values(state=state, sent_at=sent_at, last_error=error)
        )
    if error:
        log.warning("mail failed", mail=claimed.id, error=error)


def _put_back(claimed: Claimed, error: str) -> None:
    now = clock.now()
    if now - claimed.waiting_since >= GIVE_UP_AFTER:
        _settle(claimed, MailState.FAILED, f"given up: {error}")
        return
    with db.writing() as session:
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.id == claimed.id)
            .values(
                state=MailState.WAITING,
                next_try_at=now + pause_after(claimed.tries),
                last_error=error,
            )
        )
