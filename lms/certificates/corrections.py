"""What a corrected certificate would say otherwise than the one it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# These are new in every correction, and say nothing about the person.
_ALWAYS_NEW: Final = frozenset(
    {
        "format",
        "number",
        "code",
        "verify_url",
        "issued_on",
        "expires_on",
        "is_model",
        "locale",
        "replaces",
        "duplicate",
        "badge",
    }
)
_NOT_WORDS: Final = frozenset({"sha256", "scan", "slot"})


@dataclass(frozen=True)
class Change:
    """One field that would be printed otherwise; both sides as text."""

    field: str
    before: str
    after: str


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List the fields that differ between two certificates' facts, in the facts' order."""
    return [
        Change(name, _text(old.get(name)), _text(new[name]))
        for name in new
        if name not in _ALWAYS_NEW and old.get(name) != new[name]
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, Mapping):
        shown = (_text(item) for key, item in value.items() if key not in _NOT_WORDS)
        return ", ".join(text for text in shown if text)
    return "" if value is None else str(value)
