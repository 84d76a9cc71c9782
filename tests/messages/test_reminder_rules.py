"""Who is due which reminder, and when they may go out: tables of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.messages.reminder_rules import (
    MOST,
    Due,
    Hours,
    Kind,
    Sent,
    Silence,
    Situation,
    count_silences,
    decide,
    may_send,
    quiet_begins,
)

TODAY = date(2026, 5, 4)  # a Monday
ALL = {
    Kind.NEVER_IN: 5,
    Kind.MODULE_OPEN: 14,
    Kind.END_OPEN: 3,
    Kind.QUIET: 14,
    Kind.NAME_OPEN: 7,
}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


LEARNS = Situation(
    silence=None,
    has_signed_in=True,
    invited_on=ago(60),
    last_active_on=ago(1),
    ends_on=date(2026, 12, 20),
    has_open_module=True,
    has_open_end=False,
    has_open_name=False,
    is_completed=False,
)
INVITED = replace(LEARNS, has_signed_in=False, invited_on=ago(5), last_active_on=None)
DONE = replace(LEARNS, is_completed=True, has_open_module=False, last_active_on=ago(50))
QUIET = replace(LEARNS, last_active_on=ago(14))


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        pytest.param(LEARNS, Silence.NOT_DUE, id="who learns is left alone"),
        pytest.param(INVITED, Due(Kind.NEVER_IN, ":1"), id="five days after the invitation"),
        pytest.param(replace(INVITED, invited_on=ago(4)), Silence.NOT_DUE, id="four days after"),
        pytest.param(replace(INVITED, invited_on=None), Silence.NOT_DUE, id="never invited"),
        pytest.param(
            replace(INVITED, sent=[Sent(Kind.NEVER_IN, ":1", ago(4))]),
            Silence.NOT_DUE,
            id="reminded four days ago",
        ),
        pytest.param(
            replace(INVITED, sent=[Sent(Kind.NEVER_IN, ":1", ago(5))]),
            Due(Kind.NEVER_IN, ":2"),
            id="again after as many days",
        ),
        pytest.param(
            replace(
                INVITED, sent=[Sent(Kind.NEVER_IN, f":{n + 1}", ago(30 - n)) for n in range(MOST)]
            ),
            Silence.NOT_DUE,
            id="three times at most",
        ),
        pytest.param(QUIET, Due(Kind.QUIET, f"{ago(14)}:1"), id="quiet for fourteen days"),
        pytest.param(
            replace(QUIET, last_active_on=ago(13)), Silence.NOT_DUE, id="quiet for thirteen"
        ),
        pytest.param(
            replace(
                QUIET, sent=[Sent(Kind.QUIET, f"{ago(90)}:{n}", ago(80 - n)) for n in (1, 2, 3)]
            ),
            Due(Kind.QUIET, f"{ago(14)}:1"),
            id="a new silence is counted anew",
        ),
        pytest.param(
            replace(LEARNS, ends_on=TODAY + timedelta(days=14)),
            Due(Kind.MODULE_OPEN, f"{TODAY}:1"),
            id="a module open fourteen days before the end",
        ),
        pytest.param(
            replace(LEARNS, ends_on=TODAY + timedelta(days=15)), Silence.NOT_DUE, id="fifteen days"
        ),
        pytest.param(
            replace(
                LEARNS,
                ends_on=TODAY + timedelta(days=10),
                sent=[Sent(Kind.MODULE_OPEN, f"{ago(4)}:1", ago(4))],
            ),
            Silence.NOT_DUE,
            id="of the end once",
        ),
        pytest.param(
            replace(LEARNS, has_open_module=False, has_open_end=True, last_active_on=ago(3)),
            Due(Kind.END_OPEN, ":1"),
            id="only the final test is open",
        ),
        pytest.param(
            replace(LEARNS, has_open_name=True, last_active_on=ago(7)),
            Due(Kind.NAME_OPEN, ":1"),
            id="the name isn't confirmed",
        ),
        pytest.param(DONE, Silence.COMPLETED, id="never to who completed"),
        pytest.param(
            replace(DONE, has_open_name=True),
            Due(Kind.NAME_OPEN, ":1"),
            id="but of the name, that the certificate waits for",
        ),
        pytest.param(
            replace(QUIET, ends_on=TODAY - timedelta(days=1)), Silence.OVER, id="after the end"
        ),
        pytest.param(replace(QUIET, was_sent_today=True), Silence.TODAY, id="one a day"),
        *(
            pytest.param(replace(INVITED, silence=why), why, id=f"never to {why.value}")
            for why in (
                Silence.WITHDRAWN,
                Silence.SUSPENDED,
                Silence.STOPPED,
                Silence.NO_ADDRESS,
                Silence.SHARED_ADDRESS,
            )
        ),
    ],
)
def test_what_is_due(situation: Situation, expected: Due | Silence) -> None:
    assert decide(situation, ALL, TODAY) == expected


def test_a_rule_that_is_off_reminds_nobody() -> None:
    assert decide(QUIET, {}, TODAY) is Silence.NOT_DUE
    assert decide(QUIET, {Kind.NEVER_IN: 1}, TODAY) is Silence.NOT_DUE


def test_over_a_year_nobody_gets_two_a_day_nor_one_thing_more_than_three_times() -> None:
    place, got = replace(INVITED, ends_on=TODAY + timedelta(days=365)), []
    for day in (TODAY + timedelta(days=n) for n in range(365)):
        one = decide(place, ALL, day)
        if isinstance(one, Due):
            got.append((day, one))
            place = replace(place, sent=[*place.sent, Sent(one.kind, one.occasion, day)])
    assert [due.occasion for _day, due in got] == [":1", ":2", ":3"]
    assert len({day for day, _due in got}) == len(got)


ZONE = ZoneInfo("Europe/Bucharest")


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        (Hours(), "2026-05-04 08:00", True),
        (Hours(), "2026-05-04 07:59", False),
        (Hours(), "2026-05-04 19:59", True),
        (Hours(), "2026-05-04 20:00", False),
        (Hours(), "2026-05-02 12:00", False),  # a Saturday
        (Hours(on_weekends=True), "2026-05-02 12:00", True),
        (Hours(on_weekends=True), "2026-05-03 23:00", False),
        (Hours(12, 14), "2026-05-04 13:00", False),
        (Hours(12, 14), "2026-05-04 14:00", True),
        (Hours(0, 0), "2026-05-04 03:00", True),
    ],
)
def test_reminders_rest_at_night_and_on_weekends(hours: Hours, at: str, expected: bool) -> None:
    assert may_send(hours, datetime.fromisoformat(at).replace(tzinfo=ZONE)) is expected


@pytest.mark.parametrize(
    ("hours", "at", "ends"),
    [
        (Hours(), "2026-05-04 09:30", "2026-05-04 20:00"),
        (Hours(0, 0), "2026-05-04 09:30", "2026-05-05 00:00"),
        (Hours(12, 14), "2026-05-04 09:30", "2026-05-04 12:00"),
        (Hours(12, 14), "2026-05-04 15:00", "2026-05-05 00:00"),
        (Hours(), "2026-03-28 09:30", "2026-03-28 20:00"),
    ],
)
def test_a_reminder_is_worthless_when_the_quiet_hours_begin(
    hours: Hours, at: str, ends: str
) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    assert quiet_begins(hours, local) == datetime.fromisoformat(ends).replace(tzinfo=ZONE)


def test_silences_are_counted_in_the_order_of_the_reasons() -> None:
    found = [Silence.NOT_DUE, Due(Kind.QUIET, "x:1"), Silence.WITHDRAWN, Silence.NOT_DUE]
    assert list(count_silences(found).items()) == [(Silence.WITHDRAWN, 1), (Silence.NOT_DUE, 2)]
