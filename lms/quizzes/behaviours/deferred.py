"""Answered at any time, marked when the attempt is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours.values import ZERO, Rule, Standing, Try


def standing(_tries: Sequence[Try], _rule: Rule) -> Standing:
    """Take answers until the end."""
    return Standing()


def earned(_tries: Sequence[Try], last: Try, _rule: Rule) -> Decimal:
    """Give what the last answer earns; no answer earns nothing."""
    return last.fraction if last.is_answered else ZERO
