"""Short answers in GIFT: `{=Iași =%50%Iasi* =%0%*#feedback for any other}`."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import (
    Source,
    Written,
    feedback_part,
    general_part,
    text_part,
    weight,
)
from lms.quizzes.question_types.protocol import ONE
from lms.quizzes.question_types.short_answer.rules import NAME, ShortAnswer, TextAnswer

KEYS = frozenset({"case", "diacritics"})
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read the answers in order."""
    pieces = source.pieces("=")
    return {
        "type": NAME,
        "answers": [
            {
                "text": source.plain(piece.text),
                "fraction": piece.fraction,
                "feedback": source.texts.markdown(piece.feedback),
            }
            for piece in pieces
        ],
        "case": source.choice("case", "exact", "any") == "exact",
        "plain_letters": source.choice("diacritics", "any", "exact") == "any",
    }


def write(question: ShortAnswer) -> Written:
    """Write the answers in order."""
    keys = [("case", "exact")] if question.sameness.case else []
    keys += [("diacritics", "any")] if question.sameness.plain_letters else []
    return Written([*map(_answer, question.answers), *general_part(question)], tuple(keys))


def _answer(answer: TextAnswer) -> str:
    percent = "" if answer.fraction == ONE and answer.text[:1] != "%" else weight(answer.fraction)
    return f"={percent}{text_part(answer.text)}{feedback_part(answer.feedback)}"
