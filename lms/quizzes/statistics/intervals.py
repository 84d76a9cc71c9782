"""How far a figure from few attempts may lie from the truth: 95 per cent intervals.

- a proportion, and the mean of marks between none and all: Wilson's score interval. Of marks with
  parts in between it is too wide rather than too narrow, since nothing between two ends varies more
  than all-or-nothing does;
- the difference of two proportions: Newcombe's, made of two of Wilson's;
- a mean: Student's t;
- a correlation (discrimination): Fisher's z;
- alpha: Bonett's, on the logarithm of what is missing to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, exp, log, sqrt, tanh

Z = 1.959963984540054

# Student's t at 97.5 per cent by degrees of freedom, from 1 on; beyond them the expansion is exact
# to the fourth place.
# fmt: off
_T = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
)
# fmt: on


@dataclass(frozen=True)
class Interval:
    """Where the truth lies, 95 times in a hundred."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies inside, its ends included."""
        return self.low <= value <= self.high


def wilson(share: float, n: int) -> Interval | None:
    """Wrap a proportion, or a mean of marks between 0 and 1."""
    if n < 1:
        return None
    share = min(1.0, max(0.0, share))
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Interval(max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def difference(one: float, n: int, other: float, m: int) -> Interval | None:
    """Wrap the difference of two proportions."""
    of_one, of_other = wilson(one, n), wilson(other, m)
    if of_one is None or of_other is None:
        return None
    below = sqrt((one - of_one.low) ** 2 + (of_other.high - other) ** 2)
    above = sqrt((of_one.high - one) ** 2 + (other - of_other.low) ** 2)
    return Interval(one - other - below, one - other + above)


def of_mean(mean: float, deviation: float | None, n: int, most: float) -> Interval | None:
    """Wrap a mean that can't leave 0 … most."""
    if deviation is None or n < 2:
        return None
    half = student(n - 1) * deviation / sqrt(n)
    return Interval(max(0.0, mean - half), min(most, mean + half))


def student(freedom: int) -> float:
    """Return Student's t at 97.5 per cent."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    first = (Z**3 + Z) / 4
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    return Z + first / freedom + second / freedom**2


def of_correlation(r: float | None, n: int) -> Interval | None:
    """Wrap a correlation; of four values on, and not of a perfect one."""
    if r is None or n < 4 or abs(r) >= 1:
        return None
    half = Z / sqrt(n - 3)
    return Interval(tanh(atanh(r) - half), tanh(atanh(r) + half))


def of_alpha(alpha: float | None, places: int, n: int) -> Interval | None:
    """Wrap alpha, given as a share of one."""
    if alpha is None or places < 2 or n < 3 or alpha >= 1:
        return None
    half = Z * sqrt(2 * places / ((places - 1) * (n - 2)))
    return Interval(1 - exp(log(1 - alpha) + half), 1 - exp(log(1 - alpha) - half))
