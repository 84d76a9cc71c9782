"""Long work as rows: a batch with its progress outlives any process."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum


class BatchState(enum.StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class Batch(Base):
    """Work on many objects, done in repeatable steps."""

    __tablename__ = "batches"

    id: Mapped[Id]
    kind: Mapped[Short]
    state: Mapped[BatchState] = mapped_column(text_enum(BatchState), default=BatchState.WAITING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    finished_at: Mapped[datetime | None]
