"""What the record's pages call messages."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.audit import names
from lms.audit.names import Name
from lms.mail.models import MailMessage
from lms.messages.models import Message


def _messages(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(sa.select(Message.id, Message.subject).where(Message.id.in_(ids)))
    return {row: Name(subject, url_for("messages.see", message_id=row)) for row, subject in rows}


def _mails_to(people: Collection[int]) -> sa.Select[int]:
    return sa.select(MailMessage.id).where(MailMessage.person_id.in_(people))


def register() -> None:
    """Tell the record."""
    names.register_concern("mail_messages", _mails_to)
    names.register("messages", _messages)
