"""Presence written down, by whoever holds the meeting or by the code on the wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.audit.services import record
from lms.courses.events import enrolment_changed
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.courses.models.hours import NO_HOURS, meeting_source
from lms.courses.services import hours as ledger
from lms.courses.services.progress import review_completion
from lms.meetings.errors import (
    Cancelled,
    CodeEarly,
    CodeLate,
    CodeUnknown,
    HoursRefused,
    NotOfMeeting,
    OwnPresence,
    PresenceStruck,
    ReasonMissing,
    TooManyCodes,
)
from lms.meetings.models import CodeTry, Meeting, Presence, Way
from lms.meetings.rules import MOST_TRIES, TRIES_WITHIN, Moment, moment_of, read_code


@dataclass(frozen=True)
class _Change:
    place: Enrolment
    held: Presence | None
    before: Decimal
    after: Decimal


def mark(
    meeting: Meeting,
    wanted: Mapping[int, Decimal],
    *,
    by: int | None,
    now: datetime,
    way: Way = Way.TICKED,
    reason: str = "",
) -> int:
    """Write down how many hours people were there, none for not at all; return how many changed.

    Runs on locked places. What stood already is changed only with a reason; whoever is named
    with what stands already is left alone. All of it, or nothing.
    """
    if meeting.cancelled_at is not None:
        raise Cancelled
    changes = _changes(meeting, wanted, by=by)
    if any(change.held is not None for change in changes) and not reason.strip():
        raise ReasonMissing
    for change in changes:
        _carry_out(meeting, change, way=way, by=by, now=now, reason=reason.strip())
    if changes:
        record(
            "presence.marked",
            by=by,
            on=meeting,
            course_id=meeting.course_id,
            way=way.value,
            hours={str(c.place.id): f"{c.before} → {c.after}" for c in changes},
            reason=reason.strip(),
        )
    return len(changes)


def _changes(meeting: Meeting, wanted: Mapping[int, Decimal], *, by: int | None) -> list[_Change]:
    places = _locked_places(meeting, list(wanted))
    held = _held(meeting.id, list(wanted))
    if len(places) != len(wanted):
        raise NotOfMeeting
    changes = []
    for place in places:
        presence, hours = held.get(place.id), wanted[place.id]
        before = presence.hours if presence is not None and presence.stands else NO_HOURS
        if hours == before:
            continue
        if place.person_id == by:
            raise OwnPresence
        if place.state is not EnrolmentState.ACTIVE and presence is None:
            raise NotOfMeeting
        if not 0 <= hours <= meeting.hours:
            raise HoursRefused
        changes.append(_Change(place, presence, before, hours))
    return changes


def _locked_places(meeting: Meeting, ids: Sequence[int]) -> Sequence[Enrolment]:
    """Load places of the meeting's edition under their locks, always in the same order."""
    return (
        db.session()
        .scalars(
            sa.select(Enrolment)
            .options(joinedload(Enrolment.edition))
            .where(Enrolment.id.in_(ids), Enrolment.edition_id == meeting.edition_id)
            .order_by(Enrolment.id)
            .with_for_update(of=Enrolment)
        )
        .all()
    )


def _held(meeting_id: int, ids: Sequence[int]) -> dict[int, Presence]:
    found = db.session().scalars(
        sa.select(Presence).where(Presence.meeting_id == meeting_id, Presence.enrolment_id.in_(ids))
    )
    return {presence.enrolment_id: presence for presence in found}


def _carry_out(
    meeting: Meeting,
    change: _Change,
    *,
    way: Way,
    by: int | None,
    now: datetime,
    reason: str,
) -> None:
    presence = change.held
    if presence is None:
        presence = Presence(meeting_id=meeting.id, enrolment_id=change.place.id)
        db.session().add(presence)
    is_there = change.after > 0
    presence.hours = change.after
    if is_there:
        presence.way, presence.marked_at, presence.marked_by_id = way, now, by
    presence.struck_at = None if is_there else now
    _give(meeting, change.place, change.after, by=by, now=now, reason=reason)


