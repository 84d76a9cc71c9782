"""Active time: the gaps between a person's signs of life, pauses cut."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE_AFTER = timedelta(minutes=5)


def credit(last: datetime | None, now: datetime) -> int:
    """Return the seconds to credit between two signs of life; a gap over five minutes earns none.

    A clock that went back earns none either.
    """
    if last is None:
        return 0
    gap = now - last
    return int(gap.total_seconds()) if timedelta(0) < gap <= IDLE_AFTER else 0
