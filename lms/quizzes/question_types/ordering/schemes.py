"""How near an order is to the right one, by name; each gives a fraction of everything.

`given` and `right` hold the same items, at least two. One item alone is a run of one, so the two
schemes of runs give 1/n for an order that has nothing else right.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

Places = Sequence[int]  # of the items given, in the right order: 0 1 2 … is right


class OrderScheme(StrEnum):
    """Name a scoring rule for orders."""

    ALL_OR_NOTHING = "all_or_nothing"
    ABSOLUTE_POSITION = "absolute_position"
    NEXT_WITHOUT_LAST = "next_without_last"
    NEXT_WITH_LAST = "next_with_last"
    ONE_PREVIOUS_AND_NEXT = "one_previous_and_next"
    ALL_PREVIOUS_AND_NEXT = "all_previous_and_next"
    LONGEST_ORDERED = "longest_ordered"
    LONGEST_CONTIGUOUS = "longest_contiguous"
    RELATIVE_TO_CORRECT = "relative_to_correct"


def fraction_of(scheme: OrderScheme, given: Sequence[str], right: Sequence[str]) -> Decimal:
    """Score an order of the same items, in [0, 1]."""
    at = {item: place for place, item in enumerate(right)}
    earned = _RULES[scheme]([at[item] for item in given])
    return Decimal(earned.numerator) / Decimal(earned.denominator)


def _all_or_nothing(places: Places) -> Fraction:
    return Fraction(all(place == at for at, place in enumerate(places)))


def _absolute(places: Places) -> Fraction:
    return Fraction(sum(place == at for at, place in enumerate(places)), len(places))


def _right_neighbours(places: Places) -> int:
    return sum(after == before + 1 for before, after in pairwise(places))


def _next_without_last(places: Places) -> Fraction:
    return Fraction(_right_neighbours(places), len(places) - 1)


def _next_with_last(places: Places) -> Fraction:
    ends = places[-1] == len(places) - 1  # nothing follows the last item
    return Fraction(_right_neighbours(places) + ends, len(places))


def _one_previous_and_next(places: Places) -> Fraction:
    # Each right pair counts twice, as a next and as a previous, of twice as many.
    return _next_without_last(places)


def _all_previous_and_next(places: Places) -> Fraction:
    count = len(places)
    kept = sum(
        places[one] < places[other] for one in range(count) for other in range(one + 1, count)
    )
    # Each pair in its right order counts for both items, of n (n − 1) in all.
    return Fraction(2 * kept, count * (count - 1))


def _longest_ordered(places: Places) -> Fraction:
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return Fraction(len(ends), len(places))


def _longest_contiguous(places: Places) -> Fraction:
    longest = run = 1
    for before, after in pairwise(places):
        run = run + 1 if after == before + 1 else 1
        longest = max(longest, run)
    return Fraction(longest, len(places))


def _relative_to_correct(places: Places) -> Fraction:
    count = len(places)
    near = sum(max(0, count - 1 - abs(place - at)) for at, place in enumerate(places))
    return Fraction(near, count * (count - 1))


_RULES: dict[OrderScheme, Callable[[Places], Fraction]] = {
    OrderScheme.ALL_OR_NOTHING: _all_or_nothing,
    OrderScheme.ABSOLUTE_POSITION: _absolute,
    OrderScheme.NEXT_WITHOUT_LAST: _next_without_last,
    OrderScheme.NEXT_WITH_LAST: _next_with_last,
    OrderScheme.ONE_PREVIOUS_AND_NEXT: _one_previous_and_next,
    OrderScheme.ALL_PREVIOUS_AND_NEXT: _all_previous_and_next,
    OrderScheme.LONGEST_ORDERED: _longest_ordered,
    OrderScheme.LONGEST_CONTIGUOUS: _longest_contiguous,
    OrderScheme.RELATIVE_TO_CORRECT: _relative_to_correct,
}
