"""Whether an edition reaches its target: the rule for one person, and for all together."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.participants.forecast import Forecast, Risk, Way, forecast, outlook

TODAY = date(2026, 5, 11)
ENDS = date(2026, 6, 30)  # fifty days later
OLD = date(2026, 3, 2)
WAY = Way(enrolment_id=1, enrolled_on=OLD, begun_on=OLD, steps_left=20, recent_steps=28)


@pytest.mark.parametrize(
    ("way", "risk", "expected_on"),
    [
        pytest.param(WAY, None, TODAY + timedelta(20), id="one step a day, twenty left"),
        pytest.param(
            replace(WAY, steps_left=50), None, ENDS, id="who just makes the last day is at no risk"
        ),
        pytest.param(
            replace(WAY, steps_left=51),
            Risk.TOO_SLOW,
            ENDS + timedelta(1),
            id="a day later is too slow",
        ),
        pytest.param(
            replace(WAY, completed_on=date(2026, 4, 1), is_blocked=True),
            None,
            date(2026, 4, 1),
            id="who has completed is done, whatever else",
        ),
        pytest.param(
            replace(WAY, is_blocked=True), Risk.BLOCKED, None, id="no attempt left comes first"
        ),
        pytest.param(
            replace(WAY, is_in=False, recent_steps=0), Risk.NEVER_IN, None, id="never signed in"
        ),
        pytest.param(replace(WAY, is_quiet=True), Risk.QUIET, None, id="nothing for 14 days"),
        pytest.param(
            replace(WAY, recent_steps=0), Risk.NOT_BEGUN, None, id="came in, and did not begin"
        ),
        pytest.param(
            replace(WAY, is_in=False, recent_steps=0, enrolled_on=TODAY - timedelta(13)),
            None,
            ENDS,
            id="who came thirteen days ago is at no risk yet",
        ),
        pytest.param(
            replace(WAY, is_in=False, recent_steps=0, enrolled_on=TODAY - timedelta(14)),
            Risk.NEVER_IN,
            None,
            id="a day later the rule holds",
        ),
        pytest.param(
            replace(WAY, steps_left=0, recent_steps=0, is_quiet=True),
            None,
            ENDS,
            id="who waits for hours or for the registrar's word has done the own part",
        ),
        pytest.param(
            replace(WAY, begun_on=TODAY - timedelta(7), recent_steps=7),
            None,
            TODAY + timedelta(20),
            id="who began last week is measured over a week",
        ),
        pytest.param(
            replace(WAY, begun_on=TODAY, recent_steps=7),
            None,
            TODAY + timedelta(20),
            id="a busy first day is no pace for ever",
        ),
    ],
)
def test_what_is_to_be_expected_of_one_person(
    way: Way, risk: Risk | None, expected_on: date | None
) -> None:
    found = outlook(way, today=TODAY, ends_on=ENDS)
    assert (found.risk, found.expected_on) == (risk, expected_on)


def test_after_the_last_day_everybody_who_has_not_completed_is_late() -> None:
    found = outlook(replace(WAY, steps_left=0), today=ENDS + timedelta(1), ends_on=ENDS)
    assert found.risk is Risk.OVER


def together(target: int | None) -> Forecast:
    done = [replace(WAY, enrolment_id=n, completed_on=date(2026, 5, 1)) for n in range(97)]
    going = [replace(WAY, enrolment_id=n) for n in range(97, 149)]
    slow = [replace(WAY, enrolment_id=n, steps_left=400) for n in range(149, 156)]
    away = [replace(WAY, enrolment_id=n, is_in=False, recent_steps=0) for n in range(156, 160)]
    ways = [*done, *going, *slow, *away]
    return forecast(ways, starts_on=OLD, ends_on=ENDS, today=TODAY, target=target)


def test_all_together_are_counted_against_the_target() -> None:
    found = together(152)
    assert (found.people, found.completed, found.expected) == (160, 97, 149)
    assert len(found.at_risk) == 11
    assert found.risks == {Risk.TOO_SLOW: 7, Risk.NEVER_IN: 4}
    assert not found.is_reached
    assert together(149).is_reached
    assert not together(None).is_reached  # without a target everybody counts


def test_the_curves_never_fall_and_meet_today() -> None:
    found = together(152)
    people = [p.people for p in (*found.so_far, *found.to_come)]
    assert people == sorted(people)
    assert found.so_far[0].day == OLD
    assert (found.so_far[-1].day, found.so_far[-1].people) == (TODAY, 97)
    assert (found.to_come[0].day, found.to_come[0].people) == (TODAY, 97)
    assert (found.to_come[-1].day, found.to_come[-1].people) == (ENDS, 149)
    assert len(people) < 60


def test_an_edition_without_people_has_no_forecast_to_fear() -> None:
    found = forecast([], starts_on=TODAY, ends_on=TODAY, today=TODAY, target=None)
    assert (found.people, found.expected, found.is_reached) == (0, 0, True)
