"""The one writer of hours attended: a row for each change, and their sum on the enrolment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from lms.courses.models.hours import NO_HOURS, OFFICE, HourEntry


def given_by(enrolment_id: int, source: str) -> Decimal:
    """Return the hours that a source gives an enrolment now."""
    found = db.session().scalar(
        sa.select(sa.func.sum(HourEntry.hours)).where(
            HourEntry.enrolment_id == enrolment_id, HourEntry.source == source
        )
    )
    return found or NO_HOURS


def grant(
    enrolment: Enrolment,
    source: str,
    hours: Decimal,
    *,
    by: int | None,
    now: datetime,
    on: date | None = None,
    reason: str = "",
) -> bool:
    """Let a source give an enrolment so many hours from now on; whether that changed anything.

    Runs inside a write, on a locked enrolment: given twice alike, the second adds nothing. The
    caller looks at completion again.
    """
    change = hours - given_by(enrolment.id, source)
    if not change:
        return False
    db.session().add(
        HourEntry(
            enrolment_id=enrolment.id,
            source=source,
            hours=change,
            attended_on=on,
            reason=reason,
            entered_at=now,
            entered_by_id=by,
        )
    )
    db.session().flush()  # the sum below reads it
    enrolment.hours_attended = total_of(enrolment.id)
    return True


def set_total(
    enrolment: Enrolment, hours: Decimal, *, by: int | None, now: datetime, reason: str
) -> bool:
    """Bring an enrolment's sum to a figure, by a row of the office's for the difference."""
    others = enrolment.hours_attended - given_by(enrolment.id, OFFICE)
    return grant(enrolment, OFFICE, hours - others, by=by, now=now, reason=reason)


def total_of(enrolment_id: int) -> Decimal:
    """Return the sum of an enrolment's hours."""
    found = db.session().scalar(
        sa.select(sa.func.sum(HourEntry.hours)).where(HourEntry.enrolment_id == enrolment_id)
    )
    return found or NO_HOURS
