"""The figures of a test: the golden vector, every edge case, and numpy's answer to the same."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.statistics.figures import statistics_of
from lms.quizzes.statistics.scores import SCALE, Cell, Item, scaled

GOLDEN = ("1111", "1110", "1100", "1000", "0101", "1111", "0000", "1010")


def sheet(rows, possible=None):
    """Make attempts that all answer the same questions, each worth one mark unless told."""
    width = len(rows[0]) if rows else 0
    worth = possible or [1] * width
    items = [Item(at, scaled(Decimal(worth[at])), 0.25) for at in range(width)]
    attempts = [
        [
            Cell(at, at, at, None if value is None else scaled(Decimal(str(value))))
            for at, value in enumerate(row)
        ]
        for row in rows
    ]
    return items, attempts


def of_marks(rows, possible=None):
    return statistics_of(*sheet(rows, possible))


def near(value):
    return pytest.approx(value, abs=5e-7)


# The golden vector of the rules sheet: computed independently of any learning platform.


def test_the_golden_vector_of_the_whole_test():
    whole = of_marks(GOLDEN).whole
    assert (whole.attempts, whole.places, whole.possible) == (8, 4, 4)
    assert whole.mean == near(2.25)
    assert whole.median == near(2)
    assert whole.deviation == near(1.388730)
    assert whole.skewness == near(-0.160018)
    assert whole.kurtosis == near(-0.553086)
    assert whole.consistency == near(61.728395)
    assert whole.error_ratio == near(61.864048)
    assert whole.standard_error == near(0.859125)


@pytest.mark.parametrize(
    ("at", "facility", "discrimination", "efficiency", "effective"),
    [
        (0, 75, 25.819889, 33.333333, 21.599059),
        (1, 62.5, 48.795004, 65.217391, 26.453337),
        (2, 50, 51.639778, 66.666667, 27.320889),
        (3, 37.5, 33.706828, 40.740741, 24.626716),
    ],
)
def test_the_golden_vector_of_a_question(at, facility, discrimination, efficiency, effective):
    item = of_marks(GOLDEN).items[at]
    assert item.facility == near(facility)
    assert item.discrimination == near(discrimination)
    assert item.efficiency == near(efficiency)
    assert item.place.effective == near(effective)
    assert item.place.intended == 25
    assert not item.is_drawn


# Edge cases.


def test_where_all_totals_are_equal_nothing_is_said_of_consistency():
    found = of_marks(["10", "01", "10", "01"])
    assert found.whole.deviation == 0
    assert found.whole.skewness is found.whole.kurtosis is found.whole.consistency is None
    assert found.whole.error_ratio is found.whole.standard_error is None


def test_equal_thirds_vary_by_nothing():
    found = of_marks([["0.3333333"]] * 7)
    assert found.whole.deviation == found.items[0].deviation == 0
    assert found.items[0].discrimination is found.items[0].efficiency is None


def test_one_question_has_no_consistency_and_nothing_to_be_compared_with():
    found = of_marks(["1", "0", "1", "0"])
    assert found.whole.consistency is None
    assert found.items[0].discrimination is None
    assert found.items[0].facility == 50
    assert found.items[0].place.effective == 100


def test_questions_that_pull_apart_give_a_consistency_below_nothing_and_say_so():
    found = of_marks(["10", "01", "10", "11", "01"])
    assert found.whole.consistency < 0
    assert found.whole.error_ratio > 100


def test_a_question_against_the_whole_has_no_weight_and_is_flagged():
    found = of_marks([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 1], [1, 1, 1, 0]])
    against = found.items[3]
    assert against.place.is_against
    assert against.place.effective is None
    assert against.discrimination < 0
    assert sum(place.effective or 0 for place in found.places) == near(100)


def test_no_attempt_has_no_figure():
    found = statistics_of([Item("a", SCALE)], [])
    assert found.whole.attempts == 0
    assert found.whole.mean is found.whole.deviation is found.whole.consistency is None
    assert found.items[0].facility is found.items[0].discrimination is None
    assert found.items[0].met == 0


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_attempts_say_only_what_they_can(n):
    whole = of_marks(["11", "10", "00"][:n]).whole
    assert whole.mean is not None
    assert (whole.deviation is None) == (n < 2)
    assert (whole.skewness is None) == (n < 3)
    assert (whole.consistency is None) == (n < 3)
    assert whole.kurtosis is None
    assert whole.is_of_few


def test_what_waits_for_marking_is_left_out_and_counted():
    rows = [[1, 1], [0, 0], [1, None], [1, 0], [0, None]]
    found = of_marks(rows)
    assert (found.whole.attempts, found.whole.unmarked) == (3, 2)
    assert (found.items[1].met, found.items[1].unmarked, found.items[1].marked) == (5, 2, 3)
    assert found.items[1].facility == near(100 / 3)
    assert found.items[0].facility == 60  # each answer that has a mark counts for its question
    assert found.items[0].compared == 3


def test_attempts_of_another_length_are_left_out_of_the_whole_and_counted():
    items, attempts = sheet(["111", "110", "000", "101"])
    attempts.append(attempts[0][:2])
    found = statistics_of(items, attempts)
    assert (found.whole.attempts, found.whole.odd, found.whole.places) == (4, 1, 3)
    assert found.items[0].met == 5


def test_marks_of_different_worth_weigh_as_they_are_meant_to():
    found = of_marks([[3, 1], [0, 0], [1.5, 1]], possible=[3, 1])
    assert [place.intended for place in found.places] == [75, 25]
    assert found.items[0].facility == 50
    assert found.whole.possible == 4


def drawn(rows):
    """Attempts of (slot, question, mark)."""
    return [
        [Cell(slot, at, name, mark * SCALE) for at, (slot, name, mark) in enumerate(row)]
        for row in rows
    ]


def test_of_slots_with_alternatives_the_slot_is_the_place_and_its_questions_are_drawn():
    rows = [
        [("1", "a1", 1), ("2", "b1", 1), ("3", "c", 1)],
        [("2", "b2", 0), ("1", "a2", 0), ("3", "c", 0)],
        [("1", "a1", 1), ("2", "b1", 0), ("3", "c", 1)],
        [("1", "a2", 1), ("2", "b2", 1), ("3", "c", 0)],
    ]
    items = [Item(name, SCALE) for name in ("a1", "a2", "b1", "b2", "c")]
    found = statistics_of(items, drawn(rows))
    assert found.whole.is_by_slot
    assert {place.key for place in found.places} == {"1", "2", "3"}
    assert [item.is_drawn for item in found.items] == [True] * 4 + [False]
    assert found.items[0].place is found.items[1].place
    # Drawn: compared with the whole total, (3, 2) here, which never varies beside 1, 1.
    assert found.items[0].discrimination is None
    assert found.items[2].discrimination == near(100)


def test_where_some_slots_are_drawn_the_places_are_positions():
    rows = [
        [("1", "a", 1), ("2", "b", 1)],
        [("3", "c", 0), ("1", "a", 1)],
        [("2", "b", 0), ("3", "c", 0)],
    ]
    items = [Item(name, SCALE) for name in "abc"]
    found = statistics_of(items, drawn(rows))
    assert not found.whole.is_by_slot
    assert [place.key for place in found.places] == [1, 2]
    assert all(item.is_drawn and item.place is None for item in found.items)
    assert found.items[0].met == 2


# The same by numpy.

MARKS = st.integers(0, 6).map(lambda sixth: Decimal(sixth) / 2)
MATRICES = st.integers(2, 6).flatmap(
    lambda wide: st.lists(st.lists(MARKS, min_size=wide, max_size=wide), min_size=4, max_size=25)
)


@given(MATRICES)
def test_numpy_says_the_same(rows):
    found = of_marks(rows, possible=[3] * len(rows[0]))
    x = np.array(rows, dtype=float)
    totals = x.sum(axis=1)
    n, p = x.shape
    whole = found.whole
    assert whole.mean == near(totals.mean())
    assert whole.median == near(np.median(totals))
    assert whole.deviation == near(totals.std(ddof=1))
    if np.ptp(totals) == 0:
        assert whole.consistency is whole.skewness is None
    else:
        k2 = totals.var(ddof=1)
        m3, m4 = (((totals - totals.mean()) ** power).mean() for power in (3, 4))
        m2 = totals.var()
        k3 = n**2 * m3 / ((n - 1) * (n - 2))
        k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
        assert whole.skewness == pytest.approx(k3 / k2**1.5, abs=1e-6)
        assert whole.kurtosis == pytest.approx(k4 / k2**2, abs=1e-6)
        alpha = p / (p - 1) * (1 - x.var(axis=0, ddof=1).sum() / k2)
        assert whole.consistency == pytest.approx(100 * alpha, abs=1e-6, rel=1e-9)
        error = 100 * np.sqrt(1 - alpha)
        assert whole.standard_error == pytest.approx(error * np.sqrt(k2) / 100, abs=1e-6)
    covariances = np.array([np.cov(x[:, at], totals)[0, 1] for at in range(p)])
    pulls = np.sqrt(np.clip(covariances, 0, None)).sum()
    for at, item in enumerate(found.items):
        column, rest = x[:, at], totals - x[:, at]
        assert item.facility == near(100 * column.mean() / 3)
        assert item.deviation == near(100 * column.std(ddof=1) / 3)
        if np.ptp(column) and np.ptp(rest):
            assert item.discrimination == near(100 * np.corrcoef(column, rest)[0, 1])
            best = np.cov(np.sort(column), np.sort(rest))[0, 1]
            assert item.efficiency == near(100 * np.cov(column, rest)[0, 1] / best)
        else:
            assert item.discrimination is item.efficiency is None
        if covariances[at] > 1e-9:
            assert item.place.effective == near(100 * np.sqrt(covariances[at]) / pulls)
        if p > 2 and np.ptp(rest):
            others = np.delete(x, at, axis=1)
            left = (p - 1) / (p - 2) * (1 - others.var(axis=0, ddof=1).sum() / rest.var(ddof=1))
            assert item.place.consistency_without == pytest.approx(100 * left, abs=1e-6, rel=1e-9)


@given(MATRICES, st.randoms())
def test_the_order_of_attempts_and_of_questions_says_nothing(rows, chance):
    items, attempts = sheet(rows, possible=[3] * len(rows[0]))
    one = statistics_of(items, attempts)
    chance.shuffle(attempts)
    for cells in attempts:
        chance.shuffle(cells)
    other = statistics_of(items, attempts)
    assert one.whole == other.whole
    assert one.items == other.items


@given(MATRICES)
def test_every_figure_keeps_within_its_bounds(rows):
    found = of_marks(rows, possible=[3] * len(rows[0]))
    for item in found.items:
        assert 0 <= item.facility <= 100
        assert item.facility_interval.holds(item.facility)
        if item.discrimination is not None:
            assert -100 <= item.discrimination <= 100
        if item.efficiency is not None:
            assert item.efficiency <= 100 + 1e-9
    whole = found.whole
    assert whole.lowest <= whole.median <= whole.highest
    assert whole.mean_interval.holds(whole.mean)
    if whole.consistency is not None:
        assert whole.consistency <= 100
        if whole.consistency_interval is not None:
            assert whole.consistency_interval.holds(whole.consistency)
