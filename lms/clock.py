"""The one reader of the time of day."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: contextvars.ContextVar[datetime | None] = contextvars.ContextVar("frozen", default=None)
_offset_process: datetime | None = None


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return _frozen.get() or _offset_process or datetime.now(UTC)


def today(zone: str) -> date:
    """Return the present calendar day in the named zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an instant, for this process; used to rehearse the passing of time."""
    global _offset_process  # noqa: PLW0603 -- threads of a rehearsal must see the same time
    before = _offset_process
    token = _frozen.set(instant)
    _offset_process = instant
    try:
        yield
    finally:
        _frozen.reset(token)
        _offset_process = before
