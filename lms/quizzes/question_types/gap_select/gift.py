"""Gaps in a quiz file: in braces first the text with `[[1]]`, then the words.

`=word` or `~word`, in the order of their numbers (the sign is for the author's eye alone: a word
is right where its number stands); `=2 -> word` is of group 2. `[type:gap_select]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.quizzes.exchange.gift_forms import Source, Written, general_part, text_part
from lms.quizzes.question_types.gap_select.rules import NAME, Gaps
from lms.quizzes.question_types.gap_text import with_dots

KEYS: frozenset[str] = frozenset()
WORDS: frozenset[str] = frozenset()
_GROUP = re.compile(r"\s*(\d{1,2})\s*->", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read text and words."""
    return {"type": NAME, **read_gaps(source)}


def read_gaps(source: Source) -> dict[str, object]:
    """Read what both types of gaps have."""
    lead, pieces = source.lead_and_pieces()
    words = []
    for piece in pieces:
        group = _GROUP.match(piece.text)
        written = piece.text[group.end() :] if group else piece.text
        words.append({"text": source.plain(written), "group": group[1] if group else None})
    return {"text": source.texts.markdown(lead), "words": words}


def write(question: Gaps) -> Written:
    """Write text and words."""
    is_bare = question.stem == with_dots(question.text)
    return Written(_body(question), stem="" if is_bare else None)


def _body(question: Gaps) -> Iterator[str]:
    yield text_part(question.text)
    used = {word.id for word in question.places.values()}
    for word in question.words:
        is_marked = word.group > 1 or "->" in word.text or word.text.startswith("%")
        group = f"{word.group} -> " if is_marked else ""
        yield f"{'=' if word.id in used else '~'}{group}{text_part(word.text)}"
    yield from general_part(question)
