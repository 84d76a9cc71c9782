"""The registry by which questions to the trainer are told beside the answers they are about.

A provider lives above this package and registers itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa


@dataclass(frozen=True)
class AskedLine:
    """The newest question to the trainer about an answer of one's own."""

    item_id: int
    asked_at: datetime
    is_open: bool  # it waits for an answer
    href: str


class Provider(Protocol):
    """What whoever keeps such questions must answer."""

    def was_asked(self) -> sa.ColumnElement[bool]:
        """Tell, in a statement over answers, whether something was asked about each."""

    def of_attempt(self, attempt_id: int) -> list[AskedLine]:
        """Return what was asked about an attempt's answers; one statement."""


PROVIDERS: list[Provider] = []
