"""A stored question of any type as plain words: what differences and doubles are found in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

TEXTS = frozenset(
    {
        "stem",
        "text",
        "general_feedback",
        "feedback",
        "other_feedback",
        "feedback_true",
        "feedback_false",
        "template",
        "notes",
        "label",
    }
)
_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r'\balt="([^"]*)"', re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>")
_INLINE = frozenset({"a", "b", "i", "u", "s", "em", "del", "sub", "sup", "code", "span", "strong"})
_SPACES = re.compile(r"\s+")

Payload = Mapping[str, Any]


def plain(text: str) -> str:
    """Return the words of stored HTML; a picture is its description in brackets."""
    if "<" in text:
        text = _PICTURE.sub(_described, text)
        text = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE else " ", text)
    if "&" in text:
        text = html.unescape(text)
    return _SPACES.sub(" ", text).strip()


def _described(tag: re.Match[str]) -> str:
    alt = _ALT.search(tag[0])
    return f"[{alt[1] if alt else ''}]"


def names_of_ids(payload: Payload) -> dict[str, str]:
    """Map each id in a question to the words that it stands for."""
    return {
        str(row["id"]): plain(str(row.get("text", "")))
        for _name, row in _rows(payload)
        if row.get("id")
    }


def _rows(payload: Payload) -> Iterator[tuple[str, Payload]]:
    for name, value in payload.items():
        if isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping):
                    yield name, row
                    yield from _rows(row)
