"""Moments in order, by month, with lasting keys; and the file that a calendar reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from lms.calendars.ical import to_ical
from lms.calendars.moments import Kind, Moment, by_month, in_order, sequence

SITE = "https://curs.example:8443"
CHANGED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MEETING = Moment(
    key="meeting-7",
    kind=Kind.MEETING,
    starts=datetime(2026, 5, 14, 7, 0, tzinfo=UTC),
    ends=datetime(2026, 5, 14, 10, 0, tzinfo=UTC),
    zone="Europe/Bucharest",
    title="Întâlnire: Limite; art. 6, pe înțelesul tuturor",
    course="Parteneriate",
    where="Sala de consiliu, etaj 1",
    note="Aduceți\nfișa",
    href="/learn/meetings",
    changed_at=CHANGED,
)
LAST = replace(
    MEETING,
    key="edition-1-ends",
    kind=Kind.ENDS,
    starts=date(2026, 12, 20),
    ends=None,
    title="Ultima zi: Ediția întâi",
    where="",
)


def parsed(*moments):
    data = to_ical(moments, name="Cursurile mele", site=SITE, locale="ro")
    return data, icalendar.Calendar.from_ical(data)


def test_a_meeting_comes_back_as_it_was_written():
    _data, calendar = parsed(MEETING)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == "meeting-7@curs.example"
    assert event["SUMMARY"] == MEETING.title
    assert event["LOCATION"] == MEETING.where
    assert event["DESCRIPTION"] == "Parteneriate\nAduceți\nfișa"
    assert event["URL"] == f"{SITE}/learn/meetings"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (MEETING.starts, MEETING.ends)
    assert event["DTSTART"].params["TZID"] == "Europe/Bucharest"
    assert event["DTSTART"].dt.hour == 10
    assert event["DTSTAMP"].dt == CHANGED
    assert event["SEQUENCE"] == sequence(CHANGED)
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "OPAQUE")


def test_lines_end_and_fold_as_the_standard_asks():
    data, _calendar = parsed(replace(MEETING, title="Î" * 200))
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert all(b"\n" not in line and len(line) <= 75 for line in lines)
    assert b"LOCATION:Sala de consiliu\\, etaj 1" in data


def test_the_zone_is_described_once_with_both_its_times():
    data, calendar = parsed(MEETING, replace(MEETING, key="meeting-8"))
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Bucharest"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert data.index(b"VTIMEZONE") < data.index(b"VEVENT")
    winter = replace(MEETING, starts=datetime(2026, 12, 1, 8, 0, tzinfo=UTC), ends=None)
    (event,) = parsed(winter)[1].walk("VEVENT")
    assert event["DTSTART"].dt.hour == 10
    assert "DTEND" not in event


def test_a_day_is_a_whole_day_and_takes_nobodys_time():
    data, calendar = parsed(LAST)
    (event,) = calendar.walk("VEVENT")
    assert b"DTSTART;VALUE=DATE:20261220" in data
    assert event["DTEND"].dt == date(2026, 12, 21)
    assert event["TRANSP"] == "TRANSPARENT"
    assert not calendar.walk("VTIMEZONE")


def test_a_cancelled_meeting_stays_and_says_so():
    (event,) = parsed(replace(MEETING, is_cancelled=True))[1].walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


def test_an_empty_calendar_is_a_calendar():
    _data, calendar = parsed()
    assert calendar["VERSION"] == "2.0"
    assert calendar["X-WR-CALNAME"] == "Cursurile mele"


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(days=4000)])
def test_a_later_change_has_a_higher_number(later):
    assert sequence(CHANGED + later) > sequence(CHANGED)
    assert sequence(CHANGED + later) < 2**31


def test_moments_stand_in_time_and_a_key_once():
    early = replace(LAST, key="a", starts=date(2026, 5, 14))
    found = in_order([LAST, MEETING, early, replace(MEETING, title="A doua oară")])
    assert [m.key for m in found] == ["a", "meeting-7", "edition-1-ends"]
    assert found[1].title == MEETING.title
    assert [(month, len(group)) for month, group in by_month(found)] == [
        (date(2026, 5, 1), 2),
        (date(2026, 12, 1), 1),
    ]


def test_a_day_passes_with_its_last_minute_and_a_meeting_with_its_end():
    assert not LAST.is_over(datetime(2026, 12, 20, 21, 59, tzinfo=UTC))
    assert LAST.is_over(datetime(2026, 12, 20, 22, 0, tzinfo=UTC))
    assert not MEETING.is_over(datetime(2026, 5, 14, 9, 59, tzinfo=UTC))
    assert MEETING.is_over(datetime(2026, 5, 14, 10, 0, tzinfo=UTC))
