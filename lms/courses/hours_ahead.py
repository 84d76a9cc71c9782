"""The registry by which packages above say what gives hours next, where hours are missing.

Whoever tells also gives a condition that the statement which reads a person's place carries, so
that a place without anything ahead costs no statement of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from lms.courses.queries import Place


@dataclass(frozen=True)
class HoursAhead:
    """A sentence in the page's language, and where more is said."""

    words: str
    href: str


Teller = Callable[["Place"], HoursAhead | None]

Condition = Callable[[], sa.ColumnElement[bool]]  # about Enrolment and Edition

_tellers: dict[Teller, Condition] = {}


def register(teller: Teller, concerns: Condition) -> None:
    """Add whoever knows of hours to come, and say which places that may concern."""
    _tellers[teller] = concerns


def concerned() -> sa.ColumnElement[bool]:
    """Make the column that says whether anybody may know of hours for a place."""
    return sa.or_(sa.false(), *(concerns() for concerns in _tellers.values()))


def hours_ahead(place: Place) -> HoursAhead | None:
    """Return the first answer; nobody is asked for a place that is not concerned."""
    if not place.has_hours_ahead:
        return None
    return next((told for teller in _tellers if (told := teller(place)) is not None), None)
