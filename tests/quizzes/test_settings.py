"""A quiz's settings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lms.quizzes.rules.grading import Method
from lms.quizzes.rules.settings import (
    Fault,
    FeedbackTime,
    InvalidSettings,
    Layout,
    QuizSettings,
    SettingFault,
    dump_settings,
    parse_settings,
)

FULL = {
    "pass_mark": "66.67",
    "attempts": 5,
    "draw": 8,
    "shuffle_questions": False,
    "shuffle_options": False,
    "feedback": "after_close",
    "time_limit": 45,
    "layout": "one",
    "method": "average",
}


def test_what_is_not_named_keeps_its_default():
    assert parse_settings({}) == QuizSettings()


def test_a_quiz_may_have_no_pass_mark_but_never_an_empty_one():
    assert parse_settings({"pass_mark": "none"}).pass_mark is None
    for empty in (None, "", "nothing"):
        with pytest.raises(InvalidSettings):
            parse_settings({"pass_mark": empty})


def test_every_setting_is_read():
    assert parse_settings(FULL) == QuizSettings(
        pass_mark=Decimal("66.67"),
        attempts=5,
        draw=8,
        shuffle_questions=False,
        shuffle_options=False,
        feedback=FeedbackTime.AFTER_CLOSE,
        time_limit=45,
        layout=Layout.ONE,
        method=Method.AVERAGE,
    )


@pytest.mark.parametrize("values", [{}, FULL, {"attempts": None}, {"pass_mark": "none"}])
def test_settings_survive_being_stored(values):
    settings = parse_settings(values)
    assert parse_settings(dump_settings(settings)) == settings


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("pass_mark", 70, Decimal(70)),
        ("pass_mark", 66.5, Decimal("66.5")),
        ("pass_mark", "70 %", Decimal(70)),
        ("attempts", "unlimited", None),
        ("attempts", "3", 3),
        ("time_limit", None, None),
    ],
)
def test_ways_to_write_a_setting(name, value, read):
    assert getattr(parse_settings({name: value}), name) == read


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("pass_mark", 101, SettingFault.OUT_OF_RANGE),
        ("pass_mark", -1, SettingFault.OUT_OF_RANGE),
        ("pass_mark", "NaN", SettingFault.OUT_OF_RANGE),
        ("pass_mark", "mult", SettingFault.NOT_A_NUMBER),
        ("pass_mark", True, SettingFault.NOT_A_NUMBER),
        ("pass_mark", None, SettingFault.NOT_A_NUMBER),
        ("attempts", 0, SettingFault.OUT_OF_RANGE),
        ("attempts", 101, SettingFault.OUT_OF_RANGE),
        ("attempts", 2.5, SettingFault.NOT_A_WHOLE_NUMBER),
        ("attempts", True, SettingFault.NOT_A_WHOLE_NUMBER),
        ("attempts", [3], SettingFault.NOT_A_WHOLE_NUMBER),
        ("draw", -8, SettingFault.OUT_OF_RANGE),
        ("time_limit", 100_000, SettingFault.OUT_OF_RANGE),
        ("shuffle_options", "da", SettingFault.NOT_YES_OR_NO),
        ("shuffle_questions", 1, SettingFault.NOT_YES_OR_NO),
        ("feedback", "always", SettingFault.NOT_A_CHOICE),
        ("layout", None, SettingFault.NOT_A_CHOICE),
        ("method", "worst", SettingFault.NOT_A_CHOICE),
        ("colour", "red", SettingFault.UNKNOWN_SETTING),
    ],
)
def test_a_wrong_setting_is_named_with_its_reason(name, value, reason):
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({name: value})
    assert refused.value.faults == (Fault(name, reason),)


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({"draw": 0, "layout": "two", "pass_mark": 50})
    assert [fault.field for fault in refused.value.faults] == ["draw", "layout"]
