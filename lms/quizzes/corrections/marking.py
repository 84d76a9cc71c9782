"""Stored answers, corrections and marks by hand into an attempt's grade. Same in, same out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.quizzes.behaviours import marking as behaving
from lms.quizzes.corrections.neutral import mark_without
from lms.quizzes.corrections.standing import UNTOUCHED, CorrectionKind, Standing
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    Marking,
    MarkResult,
    Outcome,
    Payload,
    Question,
)
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.grading import Grade, Mark, earned_of, grade
from lms.quizzes.rules.settings import QuizSettings

_KEPT_FRACTION = Decimal("1e-7")  # what the store keeps
_KEPT_POINTS = Decimal("1e-5")


@dataclass(frozen=True)
class ItemMark:
    """What an answer is worth in its attempt."""

    marked: MarkResult
    fraction: Decimal | None  # None: waits to be marked by hand
    marks: Decimal
    is_left_out: bool = False
    is_by_hand: bool = False
    standing: Standing = UNTOUCHED

    @property
    def waits(self) -> bool:
        """Whether somebody has to mark it yet."""
        return self.fraction is None and not self.is_left_out

    @property
    def earned(self) -> Decimal:
        """Marks earned so far."""
        return self.marks * (self.fraction or ZERO) if not self.is_left_out else ZERO

    @property
    def possible(self) -> Decimal:
        """Marks that could be earned."""
        return ZERO if self.is_left_out else self.marks

    @property
    def kept_fraction(self) -> Decimal | None:
        """The fraction as the store keeps it."""
        return None if self.fraction is None else self.fraction.quantize(_KEPT_FRACTION)


@dataclass(frozen=True)
class Total:
    """An attempt's result. While answers wait for marking, they count as nothing yet.

    So „passed” is sure even then, and „not passed” is not.
    """

    earned: Decimal
    possible: Decimal
    percent: Decimal
    passed: bool | None
    waiting: int

    @property
    def is_final(self) -> bool:
        """Whether nothing waits to be marked."""
        return not self.waiting


def mark_item(
    question: Question,
    payload: Payload,
    standing: Standing = UNTOUCHED,
    by_hand: Decimal | None = None,
) -> ItemMark:
    """Mark one answer by its type, what was corrected since, and by hand.

    A dropped question outdoes everything, a mark by hand outdoes the key and flawed options.
    """
    key = standing.key if standing.key is not None else question
    neutral = mark_without(key, payload, standing)
    found = ItemMark(neutral.marked, neutral.marked.fraction, question.marks, standing=standing)
    if standing.whole is CorrectionKind.QUESTION_LEFT_OUT:
        return replace(found, is_left_out=True)
    if standing.whole is CorrectionKind.QUESTION_CREDIT:
        return replace(found, fraction=ONE)
    if by_hand is not None:
        return replace(found, fraction=by_hand, is_by_hand=True)
    if neutral.is_left_out:
        return replace(found, is_left_out=True)
    if neutral.marked.outcome is Outcome.WAITING:
        return replace(found, fraction=None)
    return found


def as_behaved(
    mark: ItemMark,
    question: Question,
    payload: Payload,
    standing: Standing,
    *,
    checked: Sequence[Payload],
    settings: QuizSettings,
) -> ItemMark:
    """Give an answer what it earns under its quiz's behaviour, by the key that holds now.

    What a person decided (a mark by hand, credit for all, a question left out) stays as it is.
    """
    is_decided = mark.is_by_hand or mark.is_left_out or standing.whole is not None
    if is_decided or mark.waits or question.marking is not Marking.BY_RULE:
        return mark
    key = standing.key if standing.key is not None else question
    fraction = behaving.earned(
        question, settings, checked, payload, lambda p: mark_without(key, p, standing).marked
    )
    return replace(mark, fraction=fraction)


def total_of(items: Iterable[ItemMark], *, pass_mark: Decimal | None) -> Total:
    """Add an attempt's items up."""
    listed: Sequence[ItemMark] = list(items)
    marks = [Mark(item.earned, item.possible) for item in listed if not item.is_left_out]
    result: Grade = grade(marks, pass_mark=pass_mark)
    return Total(
        earned=earned_of(marks).quantize(_KEPT_POINTS),
        possible=sum((item.possible for item in listed), ZERO).quantize(_KEPT_POINTS),
        percent=result.percent,
        passed=result.passed,
        waiting=sum(item.waits for item in listed),
    )


def can_mark(key: Question, asked: Question) -> bool:
    """Tell whether answers to a question can be marked by another one's key.

    The same type, the same options and the same marks: what was chosen means the same.
    """
    if (key.type, key.marks) != (asked.type, asked.marks) or key.marking is not Marking.BY_RULE:
        return False
    ours, theirs = rules_for(key).option_ids(key), rules_for(asked).option_ids(asked)
    return sorted(ours) == sorted(theirs) and sorted(_parts(key)) == sorted(_parts(asked))


def _parts(question: Question) -> list[str]:
    return [part.key for part in rules_for(question).mark(question, {}).parts]
