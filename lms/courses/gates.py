"""The registry of what comes before the first lesson, for packages above this one.

A gate adds a condition to the statement that reads a person's place, so that it costs no
statement of its own. It holds back whoever has not opened a lesson yet; whoever has is only
reminded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from lms.courses.queries import Place


@dataclass(frozen=True)
class Gate:
    """Something asked before the first lesson; the words are in the page's language."""

    key: str
    waits: Callable[[], sa.ColumnElement[bool]]  # about Enrolment and Edition
    href: Callable[[Place], str]
    title: Callable[[], str]
    detail: Callable[[], str]
    lead: Callable[[], str]  # the whole sentence, for whoever opens a lesson first
    action: Callable[[], str]
    reminder: Callable[[], str]


GATES: dict[str, Gate] = {}


def register_gate(gate: Gate) -> None:
    """Add a gate; one with the same key takes the earlier one's place."""
    GATES[gate.key] = gate


def waiting() -> sa.ColumnElement[str | None]:
    """Make the column that names the first gate that waits for somebody, or none."""
    if not GATES:
        return sa.cast(sa.null(), sa.String)
    return sa.case(*((gate.waits(), sa.literal(gate.key)) for gate in GATES.values()))
