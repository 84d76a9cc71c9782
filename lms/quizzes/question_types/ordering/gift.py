"""Ordering in a quiz file: `[type:ordering]`, every item with `=`, in the right order.

`[scoring:absolute-position]` names the scheme, `[show:random-4]` or `[show:contiguous-4]` what is
drawn of longer lists.
"""

from __future__ import annotations

import re

from lms.quizzes.exchange.gift_forms import Source, Written, general_part, text_part, weight
from lms.quizzes.question_types.ordering.rules import NAME, Ordering, Pick
from lms.quizzes.question_types.ordering.schemes import OrderScheme
from lms.quizzes.question_types.protocol import ONE

KEYS = frozenset({"scoring", "show"})
WORDS: frozenset[str] = frozenset()
_SHOW = re.compile(r"(random|contiguous)-(\d{1,2})", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read the items in their right order."""
    found = _SHOW.fullmatch(source.one("show")) if source.one("show") else None
    if source.one("show") and found is None:
        raise source.bad_key("show", source.one("show"))
    return {
        "type": NAME,
        "items": [{"text": source.texts.markdown(piece.text)} for piece in source.pieces("=")],
        "scoring": source.one("scoring").replace("-", "_"),
        "pick": found[1] if found else Pick.ALL,
        "count": found[2] if found else None,
    }


def write(question: Ordering) -> Written:
    """Write the items in their right order."""
    scoring = question.scoring.replace("_", "-")
    keys = [("scoring", scoring)] if question.scoring is not OrderScheme.ABSOLUTE_POSITION else []
    if question.pick is not Pick.ALL:
        keys.append(("show", f"{question.pick}-{question.count}"))
    items = (
        f"={weight(ONE) if each.text.startswith('%') else ''}{text_part(each.text)}"
        for each in question.items
    )
    return Written([*items, *general_part(question)], keys)
