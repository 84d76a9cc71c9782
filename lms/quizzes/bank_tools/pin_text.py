"""The key in a quiz's text that keeps a question at a version; nothing else of the text changes."""

from __future__ import annotations

import re

from lms.quizzes.workshop.reading import read_text

_PINNED = re.compile(r"[ \t]*\[pinned:[^\]]*\]")
_COMMENT = re.compile(r"^\s*//")


def with_pinned(text: str, content_id: str, number: int | None) -> str:
    """Pin a question of a quiz's text to a version, or let it follow the newest (None)."""
    read = read_text(text)
    piece = next((p for p in read.pieces if p.item is not None and p.item.id == content_id), None)
    if piece is None:
        return text
    lines = read.text.split("\n")
    own = range(piece.first - 1, piece.last)
    comments = [at for at in own if _COMMENT.match(lines[at])]
    for at in comments:
        lines[at] = _PINNED.sub("", lines[at])
    named = [at for at in comments if f"[id:{content_id}]" in lines[at]]
    if number is not None and named:
        lines[named[0]] = f"{lines[named[0]].rstrip()} [pinned:{number}]"
    return "\n".join(lines)
