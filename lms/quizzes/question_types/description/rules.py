"""A text between questions: nothing is asked and nothing counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.protocol import (
    ZERO,
    AnswerClass,
    FormValues,
    Marking,
    MarkResult,
    Payload,
    Question,
    ResponseNotice,
    unmarked,
)

NAME: str = "description"
MARKING = Marking.NONE


@dataclass(frozen=True, kw_only=True)
class Description(Question):
    """Tell something: a case, a table, what the next questions are about."""

    type: ClassVar[str] = NAME
    marking: ClassVar[Marking] = MARKING
    marks: Decimal = ZERO


def parse(payload: Payload) -> Description:
    """Read the text; marks, if any are written, are nothing."""
    return Description(stem=read.stem(payload), general_feedback=read.general_feedback(payload))


def dump(question: Description) -> dict[str, object]:
    """Write it canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "general_feedback": question.general_feedback,
    }


match_ids = plain.match_ids
option_ids = plain.option_ids
draw = plain.draw
as_drawn = plain.as_drawn


def map_texts(question: Description, change: Callable[[str], str]) -> Description:
    """Change the text."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
    )


def translated(question: Description, words: Description) -> Description:
    """Take the words of another language."""
    return replace(question, stem=words.stem, general_feedback=words.general_feedback)


def structure_digest(question: Description) -> str:
    """Hash the type: nothing else matters to marking."""
    return digest([NAME])


def public(question: Description, order: Sequence[str]) -> dict[str, object]:
    """Show the text."""
    return {"type": NAME, "stem": question.stem, "marks": "0"}


def field_names(question: Description) -> tuple[str, ...]:
    """Name nothing."""
    return ()


def read_response(question: Description, form_values: FormValues) -> dict[str, object]:
    """Read nothing."""
    return {}


def is_answered(question: Description, payload: Payload) -> bool:
    """Say that nothing is left to fill in."""
    return True


def notice(question: Description, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark."""
    return None


def mark(question: Description, payload: Payload) -> MarkResult:
    """Give no mark."""
    return unmarked()


def feedback(question: Description, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone afterwards."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Description) -> tuple[str, ...]:
    """Give nothing: there is no right answer."""
    return ()


def response_text(question: Description, payload: Payload) -> tuple[str, ...]:
    """Give nothing."""
    return ()


def answer_classes(question: Description) -> tuple[AnswerClass, ...]:
    """List nothing."""
    return ()


def summarise(question: Description, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count nothing."""
    return ()


def random_guess(question: Description) -> Decimal | None:
    """Tell nothing: there is nothing to guess."""
    return None
