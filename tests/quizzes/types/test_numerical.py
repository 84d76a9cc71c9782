"""Numbers: three kinds of tolerance, units that convert, and what a unit's fault costs."""

from __future__ import annotations

import pytest

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.protocol import InvalidQuestion, InvalidResponse, ResponseNotice
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.types.cases import earned, near, question

MOODLE = "quiz-rules 1, numerical"


def numerical(value="100", tolerance="0", kind="nominal", **fields):
    answer = {"value": value, "tolerance": tolerance, "tolerance_kind": kind}
    return question("numerical", answers=[answer], **fields)


TOLERANCES = [
    ("nominal", "100", "5", "105", "1"),
    ("nominal", "100", "5", "95", "1"),
    ("nominal", "100", "5", "105,01", "0"),
    ("nominal", "0", "0.5", "-0,5", "1"),
    ("nominal", "100", "0", "100,0", "1"),
    ("relative", "100", "0.05", "95", "1"),
    ("relative", "100", "0.05", "94,99", "0"),
    ("relative", "-200", "0.1", "-220", "1"),
    ("relative", "-200", "0.1", "-180", "1"),
    ("relative", "0", "0.5", "0", "1"),
    ("relative", "0", "0.5", "0,1", "0"),
    ("geometric", "100", "0.25", "125", "1"),
    ("geometric", "100", "0.25", "80", "1"),
    ("geometric", "100", "0.25", "79,9", "0"),
    ("geometric", "100", "0.25", "125,1", "0"),
    ("geometric", "100", "1", "50", "1"),
    ("geometric", "100", "1", "200", "1"),
    ("geometric", "-100", "0.25", "-80", "1"),
    ("geometric", "-100", "0.25", "-125", "1"),
    ("geometric", "-100", "0.25", "80", "0"),
    ("geometric", "0", "0.25", "0", "1"),
]


@pytest.mark.parametrize(("kind", "value", "tolerance", "typed", "expected"), TOLERANCES)
def test_a_tolerance_holds(kind, value, tolerance, typed, expected):
    asked = numerical(value, tolerance, kind)
    assert near(earned(asked, {"text": typed}), expected), f"{MOODLE}: {kind}"


OTHERS = [{"name": "mii lei", "factor": "1000"}, {"name": "euro", "factor": "5"}]
TYPED = {"unit": "lei", "unit_rule": "typed", "other_units": OTHERS, "unit_penalty": "0.2"}
LIST = {**TYPED, "unit_rule": "list"}
OF_QUESTION = {"penalty_of": "question"}
UNITS = [
    ({"unit": "lei"}, {"text": "5000"}, "1", "optional: may be left out"),
    ({"unit": "lei"}, {"text": "5000 lei"}, "1", "optional: may be typed"),
    ({"unit": "lei"}, {"text": "5000 ore"}, "0", "optional: another unit is another answer"),
    ({"unit": "lei", "other_units": OTHERS}, {"text": "5 mii lei"}, "1", "converted"),
    ({"unit": "lei", "other_units": OTHERS}, {"text": "1000 euro"}, "1", "converted"),
    (TYPED, {"text": "5000 lei"}, "1", "typed as asked"),
    (TYPED, {"text": "5.000 RON"}, "1", "a usual word for it"),
    (TYPED, {"text": "1000 euro"}, "1", "typed, converted"),
    (TYPED, {"text": "5000"}, "0.8", "missing: f - p f"),
    (TYPED, {"text": "5000 ore"}, "0.8", "wrong: f - p f"),
    (TYPED, {"text": "5001 lei"}, "0", "a wrong number stays wrong"),
    (TYPED, {"text": "5000 euro"}, "0", "another unit is another amount"),
    ({**TYPED, **OF_QUESTION}, {"text": "5000"}, "0.8", "missing: f - p"),
    ({**TYPED, "unit_penalty": "1"}, {"text": "5000"}, "0", "floor 0"),
    (LIST, {"text": "5000", "unit": "lei"}, "1", "chosen"),
    (LIST, {"text": "1000", "unit": "euro"}, "1", "chosen, converted"),
    (LIST, {"text": "5000", "unit": "euro"}, "0", "chosen wrongly"),
    (LIST, {"text": "5000"}, "0.8", "none chosen"),
    (LIST, {"text": "5000 lei", "unit": "lei"}, "1", "chosen and typed"),
    (LIST, {"unit": "lei"}, "0", "no number"),
]


