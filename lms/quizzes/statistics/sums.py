"""Exact sums of whole numbers; divided and rooted only at the end."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import mul

Numbers = Sequence[int]


def spread(xs: Numbers) -> int:
    """Return n(n−1) times the variance."""
    return together(xs, xs)


def together(xs: Numbers, ys: Numbers) -> int:
    """Return n(n−1) times the covariance."""
    products: int = sum(map(mul, xs, ys))
    return len(xs) * products - sum(xs) * sum(ys)


def deviation(xs: Numbers) -> float | None:
    """Return the standard deviation of a sample, from two values on."""
    n = len(xs)
    return sqrt(spread(xs) / (n * (n - 1))) if n > 1 else None


def correlation(xs: Numbers, ys: Numbers) -> float | None:
    """Return Pearson's r; none where one of the two never varies."""
    of_both = spread(xs) * spread(ys)
    if len(xs) < 2 or not of_both:
        return None
    return max(-1.0, min(1.0, together(xs, ys) / sqrt(of_both)))


def median(xs: Numbers) -> float | None:
    """Return the middle value, or the mean of the two in the middle."""
    ordered, n = sorted(xs), len(xs)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n else None


def skewness(xs: Numbers) -> float | None:
    """Return k3/k2^1.5 from three values on; none where all are equal."""
    n, k2 = len(xs), _k2(xs)
    if n < 3 or not k2:
        return None
    k3 = n**2 * _moment(xs, 3) / ((n - 1) * (n - 2))
    return float(k3 / k2**1.5)


def kurtosis(xs: Numbers) -> float | None:
    """Return k4/k2² (none at a normal curve is nought) from four values on."""
    n, k2 = len(xs), _k2(xs)
    if n < 4 or not k2:
        return None
    m2, m4 = _moment(xs, 2), _moment(xs, 4)
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return k4 / k2**2


def _k2(xs: Numbers) -> float:
    n = len(xs)
    return n * _moment(xs, 2) / (n - 1) if n > 1 else 0.0


def _moment(xs: Numbers, power: int) -> float:
    """Return the central moment; exact until it is divided."""
    n, total = len(xs), sum(xs)
    return float(sum((n * x - total) ** power for x in xs) / n ** (power + 1))
