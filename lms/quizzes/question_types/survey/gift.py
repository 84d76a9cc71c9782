"""Survey questions in a quiz file: `[type:survey] [answer:several]`, options with `~`."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import Source, Written, general_part, text_part, weight
from lms.quizzes.question_types.protocol import ZERO
from lms.quizzes.question_types.survey.rules import NAME, Kind, Survey

KEYS = frozenset({"answer"})
WORDS = frozenset({"answer"})


def read(source: Source) -> dict[str, object]:
    """Read the options; none means own words."""
    views = [{"text": source.texts.markdown(piece.text)} for piece in source.optional_pieces()]
    said = source.choice("answer", *Kind)
    return {"type": NAME, "kind": said or (Kind.ONE if views else Kind.TEXT), "views": views}


def write(question: Survey) -> Written:
    """Write the options."""
    keys = [("answer", "several")] if question.kind is Kind.SEVERAL else []
    guarded = (
        f"~{weight(ZERO) if each.text.startswith('%') else ''}{text_part(each.text)}"
        for each in question.views
    )
    return Written([*guarded, *general_part(question)], keys)
