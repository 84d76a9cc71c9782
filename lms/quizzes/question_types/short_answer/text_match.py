"""Whether a typed text is the one the author wrote: with wildcards, never „about right”.

Compared are words, not bytes: NFC, ş and ţ with a cedilla are ș and ț, spaces are collapsed and
trimmed. By the author's choice letter case counts, and diacritics may be left out. `*` stands for
any run of signs, also for none; `\\*` is an asterisk. Both ends are anchored. The pieces between
wildcards are looked for from left to right, each once, so the time grows with the lengths alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ASTERISK = "\U0010ff1f"  # stands for „\*” while a pattern is cut up; no text may hold it
_COMMAS = str.maketrans("şţŞŢ", "șțȘȚ")
_SPACES = re.compile("[\\s\u00a0\u200b\u2060\ufeff]+")


@dataclass(frozen=True)
class Sameness:
    """Say what makes two texts the same."""

    case: bool = False  # whether capitals count
    plain_letters: bool = False  # whether „Iasi” is accepted for „Iași”

    def fold(self, text: str) -> str:
        """Reduce a text to what is compared."""
        folded = unicodedata.normalize("NFC", text).translate(_COMMAS)
        if not self.case:
            folded = unicodedata.normalize("NFC", folded.casefold())
        if self.plain_letters:
            apart = unicodedata.normalize("NFD", folded)
            bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
            folded = unicodedata.normalize("NFC", bare)
        return _SPACES.sub(" ", folded).strip()


def matches(pattern: str, typed: str, sameness: Sameness) -> bool:
    """Say whether a typed text fits a pattern."""
    pieces = sameness.fold(pattern.replace("\\*", _ASTERISK)).split("*")
    pieces = [piece.replace(_ASTERISK, "*") for piece in pieces]
    text = sameness.fold(typed)
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last):
        return False
    if not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def is_catch_all(pattern: str) -> bool:
    """Say whether a pattern takes anything."""
    return bool(pattern.strip()) and not pattern.strip().strip("*")


def readable(pattern: str) -> str:
    """Write a pattern for people: wildcards as three dots, asterisks as themselves."""
    return pattern.replace("\\*", _ASTERISK).replace("*", "…").replace(_ASTERISK, "*")
