"""What a behaviour speaks in: a question's tries, and how it stands after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
MOST_TRIES: Final = 20  # of a question; the answer that stands at the end is one more
TOLERANCE: Final = Decimal("1e-6")  # thirds have no end in decimals


def is_right(fraction: Decimal) -> bool:
    """Say whether a fraction is the whole mark."""
    return fraction > ONE - TOLERANCE


def is_wrong(fraction: Decimal) -> bool:
    """Say whether a fraction is nothing."""
    return fraction <= TOLERANCE


@dataclass(frozen=True)
class Try:
    """An answer that was checked, or the one that stands at the end.

    `fraction` is what it earns by itself, in [0, 1]; `answer` tells two answers apart.
    """

    fraction: Decimal
    parts: Mapping[str, bool] = field(default_factory=dict)
    answer: str = ""
    is_answered: bool = True
    certainty: int | None = None


@dataclass(frozen=True)
class Rule:
    """Hold what a question brings to its behaviour; the penalty is a fraction of its mark."""

    penalty: Decimal = ZERO
    hints: int = 0
    counts_back: bool = False  # each of its parts has its own penalty


@dataclass(frozen=True)
class Standing:
    """Tell how a question stands while the attempt goes on."""

    is_over: bool = False  # takes no more answers
    hint: int | None = None  # the place of the hint to show, from 0
    tries_left: int | None = None  # None: without limit
    best: Decimal | None = None  # what is earned so far, where tries keep it


class Behaviour(Protocol):
    """Be the rules of a behaviour; the modules of this package fulfil this."""

    def standing(self, tries: Sequence[Try], rule: Rule) -> Standing:
        """Tell how a question stands after the checks so far."""

    def earned(self, tries: Sequence[Try], last: Try, rule: Rule) -> Decimal:
        """Tell the fraction earned at the end; `last` is the answer that stands, checked or not."""


def distinct(tries: Sequence[Try]) -> list[Try]:
    """Leave out what was not answered, and an answer that only repeats the one before it."""
    kept: list[Try] = []
    for each in tries:
        if each.is_answered and not (kept and kept[-1].answer == each.answer):
            kept.append(each)
    return kept


def with_last(tries: Sequence[Try], last: Try) -> list[Try]:
    """Take the answer that stands at the end for a try, unless it was checked as it is."""
    return distinct([*tries, last])
