"""Checked as often as one likes; the best of what each try earned after its penalty counts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours.values import ZERO, Rule, Standing, Try, distinct, is_right, with_last


def _best(made: Sequence[Try], penalty: Decimal) -> Decimal:
    costly = (each.fraction - place * penalty for place, each in enumerate(made))
    return max(ZERO, *costly) if made else ZERO


def standing(tries: Sequence[Try], rule: Rule) -> Standing:
    """Show the hints one after the other, and keep the best so far; it is never over."""
    made = distinct(tries)
    shows = bool(made) and not is_right(made[-1].fraction) and rule.hints > 0
    hint = min(len(made), rule.hints) - 1 if shows else None
    return Standing(hint=hint, best=_best(made, rule.penalty) if made else None)


def earned(tries: Sequence[Try], last: Try, rule: Rule) -> Decimal:
    """Give the best of all tries; the same answer again is no try, and none is taken back."""
    return _best(with_last(tries, last), rule.penalty)
