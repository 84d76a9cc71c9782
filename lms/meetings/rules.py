"""A meeting's code and when it is taken, and the hours that a presence may have."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

# No vowels, so that no word comes out; nothing that is read as something else on a far wall.
CODE_SIGNS: Final = "BCDFGHJKMNPQRTVWXZ346789"
CODE_LENGTH: Final = 6
DEFAULT_GRACE: Final = 15  # minutes before the beginning and after the end
MOST_GRACE: Final = 120

MOST_TRIES: Final = 5
TRIES_WITHIN: Final = timedelta(minutes=10)

_CENT: Final = Decimal("0.01")


class Moment(StrEnum):
    """How an instant stands to the time in which a code is taken."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


def make_code(random: bytes) -> str:
    """Make a code from random bytes, two for each sign."""
    pairs = (int.from_bytes(random[i : i + 2]) for i in range(0, 2 * CODE_LENGTH, 2))
    return "".join(CODE_SIGNS[pair % len(CODE_SIGNS)] for pair in pairs)


def read_code(typed: str) -> str:
    """Return a code as it is stored, however it was typed."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())[:20]


def shown_code(code: str) -> str:
    """Write a code in two halves."""
    return f"{code[:3]} {code[3:]}"


def moment_of(now: datetime, starts: datetime, ends: datetime, grace: int) -> Moment:
    """Tell whether a code is taken at an instant."""
    spare = timedelta(minutes=grace)
    if now < starts - spare:
        return Moment.EARLY
    return Moment.LATE if now > ends + spare else Moment.OPEN


def hours_between(starts: datetime, ends: datetime) -> Decimal:
    """Return how long a meeting lasts, in hours with two decimals."""
    minutes = Decimal(int((ends - starts).total_seconds() // 60))
    return (minutes / 60).quantize(_CENT, ROUND_HALF_UP)


def read_hours(text: str) -> Decimal | None:
    """Read hours typed the Romanian or the English way; None where they are none."""
    squeezed = re.sub(r"\s+", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", squeezed, re.ASCII):
        return None
    return Decimal(squeezed).quantize(_CENT)
