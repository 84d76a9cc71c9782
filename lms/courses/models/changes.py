"""Whose standing a transaction changed, so that what was read of an edition can be mended."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, BigId, Id


class PlaceChange(Base):
    """A place or a person that something was written about; neither of them means everything.

    Kept for a day: whoever has read nothing for longer reads everything anew.
    """

    __tablename__ = "place_changes"

    id: Mapped[Id]
    place_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(BigId)
    in_transaction: Mapped[int] = mapped_column(sa.BigInteger, index=True)  # 0 on SQLite
    at: Mapped[datetime]
