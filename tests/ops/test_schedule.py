"""When a backup is due, and which are kept: tables of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.backup.schedule import Rule, is_due, last_moment, read_rule, to_keep

ZONE = "Europe/Bucharest"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "good", "tried", "due"),
    [
        pytest.param(at(22, 0, 30), None, None, True, id="a site without any is due at once"),
        pytest.param(at(22, 0, 30), at(21, 1, 0), None, False, id="before the hour it is not"),
        pytest.param(at(22, 1, 0), at(21, 1, 0), None, True, id="at 3 in Bucharest it is"),
        pytest.param(at(22, 9), at(22, 1, 1), None, False, id="made today, it is not"),
        pytest.param(at(22, 9), at(22, 0, 59), None, True, id="made by hand before, it is"),
        pytest.param(at(22, 9), at(21, 1), at(22, 8, 30), False, id="a failure rests an hour"),
        pytest.param(at(22, 9), at(21, 1), at(22, 8, 0), True, id="and is tried again"),
        pytest.param(at(22, 9), at(10, 1), None, True, id="days that the machine was off are one"),
    ],
)
def test_a_backup_is_due(now, good, tried, due):
    assert is_due(now, hour=3, zone=ZONE, last_good=good, last_tried=tried) is due


def test_the_hour_is_the_clocks_in_summer_and_winter():
    assert last_moment(at(22, 12, month=7), 3, ZONE) == at(22, 0, month=7)
    assert last_moment(at(22, 12), 3, ZONE) == at(22, 1)


def test_one_of_each_of_the_last_days_weeks_and_months_is_kept():
    first = at(1, 1, month=1)
    daily = [first + timedelta(days=n) for n in range(325)]
    kept = sorted(to_keep(daily, Rule(7, 5, 12), ZONE), reverse=True)
    assert kept[:7] == daily[:-8:-1]
    assert len(kept) <= 7 + 5 + 12
    months = {k.astimezone(UTC).strftime("%Y-%m") for k in kept}
    assert len(months) == 11


def test_the_newest_is_kept_by_any_rule_and_of_one_day_the_newest():
    times = [at(22, 1), at(22, 5), at(22, 9)]
    assert to_keep(times, Rule(1, 0, 0), ZONE) == {at(22, 9)}
    assert to_keep([], Rule(1, 0, 0), ZONE) == set()


@pytest.mark.parametrize("text", ["", "7", "7 days", "0d 0w", "x", "-1d"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError):
        read_rule(text)


def test_a_rule_is_read():
    assert read_rule("7d 5w 12m") == Rule(7, 5, 12)
    assert read_rule("30d") == Rule(30, 0, 0)
