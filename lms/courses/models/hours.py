"""Hours of attendance: a ledger, of which an enrolment's own figure is the sum."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Hours, Id

NO_HOURS = Decimal(0)
OFFICE = "office"  # the source of what the registrar writes down


def meeting_source(meeting_id: int) -> str:
    """Name a meeting as a source of hours."""
    return f"meeting:{meeting_id}"


class HourEntry(Base):
    """Hours given or taken back, never changed; `source` says what they rest on.

    A source is „meeting:12” (a presence) or „office” (written down by the registrar). What a source
    gives is the sum of its rows; a correction is a row of the difference, which may be negative.
    """

    __tablename__ = "hour_entries"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    source: Mapped[str] = mapped_column(sa.String(60))
    hours: Mapped[Hours]
    attended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    __table_args__ = (sa.Index(None, "enrolment_id", "source"),)
