"""How often one may write, when a mail about it goes, what may be shown to whom. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lms.messages.reminder_rules import Hours, may_send

MOST_IN_A_WHILE: Final = 5
A_WHILE: Final = timedelta(minutes=10)
MOST_IN_A_DAY: Final = 30
A_DAY: Final = timedelta(hours=24)
_LONGEST_REST = 24 * 8  # hours; a plan rests for a weekend and a night at most


class ThreadState(enum.StrEnum):
    """Where a question to the trainer stands."""

    OPEN = "open"
    ANSWERED = "answered"


def may_write(written: Collection[datetime], now: datetime) -> bool:
    """Tell whether somebody who wrote at these moments may write once more."""
    in_a_while = sum(1 for at in written if at > now - A_WHILE)
    in_a_day = sum(1 for at in written if at > now - A_DAY)
    return in_a_while < MOST_IN_A_WHILE and in_a_day < MOST_IN_A_DAY


def goes_at(hours: Hours, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a mail may go: at once, or at the full hour with which the rest ends."""
    if may_send(hours, now.astimezone(zone)):
        return now
    step = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for _hour in range(_LONGEST_REST):
        step += timedelta(hours=1)
        if may_send(hours, step.astimezone(zone)):
            return step
    return now
