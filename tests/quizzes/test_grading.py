"""From marks to a grade, from grades to the one that counts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.question_types.single_choice import rules as single_choice
from lms.quizzes.rules.grading import Grade, Mark, Method, combine, grade, mark_of
from tests.quizzes.questions import single

SEVENTY = Decimal(70)


def marks(*earned: str, possible: str = "1") -> list[Mark]:
    return [Mark(Decimal(each), Decimal(possible)) for each in earned]


@pytest.mark.parametrize(
    ("listed", "shown", "passed"),
    [
        pytest.param([], "0.00", False, id="nothing to mark is not passed"),
        pytest.param(marks("0", possible="0"), "0.00", False, id="no possible mark, no pass"),
        pytest.param(marks("1", "1"), "100.00", True, id="everything right"),
        pytest.param(marks("0", "0"), "0.00", False, id="everything wrong"),
        pytest.param(marks(*["1"] * 7, *["0"] * 3), "70.00", True, id="exactly the pass mark"),
        pytest.param(marks(*["1"] * 6, *["0"] * 2), "75.00", True, id="six of eight"),
        pytest.param(marks(*["1"] * 5, *["0"] * 3), "62.50", False, id="five of eight"),
        pytest.param(marks("69.996", possible="100"), "69.99", False, id="rounding passes nobody"),
        pytest.param(marks("69.994", possible="100"), "69.99", False, id="rounded as usual"),
        pytest.param(marks("70.001", possible="100"), "70.00", True, id="a hair above"),
        pytest.param(marks("-3", "1"), "0.00", False, id="less than nothing is nothing"),
        pytest.param(
            [Mark(Decimal(1) / 3, Decimal(1))] * 3 + marks(*["1"] * 6, *["0"] * 1),
            "70.00",
            True,
            id="three thirds are one",
        ),
        pytest.param(
            [Mark(Decimal(3), Decimal(4)), Mark(Decimal(1), Decimal(2))],
            "66.67",
            False,
            id="marks of unequal weight",
        ),
    ],
)
def test_a_grade(listed, shown, passed):
    result = grade(listed, pass_mark=SEVENTY)
    assert (result.percent, result.passed) == (Decimal(shown), passed)


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        pytest.param([], "0.00", id="nothing to mark"),
        pytest.param(marks("0", "0"), "0.00", id="everything wrong"),
        pytest.param(marks("1", "0", "0"), "33.33", id="a third"),
        pytest.param(marks("1", "1"), "100.00", id="everything right"),
    ],
)
def test_without_a_pass_mark_nobody_passes_or_fails(listed, shown):
    result = grade(listed, pass_mark=None)
    assert (result.percent, result.passed) == (Decimal(shown), None)
    assert combine([result, result], Method.BEST, pass_mark=None) == result


def test_a_question_worth_three_gives_three():
    question = single(marks="3")
    marked = single_choice.mark(question, {"choice": "a"})
    assert mark_of(question, marked.fraction) == Mark(Decimal(3), Decimal(3))


def test_a_pass_mark_of_nothing_still_needs_something_to_mark():
    assert grade(marks("0"), pass_mark=Decimal(0)).passed
    assert not grade([], pass_mark=Decimal(0)).passed


def grades(*percents: str) -> list[Grade]:
    return [grade(marks(each, possible="100"), pass_mark=SEVENTY) for each in percents]


@pytest.mark.parametrize(
    ("method", "percents", "expected", "passed"),
    [
        (Method.BEST, ["50", "80", "60"], "80.00", True),
        (Method.LAST, ["50", "80", "60"], "60.00", False),
        (Method.FIRST, ["50", "80", "60"], "50.00", False),
        (Method.AVERAGE, ["50", "80", "60"], "63.33", False),
        (Method.AVERAGE, ["60", "80"], "70.00", True),
        (Method.AVERAGE, ["69.996", "69.996"], "69.99", False),
        (Method.BEST, ["69.996", "69.999"], "69.99", False),
        (Method.BEST, ["10"], "10.00", False),
    ],
)
def test_several_attempts_give_one_grade(method, percents, expected, passed):
    result = combine(grades(*percents), method, pass_mark=SEVENTY)
    assert result is not None
    assert (result.percent, result.passed) == (Decimal(expected), passed)


@pytest.mark.parametrize("method", list(Method))
def test_without_an_attempt_there_is_no_grade(method):
    assert combine([], method, pass_mark=SEVENTY) is None


def a_mark() -> st.SearchStrategy[Mark]:
    possible = st.integers(1, 20)
    return possible.flatmap(
        lambda most: st.integers(0, 3 * most).map(
            lambda thirds: Mark(Decimal(thirds) / 3, Decimal(most))
        )
    )


@given(st.lists(a_mark(), max_size=30), st.integers(0, 100).map(Decimal))
def test_a_grade_lies_between_nothing_and_everything_and_shows_what_it_says(listed, pass_mark):
    result = grade(listed, pass_mark=pass_mark)
    assert 0 <= result.exact_percent <= 100
    assert 0 <= result.percent <= 100
    if listed:
        assert result.passed == (result.percent >= pass_mark)


@given(st.lists(a_mark(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_grade_does_not_depend_on_the_order_of_questions(listed, chance):
    other = list(listed)
    chance.shuffle(other)
    assert grade(listed, pass_mark=SEVENTY) == grade(other, pass_mark=SEVENTY)
