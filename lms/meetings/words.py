"""What the pages of meetings say."""

from __future__ import annotations

from decimal import Decimal

from lms.meetings.models import Meeting, Presence, Way
from lms.meetings.presence_sheet import CellFault
from lms.meetings.queries import OwnMeeting
from lms.meetings.rules import shown_code
from lms.meetings.services.importing import Planned, RowFault, Verdict
from lms.web.i18n import (
    current_locale,
    format_hours,
    format_number,
    format_time,
    format_week_day,
)
from lms.web.i18n import gettext as _

__all__ = [
    "fault_sentence",
    "hours_text",
    "own_state",
    "times",
    "titled",
    "verdict_word",
    "way_words",
    "when",
    "where",
]


def when(meeting: Meeting, zone: str) -> str:
    """Say when a meeting is: joi, 14 mai 2026, 10:00–13:00."""
    return f"{format_week_day(meeting.starts_at, zone)}, {times(meeting, zone)}"


def times(meeting: Meeting, zone: str) -> str:
    """Say between which hours a meeting is."""
    return f"{format_time(meeting.starts_at, zone)}–{format_time(meeting.ends_at, zone)}"


def titled(title: str) -> str:
    """Say in a list of many things that this is a meeting, where its title does not."""
    told = _("Meeting: %(title)s", title=title)
    word = told.split(":")[0].casefold()
    return title if title.casefold().startswith(word) else told


def where(meeting: Meeting) -> str:
    """Say where a meeting is."""
    if meeting.place and meeting.link:
        return _("%(place)s and online", place=meeting.place)
    return meeting.place or _("online")


def way_words(presence: Presence, zone: str) -> str:
    """Say how a presence was taken; what was ticked needs no word."""
    if presence.way is Way.CODE:
        return _("by code, %(time)s", time=format_time(presence.marked_at, zone))
    return _("from a list") if presence.way is Way.IMPORTED else ""


def hours_text(hours: Decimal) -> str:
    """Write hours as a field takes them."""
    text = f"{hours.normalize():f}"
    return text.replace(".", ",") if current_locale() == "ro" else text


def own_state(own: OwnMeeting, is_over: bool) -> tuple[str, str]:
    """Return (kind of state, words) of a meeting for the learner."""
    if own.is_present and own.presence is not None:
        said = _("presence: %(hours)s", hours=format_hours(own.presence.hours))
        by_code = own.presence.way is Way.CODE
        return "ok", f"{said}, {_('by code')}" if by_code else said
    if own.presence is not None:
        return "bad", _("presence struck out")
    if is_over:
        return "muted", _("not present")
    return "info", _("to come")


def verdict_word(verdict: Verdict) -> tuple[str, str]:
    """Return (kind of state, word)."""
    return {
        Verdict.NEW: ("ok", _("new")),
        Verdict.CORRECTED: ("warn", _("correction")),
        Verdict.SAME: ("muted", _("nothing new")),
        Verdict.EMPTY: ("muted", _("empty")),
        Verdict.WRONG: ("bad", _("wrong")),
    }[verdict]


def fault_sentence(planned: Planned) -> str:
    """Say what is the matter with a row, or what it changes; empty where there is nothing."""
    if planned.fault is not None:
        return {
            RowFault.NOBODY: _("nobody on this edition has this name or address"),
            RowFault.SEVERAL: _("several people fit; write the sign-in name"),
            RowFault.TWICE: _("the same person stands in a row above"),
            RowFault.OWN: _("this is you: a colleague records your attendance"),
        }[planned.fault]
    if planned.row.fault is not None:
        text = planned.row.text
        return {
            CellFault.NOT_YES_OR_NO: _("“%(text)s” is neither yes nor no", text=text),
            CellFault.NOT_HOURS: _("“%(text)s” is no number of hours", text=text),
            CellFault.TOO_MANY_HOURS: _("%(text)s is more than the meeting has", text=text),
        }[planned.row.fault]
    if planned.verdict is Verdict.CORRECTED and planned.row.hours is not None:
        return _(
            "%(before)s stands, %(after)s is written",
            before=format_number(planned.before),
            after=format_number(planned.row.hours),
        )
    return format_hours(planned.row.hours) if planned.row.hours is not None else ""


def code_words(meeting: Meeting) -> str:
    """Write a meeting's code to be read from far away."""
    return shown_code(meeting.code)
