"""What runs: the clock, the mail, the background work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.certificates.models import RegisterEntry
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Settings
from lms.jobs.worker import sign_of_life
from lms.mail.models import MailMessage, MailState
from lms.mail.transport import NotAccepted, Transport
from lms.messages import red_line

AHEAD = timedelta(minutes=5)  # two machines of one site may differ by so much
MAIL_WAITS = timedelta(minutes=15)
WORK_WAITS = timedelta(minutes=15)
SILENT = timedelta(minutes=5)


def _newest(column: Any) -> datetime | None:
    found: datetime | None = db.session().scalar(sa.select(column).order_by(column.desc()).limit(1))
    return found


@check(
    "machine.clock",
    Scope.COMMAND,
    endangers=lazy("Deadlines are judged wrongly, and certificates carry a wrong date for good."),
)
def clock_has_not_gone_back(_settings: Settings) -> Iterator[Problem]:
    """Nothing that was written down lies in the future."""
    if not has_schema():
        return
    now = clock.now()
    times = [_newest(column) for column in (AuditEntry.at, RegisterEntry.at)]
    newest = max((at for at in times if at is not None), default=now)
    if newest > now + AHEAD:
        yield error(
            lazy(
                "It is %(now)s by this machine’s clock, and something was written down at "
                "%(newest)s.",
                now=f"{now:%Y-%m-%d %H:%M} UTC",
                newest=f"{newest:%Y-%m-%d %H:%M} UTC",
            ),
            lazy("Set the clock: timedatectl set-ntp true"),
        )


@check(
    "mail.waiting",
    Scope.COMMAND,
    endangers=lazy("People wait for an invitation or a new password that doesn’t come."),
)
def no_mail_waits_long(settings: Settings) -> Iterator[Problem]:
    """A mail goes out within minutes, or somebody should look."""
    if not settings.smtp_url or not has_schema():
        return
    now = clock.now()
    waiting = sa.and_(
        MailMessage.state == MailState.WAITING, MailMessage.waiting_since < now - MAIL_WAITS
    )
    count, oldest, reason = (
        db.session()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.min(MailMessage.waiting_since),
                sa.func.max(MailMessage.last_error),
            ).where(waiting)
        )
        .one()
    )
    if count and red_line.waiting_since(settings, now) is not None:
        yield error(
            lazy(
                "Mails that wait for more than 15 minutes: %(count)s; the oldest since "
                "%(oldest)s. %(reason)s",
                count=count,
                oldest=f"{oldest:%Y-%m-%d %H:%M} UTC",
                reason=(reason or "").strip(),
            ),
            lazy("Run: lms mail test ADDRESS; it shows what the mail server answers."),
        )
    failed = db.session().scalar(
        sa.select(sa.func.count()).where(
            MailMessage.state == MailState.FAILED,
            MailMessage.created_at > now - timedelta(days=1),
        )
    )
    if failed:
        yield warning(
            lazy("Mails that failed since yesterday: %(count)s.", count=failed),
            lazy("Look at the participants’ addresses; docs/mail.md says what to check."),
        )


@check(
    "mail.server",
    Scope.LIVE,
    endangers=lazy("People wait for an invitation or a new password that doesn’t come."),
)
def mail_server_answers(settings: Settings) -> Iterator[Problem]:
    """The mail server can be reached and lets us in."""
    if not settings.smtp_url:
        return
    try:
        with Transport(settings.smtp_url, seconds=10) as transport:
            transport.greet()
    except NotAccepted as fault:
        yield error(
            lazy("The mail server can’t be used: %(reason)s.", reason=fault),
            lazy("Mend LMS_SMTP_URL, then: lms mail test ADDRESS"),
        )


@check(
    "work.alive",
    Scope.LIVE,
    endangers=lazy("No mail is sent, no certificate finished, no backup made."),
)
def background_work_is_done(settings: Settings) -> Iterator[Problem]:
    """The worker left its sign of life a moment ago, and nothing told long since is undone."""
    start = lazy("Start the service: systemctl restart atestat; then read its log.")
    path = sign_of_life(settings)
    if not path.exists():
        yield warning(lazy("The background work was never begun."), start)
        return
    seen = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if clock.now() - seen > SILENT:
        yield error(
            lazy(
                "The background work stands still since %(since)s.",
                since=f"{seen:%Y-%m-%d %H:%M} UTC",
            ),
            start,
        )
        return
    if not has_schema():
        return
    oldest = db.session().scalar(
        sa.select(sa.func.min(AuditEntry.at)).where(AuditEntry.sequence.is_(None))
    )
    if oldest is not None and clock.now() - oldest > WORK_WAITS:
        yield error(
            lazy("Work waits undone since %(since)s.", since=f"{oldest:%Y-%m-%d %H:%M} UTC"), start
        )
