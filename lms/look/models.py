"""What people said stops them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id


class Barrier(Base):
    """One report from the accessibility page; whoever sent it may have said how to answer."""

    __tablename__ = "barrier_reports"

    id: Mapped[Id]
    page: Mapped[str] = mapped_column(sa.String(300))
    what: Mapped[str] = mapped_column(sa.Text)
    contact: Mapped[str] = mapped_column(sa.String(255), default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None]
