"""What the doctor found when it last looked, for the owner's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id


class SiteReport(Base):
    """One look at the whole site; `findings` are problems as `Problem.to_plain` writes them."""

    __tablename__ = "site_reports"

    id: Mapped[Id]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_by_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    findings: Mapped[list[Any]]
