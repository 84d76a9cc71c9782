"""A type that exists in the tests alone: a digit, half right where it is one off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    MarkResult,
    PartResult,
    Payload,
    Question,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)

NAME: str = "one_digit"
FIELD = "digit"


@dataclass(frozen=True, kw_only=True)
class OneDigit(Question):
    """Ask for a digit."""

    type: ClassVar[str] = NAME
    digit: int


def parse(payload: Payload) -> OneDigit:
    """Read the question."""
    return OneDigit(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        digit=read.whole(payload, "digit", 0, low=0, high=9) or 0,
    )


def dump(question: OneDigit) -> dict[str, object]:
    """Write it."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "digit": question.digit,
        "general_feedback": question.general_feedback,
    }


match_ids = plain.match_ids
option_ids = plain.option_ids
draw = plain.draw
as_drawn = plain.as_drawn


def map_texts(question: OneDigit, change: Callable[[str], str]) -> OneDigit:
    """Change its words."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
    )


def translated(question: OneDigit, words: OneDigit) -> OneDigit:
    """Take the words of another language."""
    if question.digit != words.digit:
        raise WordsDiffer(WordsFault.KEY)
    return replace(question, stem=words.stem, general_feedback=words.general_feedback)


def structure_digest(question: OneDigit) -> str:
    """Hash what marking depends on."""
    return digest([NAME, read.number_text(question.marks), question.digit])


def public(question: OneDigit, order: Sequence[str]) -> dict[str, object]:
    """Show the stem."""
    return {"type": NAME, "stem": question.stem, "marks": read.number_text(question.marks)}


def field_names(question: OneDigit) -> tuple[str, ...]:
    """Name the one field."""
    return (FIELD,)


def read_response(question: OneDigit, form_values: FormValues) -> dict[str, object]:
    """Keep what was typed."""
    typed = plain.read_typed(form_values, FIELD, limit=1)
    return {"text": typed} if typed else {}


def is_answered(question: OneDigit, payload: Payload) -> bool:
    """Say whether something is typed."""
    return bool(plain.typed_in(payload))


def notice(question: OneDigit, payload: Payload) -> ResponseNotice | None:
    """Remark what is no digit."""
    typed = plain.typed_in(payload)
    return ResponseNotice.NOT_A_NUMBER if typed and not typed.isdigit() else None


def mark(question: OneDigit, payload: Payload) -> MarkResult:
    """Give all, or half for one off."""
    typed = plain.typed_in(payload)
    fraction = ZERO
    if typed.isascii() and typed.isdigit():
        fraction = {0: ONE, 1: Decimal("0.5")}.get(abs(int(typed) - question.digit), ZERO)
    part = PartResult(FIELD, typed or None, str(question.digit), fraction == ONE, fraction)
    return result(fraction, [part], answered=bool(typed))


def feedback(question: OneDigit, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: OneDigit) -> tuple[str, ...]:
    """Give the digit."""
    return (str(question.digit),)


def response_text(question: OneDigit, payload: Payload) -> tuple[str, ...]:
    """Give what was typed."""
    typed = plain.typed_in(payload)
    return (plain.shown(typed),) if typed else ()


def answer_classes(question: OneDigit) -> tuple[AnswerClass, ...]:
    """List the digit."""
    return (AnswerClass(FIELD, str(question.digit), str(question.digit), ONE),)


def summarise(question: OneDigit, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count what was typed."""
    typed = plain.typed_in(payload)
    return (AnswerClass(FIELD, typed, plain.shown(typed), mark(question, payload).fraction),)


def random_guess(question: OneDigit) -> Decimal | None:
    """Expect one in ten, and half of two in ten, or of one at the ends."""
    beside = 1 if question.digit in (0, 9) else 2
    return (ONE + Decimal(beside) / 2) / 10
