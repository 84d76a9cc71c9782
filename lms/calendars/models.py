"""The address of somebody's calendar."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CalendarFeed(Base):
    """The one address under which a person's calendar is read without a sign-in."""

    __tablename__ = "calendar_feeds"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
