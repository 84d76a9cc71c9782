"""Codes, times and hours."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lms.meetings.presence_sheet import CellFault, columns_of, read_row
from lms.meetings.rules import (
    CODE_SIGNS,
    Moment,
    hours_between,
    make_code,
    moment_of,
    read_code,
    read_hours,
    shown_code,
)
from tests.meetings.meeting import ENDS, STARTS


def test_a_code_has_six_signs_that_nobody_mistakes():
    code = make_code(bytes(range(12)))
    assert len(code) == 6
    assert set(code) <= set(CODE_SIGNS)
    assert not set("AEIOU015L2S") & set(CODE_SIGNS)


@pytest.mark.parametrize("typed", ["BCD-346", " bcd 346 ", "b c d 3 4 6", "BCD346"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "BCD346"
    assert shown_code("BCD346") == "BCD 346"


@pytest.mark.parametrize(
    ("minutes", "moment"),
    [
        pytest.param(-16, Moment.EARLY, id="a minute too early"),
        pytest.param(-15, Moment.OPEN, id="as early as it may be"),
        pytest.param(195, Moment.OPEN, id="as late as it may be"),
        pytest.param(196, Moment.LATE, id="a minute too late"),
    ],
)
def test_a_code_is_taken_from_a_little_before_until_a_little_after(minutes, moment):
    assert moment_of(STARTS + timedelta(minutes=minutes), STARTS, ENDS, 15) is moment


def test_hours_are_what_the_clock_says():
    assert hours_between(STARTS, ENDS) == Decimal(3)
    assert hours_between(STARTS, STARTS + timedelta(minutes=100)) == Decimal("1.67")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2,5", "2.5"), ("2.5", "2.5"), (" 3 ", "3"), ("", None), ("-1", None), ("2,555", None)],
)
def test_hours_are_read_the_romanian_and_the_english_way(text, hours):
    assert read_hours(text) == (None if hours is None else Decimal(hours))


HEADINGS = ("Nume", "Prenume", "Prezent", "Ore", "Observații")


@pytest.mark.parametrize(
    ("cells", "hours", "fault"),
    [
        pytest.param(["A", "B", "da", ""], "3", None, id="yes is the whole meeting"),
        pytest.param(["A", "B", "X", "1,5"], "1.5", None, id="hours where they are written"),
        pytest.param(["A", "B", "", "2"], "2", None, id="hours alone"),
        pytest.param(["A", "B", "nu", "3"], "0", None, id="no is no, whatever the hours"),
        pytest.param(["A", "B", "", ""], None, None, id="nothing said"),
        pytest.param(["A", "B", "poate", ""], None, CellFault.NOT_YES_OR_NO, id="perhaps"),
        pytest.param(["A", "B", "da", "multe"], None, CellFault.NOT_HOURS, id="no number"),
        pytest.param(["A", "B", "da", "4"], None, CellFault.TOO_MANY_HOURS, id="more than all"),
    ],
)
def test_a_row_says_for_how_long_somebody_was_there(cells, hours, fault):
    columns = columns_of(HEADINGS)
    assert columns.is_usable
    assert columns.ignored == ("Observații",)
    row = read_row(2, cells, columns, whole=Decimal(3))
    assert row.hours == (None if hours is None else Decimal(hours))
    assert row.fault is fault


@pytest.mark.parametrize("headings", [("Nume", "Prenume"), ("Prezent", "Ore"), ("Nume", "Prezent")])
def test_a_list_without_who_or_without_presence_is_no_use(headings):
    assert not columns_of(headings).is_usable
