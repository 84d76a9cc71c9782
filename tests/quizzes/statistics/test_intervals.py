"""Intervals for small groups, against published tables and among themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.statistics import intervals
from lms.quizzes.statistics.intervals import Interval


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        # Newcombe (1998), table I, method 3: r of n.
        pytest.param(81 / 263, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15 / 148, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none of 20"),
        pytest.param(1 / 29, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_a_proportion_is_wrapped_as_published(share, n, low, high):
    found = intervals.wilson(share, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_difference_of_proportions_is_wrapped_as_published():
    # Newcombe (1998), „Interval estimation for the difference”, method 10: 56/70 − 48/80.
    found = intervals.difference(56 / 70, 70, 48 / 80, 80)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)


@pytest.mark.parametrize(
    ("freedom", "value"), [(1, 12.7062), (9, 2.2622), (30, 2.0423), (40, 2.0211), (120, 1.9799)]
)
def test_students_t_is_that_of_the_tables(freedom, value):
    assert intervals.student(freedom) == pytest.approx(value, abs=1e-4)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_a_proportion_lies_in_its_interval_and_the_interval_between_none_and_all(share, n):
    found = intervals.wilson(share, n)
    assert found.holds(share)
    assert 0 <= found.low <= found.high <= 1


@given(st.floats(-0.999, 0.999), st.integers(4, 5000))
def test_a_correlation_lies_in_its_interval(r, n):
    found = intervals.of_correlation(r, n)
    assert -1 <= found.low <= r <= found.high <= 1


@given(st.floats(-5, 0.999), st.integers(2, 60), st.integers(3, 5000))
def test_alpha_lies_in_its_interval(alpha, places, n):
    assert intervals.of_alpha(alpha, places, n).holds(alpha)


def test_what_can_not_be_wrapped_is_not():
    assert intervals.wilson(0.5, 0) is None
    assert intervals.difference(0.5, 3, 0.5, 0) is None
    assert intervals.of_mean(1.0, None, 1, 4.0) is None
    assert intervals.of_correlation(1.0, 20) is None
    assert intervals.of_correlation(0.3, 3) is None
    assert intervals.of_correlation(None, 30) is None
    assert intervals.of_alpha(None, 4, 30) is None
    assert intervals.of_alpha(0.7, 1, 30) is None


def test_a_mean_stays_between_nothing_and_all():
    assert intervals.of_mean(3.9, 0.5, 4, 4.0) == Interval(pytest.approx(3.10438, abs=1e-4), 4.0)
