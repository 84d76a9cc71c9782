"""Reads made for the pages of meetings, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment, EnrolmentState, Group, HourEntry
from lms.courses.models.hours import NO_HOURS, meeting_source
from lms.meetings.models import Meeting, Presence
from lms.meetings.rules import Moment, moment_of
from lms.people_names import person_sort_key


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in an edition's list: how many were there, of how many."""

    meeting: Meeting
    group: str
    present: int
    expected: int


def meeting_lines(edition: Edition, group_id: int | None = None) -> list[MeetingLine]:
    """Read an edition's meetings, or a group's with those of everybody; three statements."""
    session = db.session()
    statement = (
        sa.select(Meeting)
        .options(joinedload(Meeting.group))
        .where(Meeting.edition_id == edition.id)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    if group_id is not None:
        of_all = Meeting.group_id.is_(None)
        statement = statement.where(sa.or_(of_all, Meeting.group_id == group_id))
    present = _present(edition.id)
    expected = _expected(edition.id)
    return [
        MeetingLine(
            meeting=meeting,
            group=meeting.group.name if meeting.group else "",
            present=present.get(meeting.id, 0),
            expected=(
                expected.get(meeting.group_id, 0)
                if meeting.group_id is not None
                else sum(expected.values())
            ),
        )
        for meeting in session.scalars(statement)
    ]


def _present(edition_id: int) -> dict[int, int]:
    rows = db.session().execute(
        sa.select(Presence.meeting_id, sa.func.count())
        .join(Meeting, Meeting.id == Presence.meeting_id)
        .where(Meeting.edition_id == edition_id, Presence.struck_at.is_(None))
        .group_by(Presence.meeting_id)
    )
    return {row[0]: row[1] for row in rows}


def _expected(edition_id: int) -> dict[int | None, int]:
    rows = db.session().execute(
        sa.select(Enrolment.group_id, sa.func.count())
        .where(Enrolment.edition_id == edition_id, Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Enrolment.group_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class PersonLine:
    """Somebody of a meeting's edition, with their presence."""

    enrolment_id: int
    person_id: int
    family_name: str
    given_names: str
    sign_in_name: str
    email: str
    organisation: str
    group_id: int | None
    is_withdrawn: bool
    presence: Presence | None

    @property
    def listed_name(self) -> str:
        """The name as lists have it: family name first."""
        return f"{self.family_name} {self.given_names}"

    @property
    def hours(self) -> Decimal:
        """The hours that the presence gives now."""
        return self.presence.hours if self.is_present and self.presence else NO_HOURS

    @property
    def is_present(self) -> bool:
        """Whether a presence stands."""
        return self.presence is not None and self.presence.stands


@dataclass(frozen=True)
class People:
    """Who is expected at a meeting or was there, and the others of its edition."""

    expected: Sequence[PersonLine]
    others: Sequence[PersonLine]

    @property
    def present(self) -> int:
        """How many were there."""
        return sum(1 for line in self.expected if line.is_present)


def people_of(meeting: Meeting) -> People:
    """Read a meeting's people in Romanian order; one statement."""
    rows = db.session().execute(
        sa.select(
            Enrolment.id,
            Enrolment.person_id,
            Person.family_name,
            Person.given_names,
            Person.sign_in_name,
            Person.email,
            Enrolment.organisation_name,
            Enrolment.group_id,
            Enrolment.state,
            Presence,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(
            Presence,
            sa.and_(Presence.enrolment_id == Enrolment.id, Presence.meeting_id == meeting.id),
        )
        .where(Enrolment.edition_id == meeting.edition_id)
    )
    lines = [
        PersonLine(
            enrolment_id=row[0],
            person_id=row[1],
            family_name=row[2],
            given_names=row[3],
            sign_in_name=row[4],
            email=row[5] or "",
            organisation=row[6] or "",
            group_id=row[7],
            is_withdrawn=row[8] is not EnrolmentState.ACTIVE,
            presence=row[9],
        )
        for row in rows
    ]
    lines.sort(key=lambda line: person_sort_key(line.family_name, line.given_names))
    expected = [line for line in lines if _is_expected(line, meeting)]
    others = [ln for ln in lines if not ln.is_withdrawn and not _is_expected(ln, meeting)]
    return People(expected, others)


def _is_expected(line: PersonLine, meeting: Meeting) -> bool:
    if line.presence is not None:
        return True
    return not line.is_withdrawn and meeting.group_id in (None, line.group_id)


@dataclass(frozen=True)
class Correction:
    """A change of what stood, as the ledger has it."""

    name: str
    hours: Decimal
    reason: str
    at: datetime
    by: str


def corrections_of(meeting_id: int) -> list[Correction]:
    """Read what was corrected at a meeting, the newest first; one statement."""
    actor = sa.orm.aliased(Person)
    rows = db.session().execute(
        sa.select(
            Person.family_name,
            Person.given_names,
            HourEntry.hours,
            HourEntry.reason,
            HourEntry.entered_at,
            actor.given_names,
            actor.family_name,
        )
        .join(Enrolment, Enrolment.id == HourEntry.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(actor, actor.id == HourEntry.entered_by_id)
        .where(HourEntry.source == meeting_source(meeting_id), HourEntry.reason != "")
        .order_by(HourEntry.id.desc())
    )
    return [
        Correction(
            name=f"{family} {given}",
            hours=hours,
            reason=reason,
            at=at,
            by=f"{by_given} {by_family}" if by_given else "",
        )
        for family, given, hours, reason, at, by_given, by_family in rows
    ]


@dataclass(frozen=True)
class OwnMeeting:
    """A meeting as a learner has it."""

    meeting: Meeting
    edition_title: str
    presence: Presence | None
    zone: str

    @property
    def is_present(self) -> bool:
        """Whether the learner's presence stands."""
        return self.presence is not None and self.presence.stands

    def is_open(self, now: datetime) -> bool:
        """Whether its code is taken now."""
        meeting = self.meeting
        moment = moment_of(now, meeting.starts_at, meeting.ends_at, meeting.grace_minutes)
        return moment is Moment.OPEN and self.presence is None


def _own() -> sa.Select[Meeting, Presence]:
    """Select meetings with the presence of somebody whom they concern."""
    return (
        sa.select(Meeting, Presence)
        .options(joinedload(Meeting.edition).joinedload(Edition.programme))
        .join(Enrolment, Enrolment.edition_id == Meeting.edition_id)
        .outerjoin(
            Presence,
            sa.and_(Presence.meeting_id == Meeting.id, Presence.enrolment_id == Enrolment.id),
        )
        .where(
            sa.or_(
                Presence.id.is_not(None),
                sa.and_(
                    Meeting.cancelled_at.is_(None),
                    Enrolment.state == EnrolmentState.ACTIVE,
                    sa.or_(Meeting.group_id.is_(None), Meeting.group_id == Enrolment.group_id),
                ),
            )
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )


def _as_own(statement: sa.Select[Meeting, Presence]) -> list[OwnMeeting]:
    return [
        OwnMeeting(meeting, meeting.edition.title, presence, meeting.zone)
        for meeting, presence in db.session().execute(statement)
    ]


def has_meetings() -> sa.ColumnElement[bool]:
    """Make the condition that an enrolment has meetings, attended ones among them or not."""
    return sa.exists().where(
        Meeting.edition_id == Enrolment.edition_id,
        Meeting.cancelled_at.is_(None),
        sa.or_(Meeting.group_id.is_(None), Meeting.group_id == Enrolment.group_id),
    )


def meetings_of_person(person_id: int) -> list[OwnMeeting]:
    """Read all meetings that concern somebody, in time; one statement."""
    return _as_own(_own().where(Enrolment.person_id == person_id))


def meetings_of_place(enrolment_id: int) -> list[OwnMeeting]:
    """Read the meetings that concern a place, in time; one statement."""
    return _as_own(_own().where(Enrolment.id == enrolment_id))


def next_of_place(enrolment_id: int, *, now: datetime) -> OwnMeeting | None:
    """Read the next meeting of a place that is not over, and not attended yet."""
    found = _as_own(
        _own()
        .where(Enrolment.id == enrolment_id, Meeting.ends_at > now, Presence.id.is_(None))
        .limit(1)
    )
    return found[0] if found else None


@dataclass(frozen=True)
class Attendance:
    """Everybody of an edition against its meetings."""

    meetings: Sequence[Meeting]
    rows: Sequence[tuple[AttendanceRow, Mapping[int, Decimal]]]  # hours by meeting


@dataclass(frozen=True)
class AttendanceRow:
    """Somebody in the table of attendance."""

    family_name: str
    given_names: str
    organisation: str
    group: str
    hours_attended: Decimal
    is_withdrawn: bool


def attendance_of(edition_id: int) -> Attendance:
    """Read who was where for how long; three statements."""
    session = db.session()
    meetings = session.scalars(
        sa.select(Meeting)
        .where(Meeting.edition_id == edition_id, Meeting.cancelled_at.is_(None))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()
    given: dict[int, dict[int, Decimal]] = {}
    for enrolment_id, meeting_id, hours in session.execute(
        sa.select(Presence.enrolment_id, Presence.meeting_id, Presence.hours)
        .join(Meeting, Meeting.id == Presence.meeting_id)
        .where(Meeting.edition_id == edition_id, Presence.struck_at.is_(None))
    ):
        given.setdefault(enrolment_id, {})[meeting_id] = hours
    people = session.execute(
        sa.select(
            Enrolment.id,
            Person.family_name,
            Person.given_names,
            Enrolment.organisation_name,
            Group.name,
            Enrolment.hours_attended,
            Enrolment.state,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(Enrolment.edition_id == edition_id)
    ).all()
    rows = [
        (
            AttendanceRow(
                family_name=p[1],
                given_names=p[2],
                organisation=p[3] or "",
                group=p[4] or "",
                hours_attended=p[5],
                is_withdrawn=p[6] is not EnrolmentState.ACTIVE,
            ),
            given.get(p[0], {}),
        )
        for p in people
    ]
    rows.sort(key=lambda row: person_sort_key(row[0].family_name, row[0].given_names))
    return Attendance(meetings, rows)


def grace_of(meeting: Meeting) -> tuple[datetime, datetime]:
    """Return between which instants the meeting's code is taken."""
    spare = timedelta(minutes=meeting.grace_minutes)
    return meeting.starts_at - spare, meeting.ends_at + spare
