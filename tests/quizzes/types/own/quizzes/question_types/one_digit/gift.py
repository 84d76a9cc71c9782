"""The tests' own type in a quiz file: `[type:one_digit] {=7}`."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import Source, Written, general_part
from tests.quizzes.types.own.quizzes.question_types.one_digit.rules import NAME, OneDigit

KEYS: frozenset[str] = frozenset()
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read the digit."""
    (piece,) = source.pieces("=")
    return {"type": NAME, "digit": source.plain(piece.text)}


def write(question: OneDigit) -> Written:
    """Write the digit."""
    return Written([f"={question.digit}", *general_part(question)])
