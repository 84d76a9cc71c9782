"""A mark that is being thought about: kept as it is typed, gone once it is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, BigId, Id


class MarkDraft(Base):
    """What a trainer has filled in so far for one answer; one for each answer."""

    __tablename__ = "mark_drafts"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("attempt_items.id"), unique=True)
    filled: Mapped[dict[str, Any]]  # points, levels and comment, as they were typed
    saved_at: Mapped[datetime]
