"""Kprim in a quiz file: `[type:kprim]`, `=` before a true statement, `~` before a false one."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import (
    Source,
    Written,
    feedback_part,
    general_part,
    text_part,
    weight,
)
from lms.quizzes.question_types.kprim.rules import NAME, Kprim, Statement
from lms.quizzes.question_types.protocol import ONE, ZERO

KEYS: frozenset[str] = frozenset()
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read the statements."""
    return {
        "type": NAME,
        "statements": [
            {
                "text": source.texts.markdown(piece.text),
                "is_true": piece.sign == "=",
                "feedback": source.texts.markdown(piece.feedback),
            }
            for piece in source.pieces()
        ],
    }


def write(question: Kprim) -> Written:
    """Write the statements."""
    return Written([*map(_statement, question.statements), *general_part(question)])


def _statement(statement: Statement) -> str:
    sign, usual = ("=", ONE) if statement.is_true else ("~", ZERO)
    # A text that begins with a percentage would be read as a weight.
    guard = weight(usual) if statement.text.startswith("%") else ""
    return f"{sign}{guard}{text_part(statement.text)}{feedback_part(statement.feedback)}"
