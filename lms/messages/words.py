"""Sentences about messages, reminders and mails, in the page's language."""

from __future__ import annotations

from lms.courses.models import Edition
from lms.mail.models import MailState
from lms.messages.audience import WhyNot
from lms.messages.placeholders import Placeholder, fill
from lms.messages.reminder_rules import Kind, Silence
from lms.messages.server_answers import Meaning, meaning_of
from lms.web.i18n import format_date, ngettext
from lms.web.i18n import gettext as _


def why_not_words(why: WhyNot, people: int = 1) -> str:
    """Say why somebody gets no mail, or so many people get none."""
    return {
        WhyNot.WITHDRAWN: _("withdrawn"),
        WhyNot.SUSPENDED: _("account suspended"),
        WhyNot.NO_ADDRESS: ngettext("has no address", "have no address", people),
        WhyNot.SHARED_ADDRESS: _("address shared with others"),
    }[why]


def kind_word(kind: Kind) -> str:
    """Name a rule."""
    return {
        Kind.NEVER_IN: _("Never signed in"),
        Kind.MODULE_OPEN: _("Modules unfinished before the end"),
        Kind.END_OPEN: _("Only the final test or the questionnaire is open"),
        Kind.QUIET: _("Nothing done for a while"),
        Kind.NAME_OPEN: _("Name for the certificate not confirmed"),
    }[kind]


def kind_sentence(kind: Kind) -> str:
    """Say when a rule reminds; the number of days stands before it on the page."""
    return {
        Kind.NEVER_IN: _(
            "days after the invitation, then again at the same interval, at most three times"
        ),
        Kind.MODULE_OPEN: _("days before the edition’s last day, once"),
        Kind.END_OPEN: _(
            "days after the last activity, then again at the same interval, at most three times"
        ),
        Kind.QUIET: _(
            "days without activity, then again at the same interval, at most three times"
        ),
        Kind.NAME_OPEN: _(
            "days after the last activity, then again at the same interval; also sent to people"
            " who completed the course, as their certificate needs the name"
        ),
    }[kind]


def silence_words(why: Silence, people: int) -> str:
    """Say how many are sent no reminder, and why."""
    return {
        Silence.WITHDRAWN: ngettext("%(num)s has withdrawn", "%(num)s have withdrawn", people),
        Silence.SUSPENDED: ngettext(
            "%(num)s has a suspended account", "%(num)s have a suspended account", people
        ),
        Silence.COMPLETED: ngettext(
            "%(num)s has completed the course", "%(num)s have completed the course", people
        ),
        Silence.STOPPED: ngettext(
            "%(num)s wants no reminders", "%(num)s want no reminders", people
        ),
        Silence.NO_ADDRESS: ngettext(
            "%(num)s has no e-mail address", "%(num)s have no e-mail address", people
        ),
        Silence.SHARED_ADDRESS: ngettext(
            "%(num)s shares an address with others", "%(num)s share an address with others", people
        ),
        Silence.OVER: ngettext(
            "%(num)s is in an edition that has ended",
            "%(num)s are in an edition that has ended",
            people,
        ),
        Silence.TODAY: ngettext(
            "%(num)s was sent one today", "%(num)s were sent one today", people
        ),
        Silence.NOT_DUE: ngettext(
            "%(num)s fits no rule today", "%(num)s fit no rule today", people
        ),
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
            "The server doesn’t trust our mails. Whoever runs the site checks SPF, DKIM and DMARC."
        ),
        Meaning.LATER: _("The server asked us to come back later; we do."),
        Meaning.TOO_MANY: _("The server takes no more e-mails for now; we wait."),
        Meaning.SERVER_AWAY: _("The mail server couldn’t be reached; we try again."),
        Meaning.SIGN_IN_REFUSED: _(
            "The mail server didn’t let us in. Whoever runs the site checks LMS_SMTP_URL."
        ),
        Meaning.MAYBE_ARRIVED: _(
            "The connection broke while it was being sent. It may have arrived; it is not sent "
            "twice by itself."
        ),
        Meaning.TOO_LATE: _("It was not sent in time, before the quiet hours began."),
        Meaning.NEEDLESS: _("It was no longer needed when its turn came."),
        Meaning.BAD_ADDRESS: _("The address can’t be used. Correct it in the person’s data."),
        Meaning.REFUSED: _("The server refused it."),
    }[meaning_of(answer)]


def shown_subject(subject: str, edition: Edition) -> str:
    """Write a message's subject for a list: what is the same for all filled in, the rest as „…”."""
    known = {
        Placeholder.COURSE: edition.course.title_ro,  # as the subject: its English stands apart
        Placeholder.DEADLINE: format_date(edition.ends_on),
    }
    return fill(subject, dict.fromkeys(Placeholder, "…") | known)
