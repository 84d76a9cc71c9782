"""What holds for one person: own terms win field by field, else the kindest of the groups'."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.quizzes.rules.overrides import Granted, Terms, dump_granted, parse_granted, terms_of
from lms.quizzes.rules.settings import QuizSettings

DAY = timedelta(days=1)
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
BASE = QuizSettings(attempts=3, time_limit=60)
NO_LIMIT = QuizSettings(attempts=None, time_limit=None)


def granted(**values) -> Granted:
    return Granted(named=frozenset(values), **values)


CASES = [
    pytest.param({}, {"time_limit": 60, "attempts": 3}, id="nothing granted: as the quiz says"),
    pytest.param({"settings": NO_LIMIT}, {"time_limit": None, "attempts": None}, id="no limits"),
    # attempts: own wins, else the most; without limit is the most of all
    pytest.param({"own": {"attempts": 5}}, {"attempts": 5}, id="own attempts"),
    pytest.param({"own": {"attempts": 1}}, {"attempts": 1}, id="own attempts, fewer"),
    pytest.param({"own": {"attempts": None}}, {"attempts": None}, id="own attempts without limit"),
    pytest.param({"groups": [{"attempts": 4}, {"attempts": 6}]}, {"attempts": 6}, id="most of two"),
    pytest.param(
        {"groups": [{"attempts": 4}, {"attempts": None}]}, {"attempts": None}, id="no limit wins"
    ),
    pytest.param(
        {"own": {"attempts": 2}, "groups": [{"attempts": 9}]},
        {"attempts": 2},
        id="own first",
    ),
    pytest.param({"groups": [{"attempts": 2}]}, {"attempts": 2}, id="a group may have fewer"),
    # time: minutes, or per cent added; a broken minute is a whole one
    pytest.param({"own": {"extra_percent": 25}}, {"time_limit": 75}, id="a quarter more"),
    pytest.param({"own": {"extra_percent": 33}}, {"time_limit": 80}, id="79.8 minutes are 80"),
    pytest.param({"own": {"time_limit": 90}}, {"time_limit": 90}, id="own minutes"),
    pytest.param(
        {"own": {"time_limit": 90, "extra_percent": 50}},
        {"time_limit": 135},
        id="both",
    ),
    pytest.param({"own": {"time_limit": None}}, {"time_limit": None}, id="no time limit at all"),
    pytest.param(
        {"groups": [{"extra_percent": 10}, {"extra_percent": 50}]}, {"time_limit": 90}, id="longest"
    ),
    pytest.param(
        {"groups": [{"time_limit": 80}, {"extra_percent": 50}]},
        {"time_limit": 90},
        id="longer",
    ),
    pytest.param(
        {"groups": [{"time_limit": None}, {"extra_percent": 50}]},
        {"time_limit": None},
        id="none",
    ),
    pytest.param(
        {"own": {"extra_percent": 50}, "groups": [{"time_limit": 100}]},
        {"time_limit": 150},
        id="own per cent lengthens the group's minutes",
    ),
    pytest.param(
        {"settings": NO_LIMIT, "own": {"extra_percent": 50}}, {"time_limit": None}, id="of nothing"
    ),
    # dates: the earliest opening, the latest close
    pytest.param(
        {"opens_at": NOON, "own": {"opens_at": NOON - DAY}},
        {"opens_at": NOON - DAY},
        id="own",
    ),
    pytest.param(
        {"opens_at": NOON, "groups": [{"opens_at": NOON + DAY}, {"opens_at": NOON - DAY}]},
        {"opens_at": NOON - DAY},
        id="earliest opening of two groups",
    ),
    pytest.param(
        {"closes_at": NOON, "groups": [{"closes_at": NOON + DAY}, {"closes_at": NOON + 2 * DAY}]},
        {"closes_at": NOON + 2 * DAY},
        id="latest close of two groups",
    ),
    pytest.param(
        {"closes_at": NOON, "groups": [{"closes_at": NOON + DAY}, {"closes_at": None}]},
        {"closes_at": None},
        id="never closing wins",
    ),
    pytest.param(
        {"closes_at": NOON, "own": {"closes_at": NOON - DAY}, "groups": [{"closes_at": None}]},
        {"closes_at": NOON - DAY},
        id="own close wins, though less kind",
    ),
    pytest.param(
        {"closes_at": NOON, "own": {"attempts": 5}, "groups": [{"closes_at": NOON + DAY}]},
        {"closes_at": NOON + DAY, "attempts": 5},
        id="field by field: what is not one's own comes from the group",
    ),
    # passwords: one's own alone, else every one of the groups', else the edition's
    pytest.param({"password": "e"}, {"passwords": ("e",)}, id="the edition's"),
    pytest.param({"password": "e", "own": {"password": "o"}}, {"passwords": ("o",)}, id="own"),
    pytest.param({"password": "e", "own": {"password": None}}, {"passwords": ()}, id="none asked"),
    pytest.param(
        {"password": "e", "groups": [{"password": "g"}, {"password": "h"}]},
        {"passwords": ("g", "h")},
        id="any group's opens",
    ),
    pytest.param(
        {"password": "e", "groups": [{"password": "g"}, {"password": None}]},
        {"passwords": ()},
        id="one group is asked none",
    ),
    pytest.param({}, {"passwords": ()}, id="no password anywhere"),
]


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_whose_terms_win(facts, expected):
    facts = dict(facts)
    found = terms_of(
        facts.pop("settings", BASE),
        own=granted(**facts.pop("own")) if "own" in facts else None,
        groups=[granted(**each) for each in facts.pop("groups", [])],
        **facts,
    )
    assert {name: getattr(found, name) for name in expected} == expected


def test_extra_attempts_are_told_beside():
    assert terms_of(BASE, extra_attempts=2) == Terms(attempts=3, time_limit=60, extra_attempts=2)


@pytest.mark.parametrize(
    "terms",
    [
        granted(),
        granted(attempts=None),
        granted(attempts=4, extra_percent=25, time_limit=None),
        granted(opens_at=NOON, closes_at=None, password="salt.digest"),
    ],
)
def test_terms_survive_being_stored(terms):
    assert parse_granted(dump_granted(terms)) == terms
