"""Until when a question may be contested."""

from __future__ import annotations

from datetime import datetime, timedelta


def contest_until(days: int, *moments: datetime | None) -> datetime | None:
    """Tell the end of the days in which a result may be contested; None where it never may.

    They begin with the last of the moments given: the end of the attempt, the day on which its
    answers could first be seen, the last correction of its grade.
    """
    known = [moment for moment in moments if moment is not None]
    return max(known) + timedelta(days=days) if days and known else None


def may_contest(until: datetime | None, *, now: datetime) -> bool:
    """Tell whether a question may be contested now; the last moment still counts."""
    return until is not None and now <= until
