"""Who is due a reminder, by which rule; and when reminders may be sent. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


class Kind(enum.StrEnum):
    """What somebody is reminded of; of several that are due, the first is sent."""

    NEVER_IN = "never_in"  # never signed in, so many days after the invitation
    MODULE_OPEN = "module_open"  # a module unfinished, so many days before the end
    END_OPEN = "end_open"  # all modules done, final test or questionnaire still open
    QUIET = "quiet"  # nothing done for so many days
    NAME_OPEN = "name_open"  # the name for the certificate not confirmed


DEFAULT_DAYS = {
    Kind.NEVER_IN: 5,
    Kind.MODULE_OPEN: 14,
    Kind.END_OPEN: 3,
    Kind.QUIET: 14,
    Kind.NAME_OPEN: 7,
}
MOST_DAYS = 90
MOST = 3  # reminders about one and the same thing; whoever doesn't answer three is telephoned


class Silence(enum.StrEnum):
    """Why somebody is sent none today; the first that holds."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    STOPPED = "stopped"
    NO_ADDRESS = "no_address"
    SHARED_ADDRESS = "shared_address"
    OVER = "over"  # the edition has ended
    TODAY = "today"  # was sent one today
    NOT_DUE = "not_due"


@dataclass(frozen=True)
class Sent:
    """A reminder sent before about this place."""

    kind: Kind
    occasion: str
    on_day: date


@dataclass(frozen=True)
class Situation:
    """Where somebody stands, as far as the rules ask; days are of the programme's zone."""

    silence: Silence | None  # what forbids reminders whatever the rules say
    has_signed_in: bool
    invited_on: date | None
    last_active_on: date | None
    ends_on: date
    has_open_module: bool
    has_open_end: bool  # all modules done, and something at the end is not
    has_open_name: bool
    is_completed: bool
    sent: Sequence[Sent] = ()
    was_sent_today: bool = False  # about any place of the person


@dataclass(frozen=True)
class Due:
    """A reminder to be sent: the pair of place and occasion is never sent twice."""

    kind: Kind
    occasion: str


def decide(situation: Situation, rules: Mapping[Kind, int], today: date) -> Due | Silence:
    """Return the reminder that is due by rules (kind → days), or why there is none."""
    if situation.silence is not None:
        return situation.silence
    if today > situation.ends_on:
        return Silence.OVER
    if situation.was_sent_today:
        return Silence.TODAY
    for kind in Kind:
        if kind in rules and (due := _due(kind, rules[kind], situation, today)):
            return due
    return Silence.COMPLETED if situation.is_completed else Silence.NOT_DUE


def _due(kind: Kind, days: int, situation: Situation, today: date) -> Due | None:
    since = _since(kind, days, situation)
    if since is None:
        return None
    anchor = str(since) if kind in (Kind.QUIET, Kind.MODULE_OPEN) else ""
    before = [s for s in situation.sent if s.kind is kind and s.occasion.startswith(f"{anchor}:")]
    most = 1 if kind is Kind.MODULE_OPEN else MOST
    if len(before) >= most:
        return None
    last = max((s.on_day for s in before), default=None)
    wait_from = since if last is None else max(since, last)
    if kind is Kind.MODULE_OPEN:
        return Due(kind, f"{anchor}:1") if today >= since else None
    if today < wait_from + timedelta(days=days):
        return None
    return Due(kind, f"{anchor}:{len(before) + 1}")


def _since(kind: Kind, days: int, place: Situation) -> date | None:
    """Return the day that a rule counts from; None where it has nothing to remind of."""
    begun_on = place.last_active_on or place.invited_on
    learns = place.has_signed_in and not place.is_completed
    match kind:
        case Kind.NEVER_IN:
            return None if place.has_signed_in else place.invited_on
        case Kind.MODULE_OPEN:
            return (
                place.ends_on - timedelta(days=days) if learns and place.has_open_module else None
            )
        case Kind.END_OPEN:
            return begun_on if learns and place.has_open_end else None
        case Kind.QUIET:
            return begun_on if learns else None
        case Kind.NAME_OPEN:
            return begun_on if place.has_signed_in and place.has_open_name else None


@dataclass(frozen=True)
class Hours:
    """When reminders rest: from one full hour to another, and on weekends unless told otherwise."""

    quiet_from: int = 20
    quiet_to: int = 8
    on_weekends: bool = False


def may_send(hours: Hours, local: datetime) -> bool:
    """Tell whether reminders may go out at a local time."""
    if not hours.on_weekends and local.weekday() >= 5:  # Saturday, Sunday
        return False
    return not _is_quiet(hours, local.hour)


def _is_quiet(hours: Hours, hour: int) -> bool:
    if hours.quiet_from == hours.quiet_to:
        return False
    if hours.quiet_from < hours.quiet_to:
        return hours.quiet_from <= hour < hours.quiet_to
    return hour >= hours.quiet_from or hour < hours.quiet_to


def quiet_begins(hours: Hours, local: datetime) -> datetime:
    """Return the end of the time, now under way, in which reminders may be sent."""
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    if hours.quiet_from == hours.quiet_to or hours.quiet_from <= local.hour:
        return midnight
    return local.replace(hour=hours.quiet_from, minute=0, second=0, microsecond=0)


def count_silences(decisions: Collection[Due | Silence]) -> dict[Silence, int]:
    """Count why people are sent none, in the order of the reasons."""
    counts = {why: sum(1 for d in decisions if d is why) for why in Silence}
    return {why: count for why, count in counts.items() if count}
