"""The registry by which packages above say that news waits for somebody on the home page.

Whoever tells gives a condition that the statement which reads a person's place carries, so that a
place without news costs no statement of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

Condition = Callable[[], sa.ColumnElement[bool]]  # about Enrolment and Edition

_conditions: dict[str, Condition] = {}


def register(key: str, concerns: Condition) -> None:
    """Add whoever may have news; one with the same key takes the earlier one's place."""
    _conditions[key] = concerns


def waiting() -> sa.ColumnElement[bool]:
    """Make the column that says whether any news waits."""
    return sa.or_(sa.false(), *(concerns() for concerns in _conditions.values()))
