"""What the registrar wrote in the demonstration: a message with its mails, rules switched on."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import Edition
from lms.demo.stages import OPENS_AT
from lms.mail.models import MailMessage, MailState
from lms.messages.defaults import opening_words
from lms.messages.reminder_rules import DEFAULT_DAYS, Hours, Kind
from lms.messages.services.reminder_plans import save_plan
from lms.messages.services.sending import send_message
from lms.participants.queries import edition_table
from lms.participants.standing import NOT_IN, Show

WRITTEN_AT = OPENS_AT + timedelta(days=30, hours=4)
SWITCHED_ON = (Kind.NEVER_IN, Kind.QUIET, Kind.MODULE_OPEN)
REFUSED = "550 5.1.1 No such user here"


def lay_down(edition_id: int, *, by: int) -> None:
    """Write to those who never came in, all mails but one sent; let three rules remind."""
    with clock.stopped_at(WRITTEN_AT), db.writing() as session:
        edition = session.get_one(Edition, edition_id)
        table = edition_table(edition, now=clock.now(), with_columns=False)
        rows = [row for row in table.rows if row.stage in NOT_IN]
        draft = opening_words(Show.NOT_IN.value, with_link=True)
        message, _is_new = send_message(
            edition, rows, draft, key="demo", may_invite=True, by=by, now=clock.now()
        )
        session.flush()
        mails = session.scalars(
            sa.select(MailMessage)
            .where(MailMessage.event == f"message:{message.id}")
            .order_by(MailMessage.id)
        ).all()
        for number, mail in enumerate(mails):
            mail.state, mail.tries = MailState.SENT, 1
            mail.sent_at = clock.now() + timedelta(seconds=5 * number)
        if mails:
            mails[0].state, mails[0].sent_at = MailState.FAILED, None
            mails[0].last_error = REFUSED
        wanted = {kind: (kind in SWITCHED_ON, DEFAULT_DAYS[kind]) for kind in Kind}
        save_plan(edition, Hours(), wanted, by=by)


def send_the_rest() -> None:
    """Let every mail go out that still waits: nothing is sent from the demonstration."""
    with db.writing() as session:
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.state == MailState.WAITING)
            .values(state=MailState.SENT, tries=1, sent_at=MailMessage.next_try_at)
        )
