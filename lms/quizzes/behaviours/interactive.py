"""As many tries as hints and one more; each wrong one brings a hint and costs a penalty.

A question with parts counts back: each part pays for its own last wrong try alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.quizzes.behaviours.values import (
    ONE,
    ZERO,
    Rule,
    Standing,
    Try,
    distinct,
    is_right,
    with_last,
)


def standing(tries: Sequence[Try], rule: Rule) -> Standing:
    """Go on to the next hint after a wrong try, until one is right or none is left."""
    made = distinct(tries)
    left = max(0, rule.hints + 1 - len(made))
    if made and is_right(made[-1].fraction):
        return Standing(is_over=True, tries_left=0)
    hint = len(made) - 1 if made and left else None
    return Standing(is_over=left == 0, hint=hint, tries_left=left)


def earned(tries: Sequence[Try], last: Try, rule: Rule) -> Decimal:
    """Give what the last try earns, less a penalty for each one before it.

    An answer that was changed and not checked before the end is a try; tries beyond the last
    allowed one can't be made, but one that was made stands though a hint was taken away since.
    The first right try ends it, also where it is right by a key that was corrected since.
    """
    made = with_last(tries, last)[: max(rule.hints + 1, len(distinct(tries)))]
    if made and last.is_answered and rule.counts_back and made[-1].parts:
        return _counted_back(made, rule.penalty)
    made = _until_right(made)
    if not made or not (last.is_answered or is_right(made[-1].fraction)):
        return ZERO
    return max(ZERO, made[-1].fraction - (len(made) - 1) * rule.penalty)


def _until_right(made: list[Try]) -> list[Try]:
    """Leave out what came after the first right try."""
    right = (place for place, each in enumerate(made) if is_right(each.fraction))
    first = next(right, None)
    return made if first is None else made[: first + 1]


def _counted_back(made: Sequence[Try], penalty: Decimal) -> Decimal:
    """Average what each part earns after its last wrong try."""
    parts = made[-1].parts
    total = ZERO
    for key in parts:
        wrong = [place for place, each in enumerate(made) if not each.parts.get(key, False)]
        cost = (wrong[-1] + 1) * penalty if wrong else ZERO
        is_given_up = bool(wrong) and wrong[-1] == len(made) - 1
        total += ZERO if is_given_up else max(ZERO, ONE - cost)
    return total / len(parts)
