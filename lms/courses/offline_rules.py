"""Reading done without a line: what a browser tells of it later, and how much of it counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from lms.courses.active_time import credit
from lms.errors import Unusable

MOST_SITTINGS: Final = 200
MOST_SIGNS: Final = 1440  # a day of minutes
OLDEST: Final = timedelta(days=90)
_KEY = re.compile(r"[0-9a-f-]{8,36}")


@dataclass(frozen=True)
class Sitting:
    """One lesson read at one sitting: signs of life, and when it was marked as read."""

    key: str
    module_slug: str
    lesson_slug: str
    signs: Sequence[datetime]
    read_at: datetime | None

    @property
    def begun_at(self) -> datetime:
        """Its first sign of life."""
        return self.signs[0]

    @property
    def ended_at(self) -> datetime:
        """Its last sign of life."""
        return self.signs[-1]


def sittings_of(text: str, *, now: datetime) -> list[Sitting]:
    """Read what a browser tells, in the order in which it happened.

    Its clock may be wrong, so its moments are moved by what it says the time is. What is older
    than ninety days is left out; Unusable where the whole makes no sense.
    """
    try:
        told: Any = json.loads(text)
        shift = now - _moment(told["sent_at"])
        raw = told["sittings"]
        if not isinstance(raw, list) or len(raw) > MOST_SITTINGS:
            raise Unusable
        found = [_sitting(one, shift, now) for one in raw]
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise Unusable from fault
    recent = [s for s in found if s.signs and s.begun_at > now - OLDEST]
    return sorted(recent, key=lambda s: (s.begun_at, s.key))


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return datetime.fromtimestamp(value / 1000, UTC)


def _sitting(one: Any, shift: timedelta, now: datetime) -> Sitting:
    key, signs = str(one["key"]), one["signs"]
    if not _KEY.fullmatch(key) or not isinstance(signs, list) or len(signs) > MOST_SIGNS:
        raise Unusable
    moments = sorted(min(_moment(sign) + shift, now) for sign in signs)
    read = one.get("read_at")
    read_at = None if read is None else min(_moment(read) + shift, now)
    if read_at is not None:
        moments = moments or [read_at]
        read_at = max(read_at, moments[0])  # nobody has read what they haven't opened yet
    return Sitting(key, str(one["module"]), str(one["lesson"]), tuple(moments), read_at)


def seconds_of(signs: Sequence[datetime], others: Iterable[tuple[datetime, datetime]] = ()) -> int:
    """Return the seconds that signs of life earn; what another sitting covers counts once."""
    spans = list(others)
    alone = [s for s in signs if not any(begun <= s <= ended for begun, ended in spans)]
    return sum(credit(earlier, later) for earlier, later in pairwise(alone))