@pytest.mark.parametrize(("fields", "payload", "expected", "why"), UNITS)
def test_a_unit_counts(fields, payload, expected, why):
    assert near(earned(numerical("5000", **fields), payload), expected), f"{MOODLE}, units: {why}"


def test_the_penalty_of_the_question_is_taken_from_half_an_answer_whole():
    half = [{"value": "1", "fraction": "1"}, {"value": "2", "fraction": "0.5"}]
    common = {"unit": "lei", "unit_rule": "typed", "unit_penalty": "0.2"}
    of_response = question("numerical", answers=half, **common)
    of_question = question("numerical", answers=half, **common, **OF_QUESTION)
    assert near(earned(of_response, {"text": "2"}), "0.4")
    assert near(earned(of_question, {"text": "2"}), "0.3")


def test_a_missing_unit_is_told_while_it_can_be_mended():
    asked = numerical("5000", **TYPED)
    assert rules_for(asked).notice(asked, {"text": "5000"}) is ResponseNotice.NO_UNIT
    assert rules_for(asked).notice(asked, {"text": "5000 lei"}) is None


def test_a_unit_is_chosen_from_the_list_alone():
    asked = numerical("5000", **LIST)
    rules = rules_for(asked)
    assert rules.public(asked, ())["units"] == ["euro", "lei", "mii lei"]
    form = {"value": ["5"], "unit": ["mii lei"]}
    assert rules.read_response(asked, form) == {"text": "5", "unit": "mii lei"}
    assert rules.response_text(asked, {"text": "5", "unit": "mii lei"}) == ("5 mii lei",)
    assert not rules.is_answered(asked, {"text": "5"})
    with pytest.raises(InvalidResponse):
        rules.read_response(asked, {"value": ["5"], "unit": ["ore"]})


@pytest.mark.parametrize(
    "fields",
    [
        {"unit_rule": "typed"},
        {"unit": "lei", "unit_rule": "list"},
        {"unit": "lei", "other_units": [{"name": "lei", "factor": "1"}]},
        {"unit": "lei", "unit_rule": "typed", "unit_penalty": "2"},
    ],
)
def test_units_that_make_no_sense_are_refused(fields):
    with pytest.raises(InvalidQuestion):
        numerical(**fields)


def test_a_file_says_what_is_asked_of_the_unit():
    read = read_gift(
        "// [id:n] [unit:lei] [unit-rule:typed] [unit-penalty:20% of question]\n"
        "// [other-unit:mii lei = 1000]\nCât? {#5000:/10%}"
    )
    assert not read.problems
    asked = read.items[0].question
    assert near(earned(asked, {"text": "5,4 mii lei"}), "1")
    assert near(earned(asked, {"text": "4600"}), "0.8")
    wrong = read_gift("// [id:n] [unit:lei] [unit-penalty:mult]\nCât? {#5}")
    assert [problem.kind.value for problem in wrong.problems] == ["bad_key"]


@pytest.mark.parametrize(
    ("value", "fields", "example"),
    [
        ("33", {"unit": "zile"}, "12"),
        ("12", {"unit": "zile"}, "48"),  # never the answer itself
        ("15", {"unit": "zile", "tolerance": "5"}, "48"),  # nor what is near enough
        ("930000", {"unit": "lei"}, "250"),
        ("18240.96", {"unit": "lei"}, ""),
        ("69.4", {"unit": "%", "tolerance": "0.05"}, "12.5"),
        ("12.5", {"unit": "%"}, ""),
        ("70", {"unit": "%", "tolerance": "0.5"}, "12.5"),
        ("12.3", {"unit": "km", "tolerance": "0.5"}, ""),
        ("100", {"kind": "relative", "tolerance": "0.1"}, ""),
    ],
)
def test_the_example_beside_the_field_is_of_the_answers_kind(value, fields, example):
    asked = numerical(value, **fields)
    assert rules_for(asked).public(asked, ())["example"] == example
