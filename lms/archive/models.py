"""Archives that were asked for: each from the wish to the day when its file goes."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, text_enum


class ArchiveState(enum.StrEnum):
    """Where an archive stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"  # after its days


OPEN = (ArchiveState.WAITING, ArchiveState.RUNNING)


class ArchiveRun(Base):
    """One archive of an edition, made by the worker and kept for some days."""

    __tablename__ = "archive_runs"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    locale: Mapped[str] = mapped_column(sa.String(2))
    state: Mapped[ArchiveState] = mapped_column(
        text_enum(ArchiveState), default=ArchiveState.WAITING
    )
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)  # files that are expected
    done: Mapped[int] = mapped_column(default=0)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    finished_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(sa.Text, default="")
