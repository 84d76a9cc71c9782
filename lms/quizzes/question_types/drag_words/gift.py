"""Words to drag in a quiz file: as `gap_select`, with `[type:drag_words]` and `[reuse:yes]`."""

from __future__ import annotations

from dataclasses import replace

from lms.quizzes.exchange.gift_forms import Source, Written
from lms.quizzes.question_types.drag_words.rules import NAME, DragWords
from lms.quizzes.question_types.gap_select import gift as gaps

KEYS = frozenset({"reuse"})
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read text and words."""
    reuse = source.choice("reuse", "yes", "no") == "yes"
    return {"type": NAME, **gaps.read_gaps(source), "reuse": reuse}


def write(question: DragWords) -> Written:
    """Write text and words."""
    written = gaps.write(question)
    return replace(written, keys=[("reuse", "yes")] if question.reuse else [])
