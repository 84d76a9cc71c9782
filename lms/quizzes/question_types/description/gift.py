"""A text without braces is a description, as everywhere in GIFT."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import Source, Written, text_part
from lms.quizzes.question_types.description.rules import NAME, Description

KEYS: frozenset[str] = frozenset()
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read the text; with a feedback there are braces that hold nothing else."""
    if source.body.text.strip():
        raise source.bad_key("type", source.plain(source.body.text))
    return {"type": NAME}


def write(question: Description) -> Written:
    """Write the text; braces only hold a feedback."""
    if not question.general_feedback:
        return Written(None)
    return Written([f"####{text_part(question.general_feedback)}"], [("type", NAME)])
