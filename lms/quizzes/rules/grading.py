"""Marks into a grade, and grades of several attempts into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from lms.quizzes.question_types.protocol import Question

_SHOWN = Decimal("0.01")
# Thirds have no end in decimals: 1/3 + 1/3 + 1/3 falls short of 1 by 1e-28. This takes that away
# and nothing else; a percentage truly under the mark is under it by far more.
_EXACT = Decimal("1e-12")


class Method(StrEnum):
    """Name which of several attempts counts."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


@dataclass(frozen=True)
class Mark:
    """Hold what one response earned of what it could."""

    earned: Decimal
    possible: Decimal


@dataclass(frozen=True)
class Grade:
    """Hold a result: `percent` is rounded to be shown, `exact_percent` decides.

    `passed` is None where there is no pass mark: such a test is taken, not passed.
    """

    percent: Decimal
    exact_percent: Decimal
    passed: bool | None


def mark_of(question: Question, fraction: Decimal) -> Mark:
    """Turn the fraction earned into marks."""
    return Mark(question.marks * fraction, question.marks)


def earned_of(marks: Sequence[Mark]) -> Decimal:
    """Sum what was earned: never under nothing, never over what there was to earn.

    Certainty takes away beyond a question's mark, and gives up to three times as much.
    """
    earned = sum((mark.earned for mark in marks), Decimal(0))
    return max(Decimal(0), min(earned, sum((mark.possible for mark in marks), Decimal(0))))


def grade(marks: Iterable[Mark], *, pass_mark: Decimal | None) -> Grade:
    """Grade an attempt on the unrounded percentage; round only what is shown.

    Without anything to mark there is no evidence, and nothing is passed. Without a pass mark the
    question does not arise.
    """
    listed = list(marks)
    with localcontext(prec=60):
        possible = sum((mark.possible for mark in listed), Decimal(0))
        if possible <= 0:
            passed = None if pass_mark is None else False
            return Grade(Decimal("0.00"), Decimal(0), passed)
        return _grade(100 * earned_of(listed) / possible, pass_mark)


def combine(grades: Sequence[Grade], method: Method, *, pass_mark: Decimal | None) -> Grade | None:
    """Make one grade of those of all closed attempts, oldest first; `None` when there is none."""
    if not grades:
        return None
    if method is Method.AVERAGE:
        total = sum((each.exact_percent for each in grades), Decimal(0))
        return _grade(total / len(grades), pass_mark)
    if method is Method.BEST:
        return max(grades, key=lambda each: (each.exact_percent, bool(each.passed)))
    return grades[0] if method is Method.FIRST else grades[-1]


def _grade(percent: Decimal, pass_mark: Decimal | None) -> Grade:
    exact = percent.quantize(_EXACT)
    if pass_mark is None:
        return Grade(exact.quantize(_SHOWN, ROUND_HALF_UP), exact, passed=None)
    passed = exact >= pass_mark
    shown = exact.quantize(_SHOWN, ROUND_HALF_UP)
    if not passed and shown >= pass_mark:
        # „70,00 %, nepromovat” at a pass mark of 70 would be a riddle.
        shown = exact.quantize(_SHOWN, ROUND_DOWN)
    return Grade(shown, exact, passed)
