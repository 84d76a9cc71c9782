"""What was written to somebody, as they read it in the site: nobody needs a mailbox for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.courses.models import Course, Edition
from lms.mail.links import absolute_url
from lms.messages.audience import WITHOUT_MAIL
from lms.messages.models import Message, MessageRecipient
from lms.messages.placeholders import Placeholder, fill
from lms.web.i18n import current_locale, format_date
from lms.web.i18n import gettext as _

MOST = 50


@dataclass(frozen=True)
class OwnMessage:
    """A message in the reader's language, filled in for them."""

    id: int
    subject: str
    paragraphs: tuple[str, ...]
    edition: str
    sent_at: datetime


def is_meant() -> sa.ColumnElement[bool]:
    """Make the condition that a message was meant for its recipient, mail or no mail."""
    left_out = MessageRecipient.left_out
    return sa.or_(left_out.is_(None), left_out.in_(WITHOUT_MAIL))


def bare(subject: str) -> str:
    """Return a subject without what is filled in, for a list of subjects."""
    return " ".join(fill(subject, {}).split()).rstrip(" ,:–-") or _("New messages")


def messages_of(person_id: int, name: str) -> list[OwnMessage]:
    """Return what was written to somebody, the newest first; one statement.

    A link in it leads to the course: whoever reads here is signed in.
    """
    rows = db.session().execute(
        sa.select(Message, Edition.title, Edition.ends_on, Course.title_ro, Course.title_en)
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .join(Edition, Edition.id == Message.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(MessageRecipient.person_id == person_id, is_meant())
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    locale = current_locale()
    found = []
    for message, edition, ends_on, title_ro, title_en in rows:
        values = {
            Placeholder.NAME: name,
            Placeholder.MISSING: _("see the page “What I still need”"),
            Placeholder.DEADLINE: format_date(ends_on),
            Placeholder.LINK: absolute_url("courses.home"),
            Placeholder.COURSE: title_en if locale == "en" else title_ro,
        }
        in_english = locale == "en" and message.text_en
        subject = (message.subject_en if in_english else None) or message.subject
        text = message.text_en if in_english else message.text
        parts = [part.strip() for part in fill(text or "", values).split("\n\n")]
        found.append(
            OwnMessage(
                id=message.id,
                subject=fill(subject, values),
                paragraphs=tuple(part for part in parts if part),
                edition=edition,
                sent_at=message.sent_at,
            )
        )
    return found
