"""How many of the answers that wait may be shown, so that nobody's can be told by when it came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

GROUP = 5

T = TypeVar("T")


def due(waiting: int, *, is_closed: bool) -> int:
    """Return how many of the answers that wait are to be let out now.

    While answers still come, a group leaves only when another group stays behind: those that leave
    are any five of ten, and what remains at the end is never too few to be shown. Once no more are
    expected, all leave together, or, being fewer than a group, never.
    """
    if is_closed:
        return waiting if waiting >= GROUP else 0
    return GROUP if waiting >= 2 * GROUP else 0


def part(shuffled: Sequence[T], *, is_closed: bool) -> tuple[list[T], list[T]]:
    """Part what waits, already in random order, into what leaves and what stays."""
    count = due(len(shuffled), is_closed=is_closed)
    return list(shuffled[:count]), list(shuffled[count:])
