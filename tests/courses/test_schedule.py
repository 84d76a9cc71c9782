"""What is open when: days, orders, and who goes on all the same. Tables, no store."""

from __future__ import annotations

from datetime import date

import pytest

from lms.courses.completion import Condition, CoursePlan, Evidence, Kind, ModulePlan
from lms.courses.schedule import Closed, closed_modules, days_of

DAY = date(2027, 1, 15)
EVE = date(2027, 1, 14)
ONE = ModulePlan(1, (11,), ())
TWO = ModulePlan(2, (21,), ())
THREE = ModulePlan(3, (31,), (), after=1)
READ = Condition(1, Kind.LESSONS_READ)
DAYS = {2: DAY}


def plan(*modules, in_order=False, **more) -> CoursePlan:
    return CoursePlan(modules or (ONE, TWO), (READ,), in_order=in_order, **more)


def evidence(read=(), **more) -> Evidence:
    return Evidence(lessons_read=set(read), activities_done=set(), **more)


def closed(course, shown, *, days=None, today=EVE):
    return closed_modules(course, shown, days=DAYS if days is None else days, today=today)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(EVE, {2: Closed(on=DAY)}, id="the day before"),
        pytest.param(DAY, {}, id="on its day"),
        pytest.param(date(2027, 1, 16), {}, id="the day after"),
    ],
)
def test_a_module_opens_with_its_day(today, expected):
    assert closed(plan(), evidence(), today=today) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(evidence(), {2: Closed(after=1, on=DAY)}, id="the one before is not complete"),
        pytest.param(
            evidence([11]), {2: Closed(on=DAY)}, id="it is complete, the day has not come"
        ),
        pytest.param(evidence(modules_begun={2}), {}, id="whoever has begun it goes on"),
        pytest.param(evidence([11], modules_complete={2}), {}, id="and whoever completed it"),
    ],
)
def test_order_and_day_are_both_waited_for(shown, expected):
    assert closed(plan(in_order=True), shown) == expected


def test_once_the_day_has_come_the_order_still_holds():
    assert closed(plan(in_order=True), evidence(), today=DAY) == {2: Closed(after=1)}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(evidence(), {3: Closed(after=1)}, id="not complete"),
        pytest.param(evidence([11]), {}, id="complete"),
        pytest.param(evidence(modules_complete={1}), {}, id="complete once"),
        pytest.param(evidence(modules_begun={3}), {}, id="begun before that was asked"),
    ],
)
def test_a_module_waits_for_another_one(shown, expected):
    assert closed(plan(ONE, TWO, THREE), shown, days={}) == expected


def test_a_module_that_the_course_has_not_is_not_waited_for():
    assert closed(plan(TWO, THREE), evidence(), days={}) == {}


def test_what_a_module_waits_for_itself_is_named_before_its_place_in_the_order():
    course = plan(ONE, TWO, THREE, in_order=True)
    assert closed(course, evidence(), days={}) == {2: Closed(after=1), 3: Closed(after=1)}
    last = ModulePlan(4, (41,), ())
    assert closed(plan(ONE, TWO, last, in_order=True), evidence(), days={}) == {
        2: Closed(after=1),
        4: Closed(after=2),  # the one before it, not the first of all that are missing
    }
    assert closed(course, evidence([11]), days={}) == {3: Closed(after=2)}


def test_a_test_at_the_start_comes_before_all_and_the_day_is_still_told():
    course = plan(start=("test:1",))
    expected = {1: Closed(start="test:1"), 2: Closed(start="test:1", on=DAY)}
    assert closed(course, evidence()) == expected


@pytest.mark.parametrize(
    ("edition", "expected"),
    [
        pytest.param({}, {1: DAY}, id="the course's days"),
        pytest.param({"m1": "2027-02-01"}, {1: date(2027, 2, 1)}, id="a day of its own"),
        pytest.param({"m1": ""}, {}, id="no day here"),
        pytest.param(
            {"m2": "2027-02-01"}, {1: DAY, 2: date(2027, 2, 1)}, id="a day where none was"
        ),
        pytest.param({"m9": "2027-02-01"}, {1: DAY}, id="a module that is not there"),
    ],
)
def test_an_editions_days_come_before_the_courses(edition, expected):
    assert days_of({"m1": DAY, "m2": None}, edition, {"m1": 1, "m2": 2}) == expected
