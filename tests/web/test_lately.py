"""Times as people say them: today and yesterday by name, in tables short."""

from datetime import UTC, datetime

import pytest

from lms import clock
from lms.web.i18n import speech

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 30, 7, 5, tzinfo=UTC), "azi, ora 09:05"),
        (datetime(2026, 11, 29, 22, 30, tzinfo=UTC), "azi, ora 00:30"),  # in Bucharest
        (datetime(2026, 11, 29, 8, 0, tzinfo=UTC), "ieri, ora 10:00"),
        (datetime(2026, 11, 28, 8, 0, tzinfo=UTC), "28 noiembrie 2026, ora 10:00"),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "1 decembrie 2026, ora 10:00"),
    ],
)
def test_today_and_yesterday_are_called_so(
    monkeypatch: pytest.MonkeyPatch, at: datetime, said: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert speech("ro").lately(at) == said


def test_a_table_has_a_short_time_and_a_diary_the_day_s_name() -> None:
    assert speech("ro").stamp(NOW) == "30.11.2026, 10:00"
    assert speech("ro").week_day(NOW) == "luni, 30 noiembrie 2026"
    assert speech("en").week_day(NOW) == "Monday, 30 November 2026"
