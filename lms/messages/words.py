"""Sentences about messages, reminders and mails, in the page's language."""

from __future__ import annotations

from lms.mail.models import MailState
from lms.messages.audience import WhyNot
from lms.messages.server_answers import Meaning, meaning_of
from lms.web.i18n import gettext as _


def why_not_words(why: WhyNot) -> str:
    """Say why somebody gets no mail."""
    return {
        WhyNot.WITHDRAWN: _("withdrawn"),
        WhyNot.SUSPENDED: _("account suspended"),
        WhyNot.NO_ADDRESS: _("no e-mail address"),
        WhyNot.SHARED_ADDRESS: _("address shared with others"),
    }[why]


def state_word(state: MailState) -> tuple[str, str]:
    """Return (kind of state, word) for a mail."""
    return {
        MailState.WAITING: ("info", _("waiting")),
        MailState.SENDING: ("info", _("being sent")),
        MailState.SENT: ("ok", _("sent")),
        MailState.FAILED: ("bad", _("not sent")),
        MailState.WITHDRAWN: ("muted", _("withdrawn from sending")),
    }[state]


def answer_words(answer: str | None) -> str:
    """Say in plain words what the server answered, and what can be done."""
    return {
        Meaning.NONE: "",
        Meaning.NO_SUCH_ADDRESS: _("There is no such address. Ask the person for the right one."),
        Meaning.MAILBOX_FULL: _("The mailbox is full. Call the person."),
        Meaning.NOT_TRUSTED: _(
            "The server doesn't trust our mails. Whoever runs the site checks SPF, DKIM and DMARC."
        ),
        Meaning.LATER: _("The server asked us to come back later; we do."),
        Meaning.TOO_MANY: _("The server takes no more mails for now; we wait."),
        Meaning.SERVER_AWAY: _("The mail server couldn't be reached; we try again."),
        Meaning.SIGN_IN_REFUSED: _(
            "The mail server didn't let us in. Whoever runs the site checks LMS_SMTP_URL."
        ),
        Meaning.MAYBE_ARRIVED: _(
            "The connection broke while it was being sent. It may have arrived; it is not sent "
            "twice by itself."
        ),
        Meaning.TOO_LATE: _("It was not sent in time, before the quiet hours began."),
        Meaning.NEEDLESS: _("It was no longer needed when its turn came."),
        Meaning.BAD_ADDRESS: _("The address can't be used. Correct it in the person's data."),
        Meaning.REFUSED: _("The server refused it."),
    }[meaning_of(answer)]
