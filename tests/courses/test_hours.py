"""Hours attended: each change is kept, and the figure is their sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import Enrolment, HourEntry
from lms.courses.services import hours
from lms.courses.services.progress import locked_enrolment
from tests.cast import Cast

MEETING = "meeting:7"


@pytest.fixture
def place(cast: Cast) -> Iterator[Enrolment]:
    with cast.app.app_context(), db.writing() as session:
        first = session.scalars(sa.select(Enrolment.id).order_by(Enrolment.id)).first()
        assert first is not None
        yield locked_enrolment(first)


def give(place: Enrolment, source: str, figure: str, reason: str = "") -> bool:
    return hours.grant(
        place,
        source,
        Decimal(figure),
        by=None,
        now=clock.now(),
        on=date(2026, 5, 14),
        reason=reason,
    )


def rows(place: Enrolment) -> list[Decimal]:
    statement = (
        sa.select(HourEntry.hours).where(HourEntry.enrolment_id == place.id).order_by(HourEntry.id)
    )
    return list(db.session().scalars(statement))


def test_two_meetings_and_the_office_add_up(place: Enrolment) -> None:
    give(place, MEETING, "3")
    give(place, "meeting:8", "2.50")
    give(place, hours.OFFICE, "1")
    assert place.hours_attended == Decimal("6.5")


def test_the_same_presence_written_twice_counts_once(place: Enrolment) -> None:
    assert give(place, MEETING, "3")
    assert not give(place, MEETING, "3")
    assert rows(place) == [Decimal(3)]


def test_a_presence_taken_back_leaves_both_rows(place: Enrolment) -> None:
    give(place, MEETING, "3")
    give(place, MEETING, "0", "ticked by mistake")
    assert rows(place) == [Decimal(3), Decimal(-3)]
    assert place.hours_attended == 0


def test_the_office_sets_a_total_beside_what_meetings_gave(place: Enrolment) -> None:
    give(place, MEETING, "3")
    hours.set_total(place, Decimal(5), by=None, now=clock.now(), reason="list of 14 May")
    assert rows(place) == [Decimal(3), Decimal(2)]
    hours.set_total(place, Decimal(1), by=None, now=clock.now(), reason="the list was wrong")
    assert place.hours_attended == Decimal(1)
    give(place, MEETING, "4")
    assert place.hours_attended == Decimal(2)
