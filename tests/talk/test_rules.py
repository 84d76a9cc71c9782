"""How often one writes, and when a mail goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.messages.reminder_rules import Hours
from lms.talk.rules import MOST_IN_A_DAY, MOST_IN_A_WHILE, goes_at, may_write

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
BUCHAREST = ZoneInfo("Europe/Bucharest")


def test_a_sixth_text_within_ten_minutes_waits() -> None:
    times = [NOW - timedelta(minutes=n) for n in range(MOST_IN_A_WHILE)]
    assert not may_write(times, NOW)
    assert may_write(times[1:], NOW)
    assert may_write(times, NOW + timedelta(minutes=10))


def test_a_day_has_its_end_too() -> None:
    times = [NOW - timedelta(minutes=11 * n) for n in range(1, MOST_IN_A_DAY + 1)]
    assert not may_write(times, NOW)
    assert may_write(times, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        pytest.param((2026, 5, 14, 9, 30), (2026, 5, 14, 9, 30), id="by day at once"),
        pytest.param((2026, 5, 14, 20, 30), (2026, 5, 15, 5, 0), id="at night in the morning"),
        pytest.param((2026, 5, 15, 18, 0), (2026, 5, 18, 5, 0), id="on Friday night on Monday"),
        pytest.param((2026, 3, 27, 19, 0), (2026, 3, 30, 5, 0), id="summer time begins meanwhile"),
        pytest.param((2026, 10, 23, 19, 0), (2026, 10, 26, 6, 0), id="summer time ends meanwhile"),
    ],
)
def test_a_mail_waits_for_the_end_of_the_rest(now: tuple[int, ...], goes: tuple[int, ...]) -> None:
    asked, expected = datetime(*now, tzinfo=UTC), datetime(*goes, tzinfo=UTC)  # type: ignore[misc]
    assert goes_at(Hours(), asked, BUCHAREST) == expected


def test_without_rest_it_goes_at_once() -> None:
    hours = Hours(quiet_from=8, quiet_to=8, on_weekends=True)
    night = datetime(2026, 5, 16, 23, 0, tzinfo=UTC)
    assert goes_at(hours, night, BUCHAREST) == night
