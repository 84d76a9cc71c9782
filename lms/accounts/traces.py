"""The registry of where a person has left traces: what is handed out, removed, and kept.

Every package whose tables hold personal data registers; whoever writes a person's file or erases
a person asks all of them without knowing them. Erasing runs inside a write.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db


@dataclass(frozen=True)
class Exported:
    """What a package holds of a person: plain values, and files by name."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """One kind of trace; `label` and the sentences are in the page's language.

    `erase` returns what was removed, by what it is called. `keeps` says what stays and why.
    `tables` names those that it speaks for: a test finds tables that nobody does.
    """

    key: str
    label: Callable[[], str]
    export: Callable[[int], Exported]
    erase: Callable[[int], Mapping[str, int]]
    keeps: Callable[[int], Sequence[str]]
    removes: Callable[[int], Sequence[str]]
    tables: frozenset[str] = frozenset()


TRACES: dict[str, Trace] = {}


def register_trace(
    key: str,
    label: Callable[[], str],
    *,
    export: Callable[[int], Exported],
    erase: Callable[[int], Mapping[str, int]],
    keeps: Callable[[int], Sequence[str]],
    removes: Callable[[int], Sequence[str]] = lambda _person_id: (),
    tables: Sequence[str] = (),
) -> None:
    """Add a kind of trace; one with the same key takes the earlier one's place."""
    TRACES[key] = Trace(key, label, export, erase, keeps, removes, frozenset(tables))


Hold = Callable[[int], Sequence[str]]
HOLDS: dict[str, Hold] = {}


def register_hold(key: str, hold: Hold) -> None:
    """Add what may keep a person from being erased now: sentences that say why, none where free."""
    HOLDS[key] = hold


def plain(value: Any) -> Any:
    """Write a column's value as JSON holds it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):  # moments are dates too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def plain_rows(statement: sa.Executable) -> list[dict[str, Any]]:
    """Return a statement's rows by the names of its columns, as plain values."""
    rows = db.session().execute(statement).mappings()
    return [{key: plain(value) for key, value in row.items()} for row in rows]
