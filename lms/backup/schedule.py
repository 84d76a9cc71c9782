"""When a backup is due, and which old ones are kept: pure, in the machine's own days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

RETRY_AFTER = timedelta(hours=1)
_RULE = re.compile(r"(\d{1,4})([dwm])")


@dataclass(frozen=True)
class Rule:
    """For how many days, weeks and months one backup each is kept."""

    days: int
    weeks: int
    months: int


def read_rule(text: str) -> Rule:
    """Read a rule such as „7d 5w 12m”; anything else is a ValueError."""
    found = {"d": 0, "w": 0, "m": 0}
    for word in text.replace(",", " ").split():
        match = _RULE.fullmatch(word)
        if match is None:
            raise ValueError("write for instance 7d 5w 12m")
        found[match[2]] = int(match[1])
    if not any(found.values()):
        raise ValueError("write for instance 7d 5w 12m")
    return Rule(found["d"], found["w"], found["m"])


def to_keep(times: Iterable[datetime], rule: Rule, zone: str) -> set[datetime]:
    """Return the newest of each of the last days, weeks and months that have any; never none."""
    ordered = sorted(times, reverse=True)
    kept: set[datetime] = set(ordered[:1])
    for count, name in ((rule.days, "%Y-%m-%d"), (rule.weeks, "%G-%V"), (rule.months, "%Y-%m")):
        seen: list[str] = []
        for at in ordered:
            period = at.astimezone(ZoneInfo(zone)).strftime(name)
            if period not in seen:
                if len(seen) == count:
                    break
                seen.append(period)
                kept.add(at)
    return kept


def last_moment(now: datetime, hour: int, zone: str) -> datetime:
    """Return the newest moment at which a backup was to be made."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def is_due(
    now: datetime,
    *,
    hour: int,
    zone: str,
    last_good: datetime | None,
    last_tried: datetime | None,
) -> bool:
    """Whether a backup is to be begun: none good since the moment, and none tried just now."""
    if last_good is not None and last_good >= last_moment(now, hour, zone):
        return False
    return last_tried is None or now - last_tried >= RETRY_AFTER
