"""What each question brought in each attempt, and where it stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

SCALE = 10**7
"""Parts of a mark. Fractions are stored to seven places, so nothing is lost of them."""

Score = int | None  # none: it waits for somebody to mark it


def scaled(marks: Decimal) -> int:
    """Write marks in whole parts."""
    return int((marks * SCALE).to_integral_value(ROUND_HALF_EVEN))


@dataclass(frozen=True)
class Item:
    """A question as it can be asked: what it is worth, and what a blind guess earns of it."""

    key: Hashable
    possible: int
    guess: float | None = None


class Cell(NamedTuple):
    """A question of an attempt: its slot (or itself, where it has none), position and score.

    One that a correction left out of the attempt's total keeps its place, worth nothing there.
    """

    slot: Hashable
    position: int
    item: Hashable
    earned: Score
    is_left_out: bool = False

    @property
    def counted(self) -> int:
        """What it brings to the total."""
        return 0 if self.is_left_out else self.earned or 0


@dataclass(frozen=True)
class Column:
    """A place of the test that every attempt fills; `items` holds the questions met there."""

    key: Hashable
    scores: tuple[int, ...]  # in the order of `Sheet.whole`
    possible: float
    items: frozenset[Hashable]


Cells = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """Attempts by row. Those that are whole are marked throughout and as long as most are.

    Columns are the slots where every attempt answered each of them. A test that draws some of its
    slots has positions for columns instead: the first question, the second, as they were asked.
    """

    attempts: Sequence[Cells]
    whole: tuple[int, ...]  # rows
    totals: tuple[int, ...]  # of the whole ones, in their order
    unmarked: int  # attempts in which something waits for marking
    odd: int  # of another length than most
    is_by_slot: bool
    columns: tuple[Column, ...]


def sheet_of(items: Iterable[Item], attempts: Sequence[Cells]) -> Sheet:
    """Lay attempts out; an attempt without questions is none."""
    marked = [row for row, cells in enumerate(attempts) if cells and _is_marked(cells)]
    lengths = Counter(len(attempts[row]) for row in marked)
    usual = max(lengths, key=lambda length: (lengths[length], length), default=0)
    whole = tuple(row for row in marked if len(attempts[row]) == usual)
    slots = {frozenset(cell.slot for cell in attempts[row]) for row in whole}
    is_by_slot = len(slots) == 1 and len(next(iter(slots))) == usual
    return Sheet(
        attempts=attempts,
        whole=whole,
        totals=tuple(sum(cell.counted for cell in attempts[row]) for row in whole),
        unmarked=sum(1 for cells in attempts if cells) - len(marked),
        odd=len(marked) - len(whole),
        is_by_slot=is_by_slot,
        columns=_columns(items, [attempts[row] for row in whole], is_by_slot=is_by_slot),
    )


def _is_marked(cells: Cells) -> bool:
    return all(cell.earned is not None or cell.is_left_out for cell in cells)


def _columns(
    items: Iterable[Item], attempts: Sequence[Cells], *, is_by_slot: bool
) -> tuple[Column, ...]:
    possible = {item.key: item.possible for item in items}
    found: dict[Hashable, list[Cell]] = {}
    for cells in attempts:
        for at, cell in enumerate(sorted(cells, key=lambda c: c.position), 1):
            found.setdefault(cell.slot if is_by_slot else at, []).append(cell)
    return tuple(
        Column(
            key,
            tuple(cell.counted for cell in cells),
            sum(0 if cell.is_left_out else possible[cell.item] for cell in cells) / len(cells),
            frozenset(cell.item for cell in cells),
        )
        for key, cells in found.items()
    )
