"""Pairs of questions that look alike, and what somebody has said of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class DistinctPair(Base):
    """Two questions that are not offered as doubles again; who said so is in the audit.

    They are not the same, or alternatives: both stay, and no draw gives an attempt both.
    """

    __tablename__ = "distinct_questions"

    first_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("questions.id"), primary_key=True, index=True
    )
    said_at: Mapped[datetime]
    are_alternatives: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="stands_once"),)
