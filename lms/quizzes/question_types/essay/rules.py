"""A text of some length, marked by a person, who may have notes and a rubric to go by.

A text outside the limits of words is kept and can be marked; until then it counts as incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.essay.rubric import (
    Rubric,
    dump_rubric,
    numbers,
    read_rubric,
    rubric_in_words,
)
from lms.quizzes.question_types.ids import digest, same_text
from lms.quizzes.question_types.protocol import (
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    Marking,
    MarkResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    by_hand,
)

NAME: str = "essay"
MARKING = Marking.BY_HAND
FIELD = "text"
MAX_LENGTH = 50_000
MAX_WORDS = 5_000
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")


class Format(StrEnum):
    """Name how the text is written."""

    PLAIN = "plain"
    MONO = "mono"


@dataclass(frozen=True, kw_only=True)
class Essay(Question):
    """Ask for a text; `notes` and `rubric` are for whoever marks."""

    type: ClassVar[str] = NAME
    marking: ClassVar[Marking] = MARKING
    format: Format = Format.PLAIN
    lines: int = 10
    min_words: int | None = None
    max_words: int | None = None
    template: str = ""
    notes: str = ""
    rubric: Rubric = ()


def parse(payload: Payload) -> Essay:
    """Read the question."""
    least = read.whole(payload, "min_words", low=1, high=MAX_WORDS)
    most = read.whole(payload, "max_words", low=1, high=MAX_WORDS)
    if least is not None and most is not None and least > most:
        raise InvalidQuestion("max_words", QuestionFault.OUT_OF_RANGE)
    return Essay(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        format=Format(read.choice(payload, "format", list(Format))),
        lines=read.whole(payload, "lines", 10, low=2, high=40) or 10,
        min_words=least,
        max_words=most,
        template=read.text(payload, "template", required=False),
        notes=read.text(payload, "notes", required=False),
        rubric=read_rubric(payload),
    )


def dump(question: Essay) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "format": question.format.value,
        "lines": question.lines,
        "min_words": question.min_words,
        "max_words": question.max_words,
        "template": question.template,
        "notes": question.notes,
        "rubric": dump_rubric(question.rubric),
        "general_feedback": question.general_feedback,
    }


match_ids = plain.match_ids
option_ids = plain.option_ids
draw = plain.draw
as_drawn = plain.as_drawn


def map_texts(question: Essay, change: Callable[[str], str]) -> Essay:
    """Change stem, notes and feedback; the template and the rubric are plain texts."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        notes=change(question.notes),
    )


def translated(question: Essay, words: Essay) -> Essay:
    """Take the words of another language; limits and shares stay."""
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        notes=words.notes,
        template=words.template or question.template,
        rubric=rubric_in_words(question.rubric, words.rubric),
    )


def structure_digest(question: Essay) -> str:
    """Hash what marking depends on."""
    limits = [question.min_words, question.max_words]
    return digest([NAME, read.number_text(question.marks), limits, numbers(question.rubric)])


def public(question: Essay, order: Sequence[str]) -> dict[str, object]:
    """Show stem, limits and template."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "format": question.format.value,
        "lines": question.lines,
        "min_words": question.min_words,
        "max_words": question.max_words,
        "template": question.template,
        "criteria": [each.text for each in question.rubric],
    }


def field_names(question: Essay) -> tuple[str, ...]:
    """Name the one field."""
    return (FIELD,)


def read_response(question: Essay, form_values: FormValues) -> dict[str, object]:
    """Keep what was typed; the template as it stood is no answer."""
    typed = plain.read_typed(form_values, FIELD, limit=MAX_LENGTH)
    if same_text(typed) == same_text(question.template):
        return {}
    return {"text": typed} if typed else {}


def is_answered(question: Essay, payload: Payload) -> bool:
    """Say whether there is a text within the limits."""
    return bool(plain.typed_in(payload)) and notice(question, payload) is None


def notice(question: Essay, payload: Payload) -> ResponseNotice | None:
    """Remark that the text is too short or too long."""
    typed = plain.typed_in(payload)
    if not typed:
        return None
    count = count_words(typed)
    if question.min_words is not None and count < question.min_words:
        return ResponseNotice.TOO_FEW_WORDS
    if question.max_words is not None and count > question.max_words:
        return ResponseNotice.TOO_MANY_WORDS
    return None


def count_words(text: str) -> int:
    """Count words as people do: „într-un” and „1.234,5” are one, a dash is none."""
    return sum(1 for _ in _WORD.finditer(text))


def mark(question: Essay, payload: Payload) -> MarkResult:
    """Leave the mark to a person."""
    return by_hand(answered=bool(plain.typed_in(payload)))


def feedback(question: Essay, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Essay) -> tuple[str, ...]:
    """Give nothing: there are many good texts."""
    return ()


def response_text(question: Essay, payload: Payload) -> tuple[str, ...]:
    """Give what was typed."""
    typed = plain.typed_in(payload)
    return (plain.shown(typed),) if typed else ()


def answer_classes(question: Essay) -> tuple[AnswerClass, ...]:
    """List nothing: every text is its own."""
    return ()


def summarise(question: Essay, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count whether there is a text."""
    key = "other" if plain.typed_in(payload) else ""
    return (AnswerClass(FIELD, key, "", ZERO),)


def random_guess(question: Essay) -> Decimal | None:
    """Expect nothing of a text written at random."""
    return ZERO
