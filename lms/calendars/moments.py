"""What stands in a calendar: moments with lasting keys, in order, by month. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

_COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)


class Kind(enum.StrEnum):
    """What a moment is."""

    MEETING = "meeting"
    OPENS = "opens"
    CLOSES = "closes"
    BEGINS = "begins"
    ENDS = "ends"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One entry of a calendar; a bare date is a whole day. Its words are in one language."""

    key: str  # the same whatever changes on it
    kind: Kind
    starts: datetime | date
    ends: datetime | None = None
    zone: str
    title: str
    course: str
    where: str = ""
    note: str = ""
    href: str = ""
    changed_at: datetime
    is_cancelled: bool = False
    done_on: datetime | date | None = None  # the reader has done what it asks, since then

    @property
    def is_whole_day(self) -> bool:
        """Whether it has a day and no hour."""
        return not isinstance(self.starts, datetime)

    @property
    def day(self) -> date:
        """The day on which it stands, where it is held."""
        if isinstance(self.starts, datetime):
            return self.starts.astimezone(ZoneInfo(self.zone)).date()
        return self.starts

    @property
    def instant(self) -> datetime:
        """When it begins; a whole day with its first minute."""
        if isinstance(self.starts, datetime):
            return self.starts
        return datetime.combine(self.starts, time(), ZoneInfo(self.zone))

    def is_over(self, now: datetime) -> bool:
        """Whether it has passed; a day passes with its end."""
        if isinstance(self.starts, datetime):
            return (self.ends or self.starts) <= now
        return self.starts < now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class EditionRow:
    """An edition as a calendar names it."""

    id: int
    title: str
    course: str
    course_slug: str
    slug: str
    starts_on: date
    ends_on: date
    zone: str
    created_at: datetime


def sequence(changed_at: datetime) -> int:
    """Number a version of a moment: never lower after a later change."""
    return max(0, int((changed_at - _COUNTED_FROM).total_seconds()))


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    """Sort moments; of two with one key the first stays."""
    kept: dict[str, Moment] = {}
    for moment in moments:
        kept.setdefault(moment.key, moment)
    return sorted(kept.values(), key=lambda m: (m.instant, not m.is_whole_day, m.key))


def by_month(moments: Iterable[Moment]) -> list[tuple[date, list[Moment]]]:
    """Group ordered moments by the first of their month."""
    grouped = groupby(moments, key=lambda m: m.day.replace(day=1))
    return [(month, list(group)) for month, group in grouped]
