"""A meeting of the cast's group, and what tests ask about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    Edition,
    Enrolment,
    Group,
    HourEntry,
)
from lms.meetings.models import Meeting, Presence
from lms.meetings.services import meetings, presence
from lms.meetings.services.meetings import MeetingData
from tests.cast import Cast, csrf

STARTS = datetime(2026, 5, 14, 7, 0, tzinfo=UTC)  # 10:00 in Bucharest
ENDS = datetime(2026, 5, 14, 10, 0, tzinfo=UTC)
DURING = datetime(2026, 5, 14, 8, 0, tzinfo=UTC)

WANTED = MeetingData(
    group_id=None,
    title="Limitele din art. 6",
    starts_at=STARTS,
    ends_at=ENDS,
    place="Sala de consiliu",
    link=None,
    trainers=("Petru Formator",),
    hours=Decimal(3),
    module_ids=(),
    grace_minutes=15,
)


def make_group(cast: Cast, *parts: str, name: str = "Grupa 1") -> int:
    """Make a group of the first edition, with these of the cast in it."""
    with cast.app.app_context(), db.writing() as session:
        group = Group(edition_id=cast.edition_id, name=name, trainers=[])
        session.add(group)
        session.flush()
        for part in parts:
            session.get_one(Enrolment, cast.enrolments[part]).group_id = group.id
        return group.id


def meet(cast: Cast, **more: Any) -> int:
    """Set a meeting of the first edition; of everybody, unless told otherwise."""
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        made = meetings.create_meeting(
            edition, replace(WANTED, **more), by=cast.persons["registrar"], now=STARTS
        )
        return made.id


def ask_for_hours(cast: Cast, hours: int) -> None:
    """Let the course be complete with so many hours of attendance alone."""
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.delete(CompletionCondition).filter_by(course_id=cast.course_id))
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=1,
                kind=ConditionKind.HOURS_ATTENDED,
                parameters={},
            )
        )
        edition = session.get_one(Edition, cast.edition_id)
        edition.hours_required = Decimal(hours)
        edition.course.version += 1


def mark(cast: Cast, meeting_id: int, hours: Mapping[str, int], by: str, **more: Any) -> int:
    """Write down the presence of some of the cast."""
    wanted = {cast.enrolments[part]: Decimal(number) for part, number in hours.items()}
    with cast.app.app_context(), db.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        return presence.mark(meeting, wanted, by=cast.persons[by], now=DURING, **more)


def code_of(cast: Cast, meeting_id: int) -> str:
    with cast.app.app_context():
        return db.session().get_one(Meeting, meeting_id).code


def hours_of(cast: Cast, part: str) -> Decimal:
    with cast.app.app_context():
        return db.session().get_one(Enrolment, cast.enrolments[part]).hours_attended


def ledger_of(cast: Cast, part: str) -> list[tuple[Decimal, str]]:
    with cast.app.app_context():
        rows = db.session().execute(
            sa.select(HourEntry.hours, HourEntry.reason)
            .where(HourEntry.enrolment_id == cast.enrolments[part])
            .order_by(HourEntry.id)
        )
        return [(hours, reason) for hours, reason in rows]


def presences(cast: Cast, meeting_id: int) -> list[Presence]:
    with cast.app.app_context():
        found = sa.select(Presence).where(Presence.meeting_id == meeting_id)
        return list(db.session().scalars(found.order_by(Presence.enrolment_id)))


def post(client: FlaskClient, url: str, **data: Any) -> TestResponse:
    return client.post(url, data={"csrf_token": csrf(client), **data})


def flashed(client: FlaskClient, answer: TestResponse) -> str:
    """Return the page that an answer leads to."""
    return client.get(answer.headers["Location"]).text
