"""Reminders by the clock."""

from __future__ import annotations

import structlog

from lms import clock
from lms.jobs import queue
from lms.mail import sending as outbox
from lms.messages.services import reminders

log = structlog.get_logger()


@queue.task("messages.remind", sweep_seconds=600)
def remind() -> None:
    """Send the reminders that are due, in every edition; at once again does nothing."""
    for run in reminders.run(now=clock.now()):
        if run.sent:
            log.info("reminders sent", edition=run.slug, sent=run.sent, due=run.due)


outbox.BEFORE_SENDING.append(reminders.withdraw_needless)
