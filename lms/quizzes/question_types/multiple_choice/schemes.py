"""How several ticks become one fraction. The learner is told which rule holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Scheme(StrEnum):
    """Name a scoring rule."""

    ALL_OR_NOTHING = "all_or_nothing"
    SUM_OF_FRACTIONS = "sum_of_fractions"
    RIGHT_MINUS_WRONG = "right_minus_wrong"
    PROPORTIONAL = "proportional"
    OPENOLAT_PARTIAL = "openolat_partial"


@dataclass(frozen=True)
class Ticks:
    """Count what was ticked against what there was; `weight` sums the ticked fractions."""

    right_ticked: int
    right: int
    wrong_ticked: int
    wrong: int
    weight: Fraction

    @property
    def is_perfect(self) -> bool:
        """Say whether every right option is ticked, and no other."""
        return self.right_ticked == self.right and not self.wrong_ticked


def fraction_of(scheme: Scheme, ticks: Ticks) -> Decimal:
    """Score the ticks, in [0, 1]. Nothing ticked earns nothing, by any rule.

    A perfect answer earns exactly 1, even where three weights of 33.33333 % fall short of it.
    """
    if not ticks.right_ticked + ticks.wrong_ticked:
        return Decimal(0)
    if ticks.is_perfect:
        return Decimal(1)
    earned = min(Fraction(1), max(Fraction(0), _RULES[scheme](ticks)))
    return Decimal(earned.numerator) / Decimal(earned.denominator)


def exact(fraction: Decimal) -> Fraction:
    """Take 0.3333333 for the third it is meant to be (twentieths and coarser)."""
    written = Fraction(fraction)
    meant = written.limit_denominator(20)
    return meant if abs(meant - written) <= Fraction(5, 100_000) else written


def _all_or_nothing(ticks: Ticks) -> Fraction:
    return Fraction(ticks.is_perfect)


def _sum_of_fractions(ticks: Ticks) -> Fraction:
    return ticks.weight


def _right_minus_wrong(ticks: Ticks) -> Fraction:
    return Fraction(ticks.right_ticked - ticks.wrong_ticked, ticks.right)


def _proportional(ticks: Ticks) -> Fraction:
    decisions = ticks.right_ticked + ticks.wrong - ticks.wrong_ticked
    return Fraction(decisions, ticks.right + ticks.wrong)


def _openolat_partial(ticks: Ticks) -> Fraction:
    lost = Fraction(ticks.wrong_ticked, ticks.wrong) if ticks.wrong else Fraction(0)
    return Fraction(ticks.right_ticked, ticks.right) - lost


_RULES: dict[Scheme, Callable[[Ticks], Fraction]] = {
    Scheme.ALL_OR_NOTHING: _all_or_nothing,
    Scheme.SUM_OF_FRACTIONS: _sum_of_fractions,
    Scheme.RIGHT_MINUS_WRONG: _right_minus_wrong,
    Scheme.PROPORTIONAL: _proportional,
    Scheme.OPENOLAT_PARTIAL: _openolat_partial,
}
