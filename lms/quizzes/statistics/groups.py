"""A test and its questions, group beside group."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from lms.quizzes.statistics import intervals, sums
from lms.quizzes.statistics.figures import FEW
from lms.quizzes.statistics.intervals import Interval
from lms.quizzes.statistics.scores import Item, Sheet

NEVER_BY_CHANCE = 15.0
"""Percentage points: a smaller difference of two groups is not worth a remark, sure or not."""


@dataclass(frozen=True)
class Share:
    """How a group did: the mean share of the marks, in per cent, of so many."""

    n: int
    mean: float | None
    interval: Interval | None

    @property
    def is_of_few(self) -> bool:
        """Whether too few stand behind it to be shown for themselves."""
        return self.n < FEW


@dataclass(frozen=True)
class Group:
    """A group's results in the whole test, and in each question."""

    name: Hashable
    whole: Share
    passed: int | None  # none where there is no pass mark
    items: Mapping[Hashable, Share]


@dataclass(frozen=True)
class Apart:
    """Two groups that did so differently in a question that chance hardly explains it."""

    item: Hashable
    better: Hashable
    worse: Hashable
    points: float


def groups_of(
    items: Sequence[Item],
    sheet: Sheet,
    names: Sequence[Hashable],
    passed: Sequence[bool | None],
) -> tuple[Group, ...]:
    """Tell groups apart; `names` and `passed` go with the attempts, row by row."""
    possible = {item.key: item.possible for item in items}
    of_all = sum(column.possible for column in sheet.columns)
    totals = dict(zip(sheet.whole, sheet.totals, strict=True))
    found = []
    for name in sorted(set(names), key=str):
        rows = [row for row, of in enumerate(names) if of == name]
        mine = [totals[row] for row in rows if row in totals]
        earned: dict[Hashable, list[int]] = {}
        for row in rows:
            for cell in sheet.attempts[row]:
                if cell.earned is not None and not cell.is_left_out:
                    earned.setdefault(cell.item, []).append(cell.earned)
        told = [passed[row] for row in rows if passed[row] is not None]
        found.append(
            Group(
                name,
                _of_totals(mine, of_all),
                sum(map(bool, told)) if told else None,
                {
                    key: _share(sum(xs) / len(xs) / possible[key], len(xs))
                    for key, xs in earned.items()
                    if possible[key]
                },
            )
        )
    return tuple(found)


def _of_totals(totals: Sequence[int], possible: float) -> Share:
    n = len(totals)
    if not n or not possible:
        return Share(n, None, None)
    mean = 100 * sum(totals) / n / possible
    deviation = sums.deviation(totals)
    shown = None if deviation is None else 100 * deviation / possible
    return Share(n, mean, intervals.of_mean(mean, shown, n, 100.0))


def _share(share: float, n: int) -> Share:
    around = intervals.wilson(share, n)
    return Share(
        n, 100 * share, None if around is None else Interval(100 * around.low, 100 * around.high)
    )


def apart(groups: Sequence[Group], item: Hashable) -> Apart | None:
    """Find the widest difference between two groups in a question that is no chance's work."""
    widest: Apart | None = None
    for one, other in combinations(groups, 2):
        mine, theirs = one.items.get(item), other.items.get(item)
        if mine is None or theirs is None or mine.mean is None or theirs.mean is None:
            continue
        if mine.is_of_few or theirs.is_of_few:
            continue
        within = intervals.difference(mine.mean / 100, mine.n, theirs.mean / 100, theirs.n)
        points = mine.mean - theirs.mean
        if within is None or within.holds(0.0) or abs(points) < NEVER_BY_CHANCE:
            continue
        if widest is None or abs(points) > widest.points:
            better, worse = (one, other) if points > 0 else (other, one)
            widest = Apart(item, better.name, worse.name, abs(points))
    return widest
