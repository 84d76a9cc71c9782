"""Certainty-based marking: who is sure earns more where right, and loses more where wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from lms.quizzes.behaviours import immediate
from lms.quizzes.behaviours.values import ZERO, Rule, Standing, Try, distinct, is_wrong

LEVELS: Final = (1, 2, 3)
USUAL: Final = 1  # of somebody who says nothing
FIELD: Final = "certainty"
WEIGHT: Final[Mapping[int, int]] = MappingProxyType({1: 1, 2: 2, 3: 3})
LOSS: Final[Mapping[int, int]] = MappingProxyType({1: 0, 2: -2, 3: -6})
# How often one should be right to say so: under 67 per cent, 67 to 80, over 80.
BANDS: Final[Mapping[int, tuple[int, int]]] = MappingProxyType(
    {1: (0, 67), 2: (67, 80), 3: (80, 100)}
)


def level_of(value: object) -> int | None:
    """Read a level as it was sent or stored; anything else is none."""
    text = str(value)
    return int(text) if text in {str(level) for level in LEVELS} else None


def weighed(fraction: Decimal, certainty: int | None) -> Decimal:
    """Give what an answer earns at a certainty; it may be under nothing, or three times a mark."""
    level = USUAL if certainty is None else certainty
    if is_wrong(fraction):
        return Decimal(LOSS[level])
    return fraction * WEIGHT[level]


def _weighed(answer: Try) -> Decimal:
    return weighed(answer.fraction, answer.certainty) if answer.is_answered else ZERO


class Deferred:
    """Certainty-based, marked when the attempt is submitted."""

    def standing(self, _tries: Sequence[Try], _rule: Rule) -> Standing:
        """Take answers until the end."""
        return Standing()

    def earned(self, _tries: Sequence[Try], last: Try, _rule: Rule) -> Decimal:
        """Weigh the last answer; no answer earns and loses nothing."""
        return _weighed(last)


class Immediate:
    """Certainty-based, checked once."""

    def standing(self, tries: Sequence[Try], rule: Rule) -> Standing:
        """Close the question with its first check."""
        return immediate.standing(tries, rule)

    def earned(self, tries: Sequence[Try], last: Try, _rule: Rule) -> Decimal:
        """Weigh the checked answer, or the one that stands."""
        checked = distinct(tries)
        return _weighed(checked[0] if checked else last)


@dataclass(frozen=True)
class Level:
    """Tell how the answers given at one certainty went."""

    certainty: int
    answers: int
    right: Decimal  # fractions, summed

    @property
    def accuracy(self) -> Decimal | None:
        """The share that was right, in per cent."""
        return 100 * self.right / self.answers if self.answers else None

    @property
    def verdict(self) -> str:
        """Whether one was as sure as one could be: „fits”, „too_sure”, „too_careful”, „none”."""
        if self.accuracy is None:
            return "none"
        low, high = BANDS[self.certainty]
        if self.accuracy < low:
            return "too_sure"
        return "too_careful" if self.accuracy > high and self.certainty < 3 else "fits"


@dataclass(frozen=True)
class Report:
    """Tell what certainty did to a result."""

    accuracy: Decimal  # per cent, as if nobody had asked how sure
    average: Decimal  # marks by certainty for each mark there was
    levels: tuple[Level, ...]

    @property
    def bonus(self) -> Decimal:
        """What certainty brought beside the accuracy, as a share of a mark; under nothing: cost."""
        return self.average - self.accuracy / 100


def report(answers: Iterable[Try]) -> Report | None:
    """Sum up the answers of an attempt; None where there are none."""
    given = [a for a in answers if a.is_answered]
    everything = list(given)
    if not everything:
        return None
    at = {
        level: [a for a in given if (a.certainty if a.certainty is not None else USUAL) == level]
        for level in LEVELS
    }
    number = len(everything)
    return Report(
        accuracy=100 * sum((a.fraction for a in given), ZERO) / number,
        average=sum((_weighed(a) for a in given), ZERO) / number,
        levels=tuple(
            Level(level, len(at[level]), sum((a.fraction for a in at[level]), ZERO))
            for level in LEVELS
        ),
    )
