"""The links that end mails about questions and announcements, and what waits to be sent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.mail.models import MailMessage, MailState
from lms.messages.stop_links import StopLinks
from lms.talk.models import TalkStop

PREFIX = "talk."  # of every event that such a mail is about
NEEDLESS = "needless: no longer wanted"

TALK_MAIL = StopLinks(
    purpose="stop talk",
    page="talk.stop_page",
    stops=TalkStop,
    stopped="talk.mail_stopped",
    resumed="talk.mail_resumed",
)


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
