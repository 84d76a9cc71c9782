"""Checked once, and closed by it; what was never checked is marked at the end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours import deferred
from lms.quizzes.behaviours.values import Rule, Standing, Try, distinct


def standing(tries: Sequence[Try], _rule: Rule) -> Standing:
    """Close the question with its first check."""
    is_over = bool(distinct(tries))
    return Standing(is_over=is_over, tries_left=0 if is_over else 1)


def earned(tries: Sequence[Try], last: Try, rule: Rule) -> Decimal:
    """Give what the checked answer earns."""
    checked = distinct(tries)
    return checked[0].fraction if checked else deferred.earned(tries, last, rule)
