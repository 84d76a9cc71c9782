"""What meetings hold of a person, what an erasure removes, and what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, register_trace
from lms.courses.models import Edition, Enrolment, HourEntry, Programme
from lms.files.models import StoredFile
from lms.meetings import words
from lms.meetings.models import CodeTry, Meeting, Presence
from lms.meetings.queries import meetings_of_person
from lms.web.i18n import format_date
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return a person's meetings with their presence, and every row of hours."""
    return Exported(
        {
            "meetings": [
                {
                    "title": own.meeting.title,
                    "starts_at": own.meeting.starts_at.isoformat(),
                    "ends_at": own.meeting.ends_at.isoformat(),
                    "where": words.where(own.meeting),
                    "presence": _plain(own.presence),
                }
                for own in meetings_of_person(person_id)
            ],
            "hours": _hours(person_id),
        }
    )


def _plain(presence: Presence | None) -> dict[str, Any] | None:
    if presence is None:
        return None
    return {
        "hours": str(presence.hours),
        "way": presence.way.value,
        "marked_at": presence.marked_at.isoformat(),
        "struck_at": presence.struck_at.isoformat() if presence.struck_at else None,
    }


def _hours(person_id: int) -> list[dict[str, Any]]:
    rows = db.session().execute(
        sa.select(
            HourEntry.hours,
            HourEntry.source,
            HourEntry.attended_on,
            HourEntry.reason,
            HourEntry.entered_at,
        )
        .join(Enrolment, Enrolment.id == HourEntry.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .order_by(HourEntry.id)
    )
    return [
        {
            "hours": str(hours),
            "source": source,
            "attended_on": day.isoformat() if day else None,
            "reason": reason,
            "entered_at": at.isoformat(),
        }
        for hours, source, day, reason, at in rows
    ]


def erase(person_id: int) -> Mapping[str, int]:
    """Forget the codes that were typed wrongly; presence is evidence and stays. In a write."""
    tries = sa.select(sa.func.count()).where(CodeTry.person_id == person_id)
    count = db.session().scalar(tries) or 0
    db.session().execute(sa.delete(CodeTry).where(CodeTry.person_id == person_id))
    return {_("codes typed wrongly"): count}


def keeps(person_id: int) -> Sequence[str]:
    """Say which presence stays, until when and why."""
    rows = (
        db.session()
        .execute(
            sa.select(Programme.short_name, Programme.retain_until, Meeting.id)
            .join(Edition, Edition.programme_id == Programme.id)
            .join(Meeting, Meeting.edition_id == Edition.id)
            .join(Presence, Presence.meeting_id == Meeting.id)
            .join(Enrolment, Enrolment.id == Presence.enrolment_id)
            .where(Enrolment.person_id == person_id)
            .order_by(Programme.id, Meeting.id)
        )
        .all()
    )
    said = [_stays(name, until) for name, until in dict.fromkeys((r[0], r[1]) for r in rows)]
    if _have_scans([row[2] for row in rows]):
        said.append(_("Scans of signed lists stay as they are: they name everybody who signed."))
    if not said and meetings_of_person(person_id):
        said.append(_("The edition’s meetings stay: they name nobody who was not there."))
    return said


def _stays(programme: str, until: date | None) -> str:
    if until is None:
        return _(
            "Presence at meetings of “%(programme)s” stays: the hours that the programme has to "
            "show were counted from it.",
            programme=programme,
        )
    return _(
        "Presence at meetings of “%(programme)s” stays: the hours that the programme has to show "
        "until %(date)s were counted from it.",
        programme=programme,
        date=format_date(until),
    )


def _have_scans(meeting_ids: Sequence[int]) -> bool:
    found = sa.select(StoredFile.id).where(
        StoredFile.owner_type == Meeting.__tablename__, StoredFile.owner_id.in_(meeting_ids)
    )
    return db.session().scalar(found.limit(1)) is not None


def register() -> None:
    """Tell the registry."""
    register_trace(
        "meetings",
        lambda: _("Meetings and hours"),
        export=export,
        erase=erase,
        keeps=keeps,
        tables=("meetings", "presences", "presence_code_tries"),
    )