def _give(
    meeting: Meeting,
    place: Enrolment,
    hours: Decimal,
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Let the ledger say so, and look at completion again."""
    given = ledger.grant(
        place,
        meeting_source(meeting.id),
        hours,
        by=by,
        now=now,
        on=local_day(meeting),
        reason=reason,
    )
    if given:
        db.session().flush()  # the review reads it
        review_completion(place, now=now)
        enrolment_changed.send(place)


def local_day(meeting: Meeting) -> date:
    """Return the day on which a meeting begins, in the programme's zone."""
    return meeting.starts_at.astimezone(ZoneInfo(meeting.zone)).date()


# By the code on the wall -----------------------------------------------------------------------


@dataclass(frozen=True)
class ByCode:
    """A presence by code: at which meeting, and whether it stood already."""

    meeting: Meeting
    is_new: bool


def may_try(person_id: int, *, now: datetime) -> bool:
    """Tell whether somebody may still type a code."""
    tries = db.session().scalar(
        sa.select(sa.func.count()).where(
            CodeTry.person_id == person_id, CodeTry.at > now - TRIES_WITHIN
        )
    )
    return (tries or 0) < MOST_TRIES


def note_try(person_id: int, *, now: datetime) -> None:
    """Count a code that was not taken; what is older than a day is forgotten."""
    db.session().execute(
        sa.delete(CodeTry).where(
            CodeTry.person_id == person_id, CodeTry.at < now - timedelta(days=1)
        )
    )
    db.session().add(CodeTry(person_id=person_id, at=now))


def give_code(person_id: int, typed: str, *, now: datetime) -> ByCode:
    """Write down a learner's own presence by the meeting's code; given twice it is one.

    Raises CodeUnknown, CodeEarly, CodeLate, PresenceStruck, TooManyCodes. Another group's code is
    an unknown one.
    """
    if not may_try(person_id, now=now):
        raise TooManyCodes
    found = _own_meeting(person_id, read_code(typed))
    if found is None:
        raise CodeUnknown
    meeting, enrolment_id = found
    _check_moment(meeting, now)
    (place,) = _locked_places(meeting, [enrolment_id])
    held = _held(meeting.id, [place.id]).get(place.id)
    if held is not None:
        if not held.stands:
            raise PresenceStruck
        return ByCode(meeting, is_new=False)
    change = _Change(place, None, NO_HOURS, meeting.hours)
    _carry_out(meeting, change, way=Way.CODE, by=person_id, now=now, reason="")
    record(
        "presence.by_code",
        by=person_id,
        on=place,
        course_id=meeting.course_id,
        meeting=meeting.id,
        hours=str(meeting.hours),
    )
    return ByCode(meeting, is_new=True)


def _own_meeting(person_id: int, code: str) -> tuple[Meeting, int] | None:
    row = (
        db.session()
        .execute(
            sa.select(Meeting, Enrolment.id)
            .options(joinedload(Meeting.edition).joinedload(Edition.programme))
            .join(Enrolment, Enrolment.edition_id == Meeting.edition_id)
            .where(
                Meeting.code == code,
                Meeting.cancelled_at.is_(None),
                Enrolment.person_id == person_id,
                Enrolment.state == EnrolmentState.ACTIVE,
                sa.or_(Meeting.group_id.is_(None), Meeting.group_id == Enrolment.group_id),
            )
        )
        .one_or_none()
    )
    return None if row is None else (row[0], row[1])


def _check_moment(meeting: Meeting, now: datetime) -> None:
    spare = timedelta(minutes=meeting.grace_minutes)
    match moment_of(now, meeting.starts_at, meeting.ends_at, meeting.grace_minutes):
        case Moment.EARLY:
            raise CodeEarly(meeting.starts_at - spare)
        case Moment.LATE:
            raise CodeLate(meeting.ends_at + spare)
