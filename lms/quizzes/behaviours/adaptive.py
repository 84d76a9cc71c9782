"""Checked again and again, up to a bound that is told when it is near.

The best of what each try earned after its penalty counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours.values import (
    MOST_TRIES,
    ZERO,
    Rule,
    Standing,
    Try,
    distinct,
    is_right,
    with_last,
)

TOLD = 5  # tries left from which on they are told


def _best(made: Sequence[Try], penalty: Decimal) -> Decimal:
    costly = (each.fraction - place * penalty for place, each in enumerate(made))
    return max(ZERO, *costly) if made else ZERO


def standing(tries: Sequence[Try], rule: Rule) -> Standing:
    """Show the hints one after the other, and keep the best so far; the answer is never closed."""
    made = distinct(tries)
    left = max(0, MOST_TRIES - len(tries))
    shows = bool(made) and not is_right(made[-1].fraction) and rule.hints > 0
    hint = min(len(made), rule.hints) - 1 if shows else None
    best = _best(made, rule.penalty) if made else None
    return Standing(hint=hint, best=best, tries_left=left if left <= TOLD else None)


def earned(tries: Sequence[Try], last: Try, rule: Rule) -> Decimal:
    """Give the best of all tries; the same answer again is no try, and none is taken back."""
    return _best(with_last(tries, last), rule.penalty)
