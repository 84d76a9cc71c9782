"""The registry of where a person has left traces: what is handed out, removed, and kept.

Every package whose tables hold personal data registers; whoever writes a person's file or erases
a person asks all of them without knowing them. Erasing runs inside a write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Exported:
    """What a package holds of a person: plain values, and files by name."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """One kind of trace; `label` and the sentences are in the page's language.

    `erase` returns what was removed, by what it is called. `keeps` says what stays and why.
    """

    key: str
    label: Callable[[], str]
    export: Callable[[int], Exported]
    erase: Callable[[int], Mapping[str, int]]
    keeps: Callable[[int], Sequence[str]]


TRACES: dict[str, Trace] = {}


def register_trace(
    key: str,
    label: Callable[[], str],
    *,
    export: Callable[[int], Exported],
    erase: Callable[[int], Mapping[str, int]],
    keeps: Callable[[int], Sequence[str]],
) -> None:
    """Add a kind of trace; one with the same key takes the earlier one's place."""
    TRACES[key] = Trace(key, label, export, erase, keeps)
