"""Stored files: immutable, content-addressed, owned by an object whose rule they follow."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short


class StoredFile(Base):
    """A file under instance/files, named by the SHA-256 of its bytes."""

    __tablename__ = "stored_files"

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[Short]
    name: Mapped[Short]
    owner_type: Mapped[Short]  # table of the object whose access rule the file follows
    owner_id: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]

    __table_args__ = (sa.Index(None, "owner_type", "owner_id"),)
