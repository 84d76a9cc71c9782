"""What became of each backup, for the owner's page and the checks."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short, text_enum


class RunState(enum.StrEnum):
    """Where a backup stands."""

    WAITING = "waiting"
    RUNNING = "running"
    GOOD = "good"  # put away, fetched again, and restored
    FAILED = "failed"


class BackupRun(Base):
    """One backup, from the wish to its proof."""

    __tablename__ = "backup_runs"

    id: Mapped[Id]
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_by_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    place: Mapped[Short] = mapped_column(default="")  # without its secrets
    name: Mapped[Short] = mapped_column(default="")
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    rows: Mapped[int | None]
    files: Mapped[int | None]
    is_locked: Mapped[bool] = mapped_column(default=False)
    restored_ms: Mapped[int | None]  # how long the restore and its checks took
    fault: Mapped[str] = mapped_column(sa.Text, default="")
