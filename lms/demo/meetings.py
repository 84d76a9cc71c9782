"""Meetings of the demonstration: two groups, four meetings, presence, and a test on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import Edition, Enrolment, EnrolmentState, Group
from lms.courses.services.progress import locked_enrolment
from lms.meetings.models import Meeting
from lms.meetings.services import meetings, presence
from lms.meetings.services.meetings import MeetingData
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import Quiz
from lms.quizzes.services import paper
from lms.quizzes.services.paper import PaperData

PLACES = ("Sala de consiliu Exemplu", "Casa de cultură Exemplu")
TRAINERS = ("Filip Formator-Exemplu", "Ina Formatoare-Exemplu")
OPENING = datetime(2026, 9, 19, 7, 0, tzinfo=UTC)
LIMITS = datetime(2026, 10, 17, 7, 0, tzinfo=UTC)
CLOSING = datetime(2026, 12, 12, 15, 0, tzinfo=UTC)


def lay_down(edition_id: int, *, by: int) -> None:
    """Two opening meetings, one by code, a closing one to come; one test taken on paper."""
    with clock.stopped_at(OPENING - timedelta(days=14)), db.writing():
        groups = _groups(edition_id)
        first = _meet(edition_id, groups[0], "Deschiderea cursului", OPENING, 0, by=by)
        second = _meet(edition_id, groups[1], "Deschiderea cursului", OPENING, 1, by=by)
        third = _meet(edition_id, groups[0], "Limitele finanțării, pe cifre", LIMITS, 0, by=by)
        _meet(edition_id, None, "Întâlnirea de încheiere", CLOSING, None, by=by)
    _tick(first, by=by, every=5)
    _tick(second, by=by, every=7)
    _by_code(third)
    _on_paper(edition_id, by=by)


def _groups(edition_id: int) -> list[int]:
    """Give the list's first two groups a place and a trainer."""
    found = db.session().scalars(
        sa.select(Group).where(Group.edition_id == edition_id).order_by(Group.name).limit(2)
    )
    ids = []
    for group, place, trainer in zip(found, PLACES, TRAINERS, strict=True):
        group.place, group.trainers = place, [trainer]
        ids.append(group.id)
    return ids


def _meet(
    edition_id: int, group_id: int | None, title: str, at: datetime, place: int | None, *, by: int
) -> int:
    edition = db.session().get_one(Edition, edition_id)
    wanted = MeetingData(
        group_id=group_id,
        title=title,
        starts_at=at,
        ends_at=at + timedelta(hours=3),
        place=None if place is None else PLACES[place],
        link="https://example.org/sala" if place is None else None,
        trainers=TRAINERS if place is None else (TRAINERS[place],),
        hours=Decimal(3),
        module_ids=(),
        grace_minutes=15,
    )
    return meetings.create_meeting(edition, wanted, by=by, now=clock.now()).id


def _places(meeting: Meeting) -> list[int]:
    return list(
        db.session().scalars(
            sa.select(Enrolment.id)
            .where(Enrolment.group_id == meeting.group_id, Enrolment.state == EnrolmentState.ACTIVE)
            .order_by(Enrolment.id)
        )
    )


def _tick(meeting_id: int, *, by: int, every: int) -> None:
    """Let everybody be there but each so-manieth; one leaves after an hour, which is corrected."""
    with db.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        at = meeting.ends_at + timedelta(hours=1)
        with clock.stopped_at(at):
            there = [p for n, p in enumerate(_places(meeting)) if n % every]
            presence.mark(meeting, dict.fromkeys(there, meeting.hours), by=by, now=at)
            left = dict.fromkeys(there[:1], Decimal(1))
            presence.mark(meeting, left, by=by, now=at, reason="a plecat după prima oră")


def _by_code(meeting_id: int) -> None:
    """Let a few of the group type the code on the wall, one after another."""
    with db.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        people = [session.get_one(Enrolment, p).person_id for p in _places(meeting)[:12]]
        for number, person_id in enumerate(people):
            at = meeting.starts_at + timedelta(minutes=number)
            with clock.stopped_at(at):
                done = presence.give_code(person_id, meeting.code, now=at)
            assert done.is_new


def _on_paper(edition_id: int, *, by: int) -> None:
    """Somebody without a connection at the opening takes the first module's test on paper."""
    edition = db.session().get_one(Edition, edition_id)
    quizzes = [q for q in quiz_queries.quizzes_of(edition.course_id) if not q.is_course_test]
    quiz_id = quizzes[0].id
    place = db.session().scalars(
        sa.select(Enrolment.id)
        .where(Enrolment.edition_id == edition_id, Enrolment.first_activity_at.is_(None))
        .order_by(Enrolment.id)
        .limit(1)
    )
    enrolment_id = place.one_or_none()
    db.end_reading()
    if enrolment_id is None:
        return
    at = OPENING + timedelta(days=1)
    day = at.date()
    with clock.stopped_at(at), db.writing() as session:
        taken = PaperData(day, PLACES[0], "fără conexiune la internet", Decimal(8), Decimal(10))
        paper.record_paper(
            locked_enrolment(enrolment_id),
            session.get_one(Quiz, quiz_id),
            taken,
            by=by,
            now=at,
            today=day,
        )
