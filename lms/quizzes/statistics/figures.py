"""The figures of a whole test, of its places and of its questions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from lms.quizzes.statistics import intervals, sums
from lms.quizzes.statistics.intervals import Interval
from lms.quizzes.statistics.scores import SCALE, Cells, Column, Item, Sheet, sheet_of

FEW = 10
"""Of fewer attempts a figure is said to be of few, and no advice is given."""

SCARCE = 30
"""Of fewer, what is said of discrimination and reliability is a hint at most."""


@dataclass(frozen=True)
class Whole:
    """A test's own figures, in marks; percentages are of a hundred.

    `attempts` counts those that the figures are made of. A figure that can't be said is none.
    """

    attempts: int
    unmarked: int  # attempts left out: something in them waits for marking
    odd: int  # attempts left out: they had another number of questions
    places: int
    is_by_slot: bool
    possible: float
    mean: float | None = None
    mean_interval: Interval | None = None
    median: float | None = None
    deviation: float | None = None
    lowest: float | None = None
    highest: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    consistency: float | None = None  # Cronbach's alpha, per cent; may lie below nothing
    consistency_interval: Interval | None = None
    error_ratio: float | None = None
    standard_error: float | None = None

    @property
    def is_of_few(self) -> bool:
        """Whether the figures stand on too few attempts to be relied on."""
        return self.attempts < FEW


@dataclass(frozen=True)
class Place:
    """What a place of the test (a slot, or a position) weighs."""

    key: Hashable
    intended: float
    effective: float | None  # none where its covariance with the total is below nothing
    is_against: bool  # it is: who does well here does worse in the whole
    consistency_without: float | None  # the alpha of the test without it, per cent


@dataclass(frozen=True)
class Of:
    """A question's own figures; `is_drawn`: not everybody met it, so that its rest is the total."""

    key: Hashable
    met: int
    unmarked: int
    left_out: int  # attempts whose total a correction took it out of
    facility: float | None  # per cent
    facility_interval: Interval | None
    deviation: float | None  # per cent
    guess: float | None  # per cent
    is_drawn: bool
    compared: int  # attempts that its relation to the rest is made of
    discrimination: float | None
    discrimination_interval: Interval | None
    efficiency: float | None
    place: Place | None  # where it stands; none where it is drawn to no place of its own

    @property
    def marked(self) -> int:
        """How many answers have a mark."""
        return self.met - self.unmarked - self.left_out

    @property
    def is_of_few(self) -> bool:
        """Whether too few answered it."""
        return self.marked < FEW


@dataclass(frozen=True)
class Statistics:
    """All figures of a test; questions in the order given."""

    whole: Whole
    places: tuple[Place, ...]
    items: tuple[Of, ...]
    sheet: Sheet


def statistics_of(items: Sequence[Item], attempts: Sequence[Cells]) -> Statistics:
    """Compute every figure of a test from its attempts."""
    sheet = sheet_of(items, attempts)
    places = _places(sheet)
    of_item = _place_by_item(sheet, places)
    lines = _lines(sheet)
    return Statistics(
        _whole(sheet),
        places,
        tuple(_of(item, lines.get(item.key) or _Line(), of_item.get(item.key)) for item in items),
        sheet,
    )


# The whole -------------------------------------------------------------------------------------


def _whole(sheet: Sheet) -> Whole:
    totals, n, p = sheet.totals, len(sheet.totals), len(sheet.columns)
    possible = sum(column.possible for column in sheet.columns) / SCALE
    if not n:
        return Whole(0, sheet.unmarked, sheet.odd, p, sheet.is_by_slot, possible)
    mean = sum(totals) / n / SCALE
    deviation = sums.deviation(totals)
    shown = None if deviation is None else deviation / SCALE
    middle = sums.median(totals)
    own = sum(sums.spread(column.scores) for column in sheet.columns)
    alpha = _alpha(p, n, own, sums.spread(totals))
    error = None if alpha is None else 100 * sqrt(max(0.0, 1 - alpha))
    return Whole(
        attempts=n,
        unmarked=sheet.unmarked,
        odd=sheet.odd,
        places=p,
        is_by_slot=sheet.is_by_slot,
        possible=possible,
        mean=mean,
        mean_interval=intervals.of_mean(mean, shown, n, possible),
        median=None if middle is None else middle / SCALE,
        deviation=shown,
        lowest=min(totals) / SCALE,
        highest=max(totals) / SCALE,
        skewness=sums.skewness(totals),
        kurtosis=sums.kurtosis(totals),
        consistency=_percent(alpha),
        consistency_interval=_in_percent(intervals.of_alpha(alpha, p, n)),
        error_ratio=error,
        standard_error=None if error is None or shown is None else error * shown / 100,
    )


