"""The red line: mail has waited too long. Asked once a minute by each process."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, url_for

from lms import clock, db
from lms.access import may
from lms.config import Settings
from lms.mail import sending
from lms.mail.models import MailMessage, MailState
from lms.web.alarms import Alarm
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

WAITS = timedelta(minutes=15)
KEPT_FOR = timedelta(minutes=1)
KEPT = "lms_oldest_mail"


def waiting_since(settings: Settings, now: datetime) -> datetime | None:
    """Return since when the oldest mail waits that should have gone; one statement, rarely two.

    Without a mail server all mails wait on purpose; and those to many wait for the next hour where
    this one's share is used up.
    """
    if not settings.smtp_url:
        return None
    is_bulk = MailMessage.is_bulk.is_(True)
    single, bulk = (
        db.session()
        .execute(
            sa.select(
                sa.func.min(MailMessage.waiting_since).filter(sa.not_(is_bulk)),
                sa.func.min(MailMessage.waiting_since).filter(is_bulk),
            ).where(MailMessage.state == MailState.WAITING)
        )
        .one()
    )
    found = [at for at in (single, bulk) if at is not None and now - at > WAITS]
    if bulk in found and sending.sent_in_an_hour(now)[1] >= sending.bulk_cap(settings):
        found.remove(bulk)
    return min(found, default=None)


def waiting_mail() -> Alarm | None:
    """Say how long the oldest mail has waited, where that is too long."""
    now, kept = clock.now(), current_app.extensions.get(KEPT)
    if kept is None or not timedelta() <= now - kept[0] < KEPT_FOR:
        kept = (now, waiting_since(current_app.config["LMS"], now))
        current_app.extensions[KEPT] = kept
    since = kept[1]
    if since is None:
        return None
    minutes = int((now - since).total_seconds() // 60)
    waited = (
        ngettext("%(num)s minute", "%(num)s minutes", minutes)
        if minutes < 120
        else ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    )
    sentence = _("E-mail is not going out: the oldest has waited for %(time)s.", time=waited)
    if not may("mail:see"):
        return Alarm(sentence)
    return Alarm(sentence, url_for("messages.mails", state="waiting"), _("See the e-mails"))
