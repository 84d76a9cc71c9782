"""Reminders by the clock."""

from __future__ import annotations

import structlog
from flask import current_app

from lms import clock
from lms.config import Settings
from lms.jobs import queue
from lms.mail import sending as outbox
from lms.messages.services import overdue, reminders

log = structlog.get_logger()


@queue.task("messages.remind", sweep_seconds=600)
def remind() -> None:
    """Send the reminders that are due, in every edition; at once again does nothing.

    Without a mail server none is composed: it could only lapse unsent.
    """
    settings: Settings = current_app.config["LMS"]
    if not settings.smtp_url:
        return
    for run in reminders.run(now=clock.now()):
        if run.sent:
            log.info("reminders sent", edition=run.slug, sent=run.sent, due=run.due)


@queue.task("messages.warn_unseen", sweep_seconds=300)
def warn_unseen() -> None:
    """Write about attempts whose time runs out, or has run out, unseen; each once."""
    settings: Settings = current_app.config["LMS"]
    if settings.smtp_url and (written := overdue.run(now=clock.now())):
        log.info("warned of attempts", sent=written)


outbox.BEFORE_SENDING.append(reminders.withdraw_needless)
outbox.BEFORE_SENDING.append(overdue.withdraw_needless)
