"""Meetings set up, changed and called off; scans of their signed lists."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.files.models import StoredFile
from lms.meetings.errors import Cancelled, HasPresence, ReasonMissing
from lms.meetings.models import Meeting, Presence
from lms.meetings.rules import CODE_LENGTH, make_code
from lms.meetings.services import presence
from lms.safety.scans import Scan


@dataclass(frozen=True)
class MeetingData:
    """Everything about a meeting that a person types."""

    group_id: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str | None
    link: str | None
    trainers: tuple[str, ...]
    hours: Decimal
    module_ids: tuple[int, ...]
    grace_minutes: int


def create_meeting(
    edition: Edition, data: MeetingData, *, by: int | None, now: datetime
) -> Meeting:
    """Set a meeting, with a code of its own."""
    meeting = Meeting(edition=edition, code=_fresh_code(), created_at=now, created_by_id=by)
    _write(meeting, data)
    db.session().add(meeting)
    db.session().flush()  # the audit names it
    record("meeting.created", by=by, on=meeting, course_id=meeting.course_id, **_said(meeting))
    return meeting


def _fresh_code() -> str:
    while True:
        code = make_code(secrets.token_bytes(2 * CODE_LENGTH))
        if db.session().scalar(sa.select(Meeting.id).where(Meeting.code == code)) is None:
            return code


def _write(meeting: Meeting, data: MeetingData) -> None:
    for name, value in asdict(data).items():
        setattr(meeting, name, list(value) if isinstance(value, tuple) else value)


def _said(meeting: Meeting) -> dict[str, str]:
    return {
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "place": meeting.place or "",
        "link": meeting.link or "",
        "trainers": ", ".join(meeting.trainers),
        "hours": str(meeting.hours),
        "group": str(meeting.group_id or ""),
    }


def edit_meeting(
    meeting: Meeting, data: MeetingData, *, by: int, now: datetime, reason: str = ""
) -> None:
    """Change a meeting; where its hours change, so do those of whoever was there, with a reason.

    Whoever was there for all the time stays so; nobody keeps more hours than the meeting has.
    """
    if meeting.cancelled_at is not None:
        raise Cancelled
    before, hours = _said(meeting), meeting.hours
    concerned = _concerned(meeting, hours, data.hours) if data.hours != hours else {}
    if concerned and not reason.strip():
        raise ReasonMissing
    if concerned and data.hours < hours:  # lowered before the meeting holds less
        presence.mark(meeting, concerned, by=by, now=now, reason=reason)
    _write(meeting, data)
    db.session().flush()  # a presence is held against the new hours
    if concerned and data.hours > hours:
        presence.mark(meeting, concerned, by=by, now=now, reason=reason)
    after = _said(meeting)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        record("meeting.edited", by=by, on=meeting, course_id=meeting.course_id, changes=changed)


def _concerned(meeting: Meeting, old: Decimal, new: Decimal) -> dict[int, Decimal]:
    rows = db.session().execute(
        sa.select(Presence.enrolment_id, Presence.hours).where(
            Presence.meeting_id == meeting.id, Presence.struck_at.is_(None)
        )
    )
    return {row: new for row, hours in rows if hours == old or hours > new}


def cancel_meeting(meeting: Meeting, *, reason: str, by: int, now: datetime) -> None:
    """Call a meeting off, with a reason; twice is once. One that somebody was at stays."""
    if meeting.cancelled_at is not None:
        return
    if not reason.strip():
        raise ReasonMissing
    stands = sa.select(Presence.id).where(
        Presence.meeting_id == meeting.id, Presence.struck_at.is_(None)
    )
    if db.session().scalar(stands.limit(1)) is not None:
        raise HasPresence
    meeting.cancelled_at, meeting.cancel_reason = now, reason.strip()
    record(
        "meeting.cancelled", by=by, on=meeting, course_id=meeting.course_id, reason=reason.strip()
    )


def add_scan(meeting: Meeting, scan: Scan, sha256: str, *, by: int, now: datetime) -> StoredFile:
    """Attach the scan of a signed list; the same file twice is one."""
    for held in scans_of(meeting.id):
        if held.sha256 == sha256:
            return held
    stored = StoredFile(
        sha256=sha256,
        size=len(scan.data),
        media_type=scan.media_type,
        name=scan.name,
        owner_type=Meeting.__tablename__,
        owner_id=meeting.id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(stored)
    record("meeting.scan_added", by=by, on=meeting, course_id=meeting.course_id, file=scan.name)
    return stored


def scans_of(meeting_id: int) -> list[StoredFile]:
    """Return a meeting's scans, in the order in which they came."""
    return list(
        db.session().scalars(
            sa.select(StoredFile)
            .where(
                StoredFile.owner_type == Meeting.__tablename__, StoredFile.owner_id == meeting_id
            )
            .order_by(StoredFile.id)
        )
    )
