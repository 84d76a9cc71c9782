"""Sentences about imports already carried out, and about taking them back."""

from __future__ import annotations

from lms.organisations.services import Filled
from lms.participants.models import Deed
from lms.participants.roster import Field
from lms.participants.taking_back import Delta, Hold
from lms.participants.words import field_word, value_word
from lms.web.i18n import gettext as _


def deed_word(deed: Deed) -> tuple[str, str]:
    """Return (kind of state, word) for what an import did with a row."""
    return {
        Deed.NEW: ("ok", _("enrolled, new")),
        Deed.PLACED: ("ok", _("enrolled, already known")),
        Deed.CHANGED: ("info", _("changed")),
        Deed.UNCHANGED: ("muted", _("unchanged")),
    }[deed]


def hold_words(hold: Hold) -> str:
    """Say why something stays as it is."""
    return {
        Hold.SIGNED_IN: _("has signed in"),
        Hold.LEARNT: _("has begun to learn"),
        Hold.HOURS: _("has hours of attendance"),
        Hold.ANSWERED: _("has answered questions"),
        Hold.CERTIFIED: _("has a certificate or a number for one"),
        Hold.SEAT_TAKEN_OVER: _("the seat was given from one person to another"),
        Hold.WITHDRAWN: _("was withdrawn since, with a date and a reason"),
        Hold.IN_USE_ELSEWHERE: _("the person has a place on another edition and stays known"),
        Hold.MAIL_UNDER_WAY: _("an e-mail is being sent at this moment; try again in a minute"),
        Hold.CHANGED_SINCE: _("the data were changed again since"),
        Hold.OTHER_RECORDS: _("other records name the person"),
    }[hold]


def change_words(change: Delta) -> str:
    """Say a change: field, what stood before, what stands now."""
    field = Field(change.field)
    before = value_word(field, change.before) or "–"
    after = value_word(field, change.after) or "–"
    return f"{field_word(field)}: {before} → {after}"


def filled_words(filled: Filled) -> str:
    """Say what an organisation lacked, and what a list gives."""
    field = Field(filled.field)
    return f"{filled.name}: {field_word(field)} {value_word(field, filled.value)}"
