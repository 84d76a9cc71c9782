"""The days on which modules open in one edition, where they are not the course's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lms.audit.services import record
from lms.courses.models import Edition

AS_THE_COURSE, NO_DAY, OWN_DAY = "course", "none", "own"


def choice_of(edition: Edition, module: str) -> str:
    """Return which of the three an edition has for a module."""
    if module not in edition.opening:
        return AS_THE_COURSE
    return OWN_DAY if edition.opening[module] else NO_DAY


def set_opening(edition: Edition, days: Mapping[str, date | None], *, by: int) -> bool:
    """Set the days of an edition, locked by the caller; whether anything is otherwise now.

    A module that is not named has the course's day; None says that it has no day here. What is
    said of modules that the course has not at present is kept, for they may come back.
    """
    said = {name: day.isoformat() if day is not None else "" for name, day in days.items()}
    if said == edition.opening:
        return False
    edition.opening = said
    record(
        "edition.opening_set",
        by=by,
        on=edition,
        edition_id=edition.id,
        days={name: day or "-" for name, day in sorted(said.items())},
    )
    return True
