"""What was written to a person: handed out with their file, removed when they are erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, register_trace
from lms.messages.models import Message, MessageRecipient, Reminder, ReminderStop
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return messages as they were written, reminders, and whether they are wanted."""
    session = db.session()
    messages = session.execute(
        sa.select(Message.sent_at, Message.subject, Message.text)
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .where(MessageRecipient.person_id == person_id)
        .order_by(Message.id)
    )
    reminders = session.execute(
        sa.select(Reminder.on_day, Reminder.kind)
        .where(Reminder.person_id == person_id)
        .order_by(Reminder.id)
    )
    stopped = session.scalar(
        sa.select(ReminderStop.stopped_at).where(ReminderStop.person_id == person_id)
    )
    return Exported(
        {
            "messages": [
                {"sent_at": at.isoformat(), "subject": subject, "text": text}
                for at, subject, text in messages
            ],
            "reminders": [{"on": on.isoformat(), "of": kind.value} for on, kind in reminders],
            "wants_no_reminders_since": stopped.isoformat() if stopped else None,
        }
    )


def erase(person_id: int) -> Mapping[str, int]:
    """Remove that somebody was written to; their mails are another trace. Runs inside a write."""
    session, removed = db.session(), 0
    for model in (Reminder, MessageRecipient, ReminderStop):
        mine = sa.select(sa.func.count()).where(model.person_id == person_id)
        removed += session.scalar(mine) or 0
        session.execute(sa.delete(model).where(model.person_id == person_id))
    return {_("messages and reminders"): removed}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("Which messages and reminders were sent.")]


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays of messages: their own text, which names nobody."""
    was_written_to = db.session().scalar(
        sa.select(MessageRecipient.id).where(MessageRecipient.person_id == person_id).limit(1)
    )
    if was_written_to is None:
        return []
    return [_("The text of messages to several people stays, without who got them.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "messages",
        lambda: _("Messages and reminders"),
        export=export,
        erase=erase,
        keeps=keeps,
        removes=removes,
        tables=("messages", "message_recipients", "reminders", "reminder_stops"),
    )
