"""How far each invented participant has come: a plan, without chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OPENS_AT = datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
MODULES = 8


@dataclass(frozen=True)
class Stage:
    """One participant's way: modules done, lessons read beyond them, and on which days."""

    is_invited: bool
    is_welcomed: bool
    modules_done: int
    lessons_more: int
    first_day: datetime
    days_a_module: int

    @property
    def ends_at(self) -> datetime:
        """Roughly when the last module so far was done."""
        return self.first_day + timedelta(days=self.modules_done * (self.days_a_module + 1))


def stage_of(place: int) -> Stage:
    """Return the stage of the participant at a place of the list, from 0."""
    turn = place % 20
    first = OPENS_AT + timedelta(days=place % 11, minutes=7 * place)
    if turn < 4:
        return Stage(True, True, MODULES, 0, first, 6 + place % 3)
    if turn < 15:
        done = 1 + (place * 5) % 4
        return Stage(True, True, done, place % 4, first, 7)
    if turn < 17:
        return Stage(True, True, 0, 1 + place % 3, first, 7)
    if turn < 19:
        return Stage(True, False, 0, 0, first, 7)
    return Stage(False, False, 0, 0, first, 7)
