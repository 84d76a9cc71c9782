"""The next meetings, for a learner's home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import url_for

from lms.courses import due
from lms.courses.due import Due, Row
from lms.courses.models import Enrolment
from lms.courses.queries import Standing
from lms.meetings import hooks, words
from lms.meetings.models import Meeting, Presence
from lms.web.i18n import format_date, format_time
from lms.web.i18n import gettext as _

_SOURCE = "meeting"
SHOWN = 2


class MeetingDates:
    """Answers what a learner's home asks of meetings."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Select the meetings of places that are not over and not attended yet."""
        was_there = sa.exists().where(
            Presence.meeting_id == Meeting.id, Presence.enrolment_id == Enrolment.id
        )
        return (
            sa.select(
                Enrolment.id,
                sa.literal(_SOURCE),
                Meeting.grace_minutes,
                Meeting.starts_at,
                Meeting.ends_at,
                Meeting.title,
                Meeting.place,
            )
            .join(Meeting, Meeting.edition_id == Enrolment.edition_id)
            .where(
                Enrolment.id.in_(due.PLACES),
                Meeting.ends_at > due.EARLIER,
                Meeting.cancelled_at.is_(None),
                sa.or_(Meeting.group_id.is_(None), Meeting.group_id == Enrolment.group_id),
                ~was_there,
            ),
        )

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Say when the next meetings are, and draw the code's field while it is taken."""
        zone = standing.place.zone
        told: list[Due] = []
        for row in sorted((r for r in rows if r.source == _SOURCE), key=_start):
            assert row.at is not None
            assert row.until is not None
            spare = timedelta(minutes=row.number)
            if row.until + spare <= now:
                continue
            is_now = row.at - spare <= now
            is_first_now = is_now and not any(each.panel for each in told)  # drawn once
            hours = f"{format_time(row.at, zone)}–{format_time(row.until, zone)}"
            told.append(
                Due(
                    at=row.at,
                    title=words.titled(row.text or ""),
                    detail=f"{format_date(row.at, zone)}, {hours} · {row.note or _('online')}",
                    href=url_for("meetings.mine"),
                    icon="calendar",
                    panel=partial(hooks.home_panel, standing.place) if is_first_now else None,
                )
            )
        return told[:SHOWN]


def _start(row: Row) -> datetime:
    assert row.at is not None
    return row.at
