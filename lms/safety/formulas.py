"""Text that a spreadsheet would take for a formula, and the mark that keeps it text."""

from __future__ import annotations

import re

_GUARD = "'"
# Apostrophes before the sign count as well: otherwise our own mark could not be told apart from
# one that was there before, and reading back would lose it.
_RISKY = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n]).", re.DOTALL)


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run when it opens a CSV file."""
    return _GUARD + text if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """Return what `guard` was given."""
    is_ours = text.startswith(_GUARD) and _RISKY.match(text[1:]) is not None
    return text[1:] if is_ours else text
