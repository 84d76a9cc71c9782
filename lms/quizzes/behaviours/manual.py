"""Marked by a person: nothing is earned until somebody has read it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours.values import ONE, ZERO, Rule, Standing, Try


def standing(_tries: Sequence[Try], _rule: Rule) -> Standing:
    """Take answers until the end; a check would tell nothing."""
    return Standing()


def earned(_tries: Sequence[Try], last: Try, _rule: Rule) -> Decimal:
    """Give the mark that a person gave, within what there is to earn; without one, nothing."""
    return min(ONE, max(ZERO, last.fraction)) if last.is_answered else ZERO
