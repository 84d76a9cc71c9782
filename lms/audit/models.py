"""The record of who did what: append-only rows, personal values apart and erasable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short


class AuditEntry(Base):
    """One act; `digest` is a salted digest of the values in the side row, so it outlives them.

    `sequence` and `chain_hash` are filled in order by a job, never by the act itself: acts do not
    queue behind one another for the chain.
    """

    __tablename__ = "audit_entries"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[Short]
    object_type: Mapped[Short]
    object_id: Mapped[int | None]
    course_id: Mapped[int | None]
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    sequence: Mapped[int | None] = mapped_column(unique=True)
    chain_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))

    __table_args__ = (sa.Index(None, "object_type", "object_id"),)


class AuditDetail(Base):
    """The values of an act (reason, before, after); may be erased without breaking the chain."""

    __tablename__ = "audit_details"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entries.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    values: Mapped[dict[str, Any]]
