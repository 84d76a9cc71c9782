"""Ids of options: short, stable, and without a hint of the key.

**The rule.** A new option's id is the first eight hexadecimal digits of the SHA-256 of its text
(Unicode NFC, spaces collapsed). When a file is imported again, `keep_ids` compares with the
question as it stood:

1. an option whose text is known keeps the id that text had, wherever it moved;
2. of the rest, an option in the same place with the same key takes the id that stood there:
   its words were mended;
3. any other option is new; should its id be taken, `-2`, `-3` … is added.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


@dataclass(frozen=True)
class Known:
    """Describe an option as far as its identity goes."""

    id: str
    text: str
    key: str


def derive_id(text: str, *, prefix: str = "") -> str:
    """Make an id from a text; equal texts have equal ids."""
    return prefix + hashlib.sha256(same_text(text).encode()).hexdigest()[:8]


def same_text(text: str) -> str:
    """Reduce a text to what makes it the same text to a reader."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def keep_ids(new: Sequence[Known], old: Sequence[Known]) -> dict[str, str]:
    """Map each new option's own id to the id it shall have, by the rule above."""
    by_text = {same_text(option.text): option.id for option in old}
    kept = {
        option.id: by_text[same_text(option.text)]
        for option in new
        if same_text(option.text) in by_text
    }
    for mended, stood in zip(new, old, strict=False):
        if mended.id not in kept and stood.id not in kept.values() and mended.key == stood.key:
            kept[mended.id] = stood.id
    taken = {*kept.values(), *(option.id for option in old)}
    for option in new:
        if option.id not in kept:
            kept[option.id] = _free_id(option.id, taken)
            taken.add(kept[option.id])
    return kept


def _free_id(wanted: str, taken: set[str]) -> str:
    free, number = wanted, 2
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def digest(parts: Iterable[object]) -> str:
    """Hash plain values; two lists with equal digests are equal."""
    text = json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
