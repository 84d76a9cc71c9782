"""Reading done without a line, as it was told later."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id


class OfflineSitting(Base):
    """One lesson read at one sitting without a line; told twice, it counts once."""

    __tablename__ = "offline_sittings"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(36))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    seconds: Mapped[int]
    told_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("enrolment_id", "key"),)
