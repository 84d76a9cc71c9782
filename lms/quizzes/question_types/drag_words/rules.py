"""Places in a text, filled by dragging words there; marked as `gap_select` is.

Without a script, and with a keyboard, each place is a list to choose from. A word is used up once
it is placed, unless the author lets words be used again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_select import rules as gaps
from lms.quizzes.question_types.gap_text import places_in
from lms.quizzes.question_types.protocol import Payload

NAME: str = "drag_words"


@dataclass(frozen=True, kw_only=True)
class DragWords(gaps.Gaps):
    """Ask for words to be dragged to their places."""

    type: ClassVar[str] = NAME
    reuse: bool = False


def parse(payload: Payload) -> DragWords:
    """Read the question; a word that is right in two places can be used again."""
    fields = gaps.fields(payload)
    numbers = list(places_in(fields["text"]).values())
    is_twice = len(set(numbers)) < len(numbers)
    return DragWords(**fields, reuse=read.flag(payload, "reuse") or is_twice)


def dump(question: DragWords) -> dict[str, object]:
    """Write the question canonically."""
    return {**gaps.dump(question), "reuse": question.reuse}


def public(question: DragWords, order: Sequence[str]) -> dict[str, object]:
    """Show the text, the words, and whether one can be used again."""
    return {**gaps.public(question, order), "reuse": question.reuse}


match_ids = gaps.match_ids
map_texts = gaps.map_texts
translated = gaps.translated
structure_digest = gaps.structure_digest
option_ids = gaps.option_ids
draw = gaps.draw
as_drawn = gaps.as_drawn
field_names = gaps.field_names
read_response = gaps.read_response
is_answered = gaps.is_answered
notice = gaps.notice
mark = gaps.mark
feedback = gaps.feedback
key_text = gaps.key_text
response_text = gaps.response_text
answer_classes = gaps.answer_classes
summarise = gaps.summarise
random_guess = gaps.random_guess