def _alpha(places: int, n: int, own: int, whole: int) -> float | None:
    """Return Cronbach's alpha; none of one place, of two attempts, or where all totals are equal.

    The variances come as n(n−1) times themselves, so that only their ratio is rounded.
    """
    if places < 2 or n < 3 or not whole:
        return None
    return places / (places - 1) * ((whole - own) / whole)


# Places ----------------------------------------------------------------------------------------


def _places(sheet: Sheet) -> tuple[Place, ...]:
    n, totals, columns = len(sheet.totals), sheet.totals, sheet.columns
    of_all = sum(column.possible for column in columns)
    with_total = [sums.together(column.scores, totals) for column in columns]
    own = [sums.spread(column.scores) for column in columns]
    pulls = [sqrt(cov) if cov > 0 else 0.0 for cov in with_total]
    pull, whole, all_own = sum(pulls), sums.spread(totals), sum(own)
    return tuple(
        Place(
            key=column.key,
            intended=100 * column.possible / of_all if of_all else 0.0,
            effective=100 * pulls[at] / pull if pull and with_total[at] >= 0 else None,
            is_against=with_total[at] < 0,
            consistency_without=_percent(
                _alpha(
                    len(columns) - 1,
                    n,
                    all_own - own[at],
                    whole + own[at] - 2 * with_total[at],
                )
            ),
        )
        for at, column in enumerate(columns)
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _in_percent(interval: Interval | None) -> Interval | None:
    return None if interval is None else Interval(100 * interval.low, 100 * interval.high)


def _place_by_item(sheet: Sheet, places: Sequence[Place]) -> dict[Hashable, Place]:
    """Say which place a question stands at, where the test has slots and it always stands there."""
    if not sheet.is_by_slot:
        return {}
    pairs: list[tuple[Column, Place]] = list(zip(sheet.columns, places, strict=True))
    return {item: place for column, place in pairs for item in column.items}


# Questions -------------------------------------------------------------------------------------


class _Line:
    """What a question earned: everywhere it was met, and in whole attempts beside their rest."""

    __slots__ = ("earned", "is_drawn", "left_out", "met", "rest", "unmarked", "whole")

    def __init__(self) -> None:
        self.met = self.unmarked = self.left_out = 0
        self.earned: list[int] = []
        self.whole: list[int] = []
        self.rest: list[int] = []
        self.is_drawn = False


def _lines(sheet: Sheet) -> Mapping[Hashable, _Line]:
    totals = dict(zip(sheet.whole, sheet.totals, strict=True))
    found: dict[Hashable, _Line] = {}
    for row, cells in enumerate(sheet.attempts):
        total = totals.get(row)
        for cell in cells:
            line = found.get(cell.item)
            if line is None:
                line = found[cell.item] = _Line()
            line.met += 1
            if cell.is_left_out:
                line.left_out += 1
                continue
            if cell.earned is None:
                line.unmarked += 1
                continue
            line.earned.append(cell.earned)
            if total is not None:
                line.whole.append(cell.earned)
                line.rest.append(total)
    for line in found.values():
        line.is_drawn = len(line.whole) < len(sheet.whole)
        if not line.is_drawn:  # compared with what the others brought
            line.rest = [total - x for total, x in zip(line.rest, line.whole, strict=True)]
    return found


def _of(item: Item, line: _Line, place: Place | None) -> Of:
    n, xs, rest = len(line.earned), line.whole, line.rest
    share = sum(line.earned) / n / item.possible if n and item.possible else None
    deviation = sums.deviation(line.earned)
    r = sums.correlation(xs, rest)
    best = sums.together(sorted(xs), sorted(rest))
    return Of(
        key=item.key,
        met=line.met,
        unmarked=line.unmarked,
        left_out=line.left_out,
        facility=_percent(share),
        facility_interval=_in_percent(None if share is None else intervals.wilson(share, n)),
        deviation=_percent(
            deviation / item.possible if deviation is not None and share is not None else None
        ),
        guess=_percent(item.guess),
        is_drawn=line.is_drawn,
        compared=len(xs),
        discrimination=_percent(r),
        discrimination_interval=_in_percent(intervals.of_correlation(r, len(xs))),
        efficiency=100 * sums.together(xs, rest) / best if best else None,
        place=place,
    )
