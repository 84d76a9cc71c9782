"""What each answer earns: tables of cases for each type of question, with the rule's source."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lms.quizzes.question_types.protocol import Outcome
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.questions import matching, multiple, numerical, single, true_false

SOURCES = {
    "single_choice": "quiz-rules 1, multichoice single",
    "true_false": "quiz-rules 1, truefalse",
    "matching": "quiz-rules 1, match",
    "numerical": "quiz-rules 1, numerical",
    "all_or_nothing": "quiz-rules 1, Open edX multi-select",
    "sum_of_fractions": "quiz-rules 1, multichoice multi",
    "right_minus_wrong": "quiz-rules 1, OpenOLAT partial scoring, over the right options alone",
    "proportional": "quiz-rules 1, RELATE proportional",
    "openolat_partial": "quiz-rules 1, OpenOLAT partial scoring",
}


def marked(question, payload):
    return rules_for(question).mark(question, payload)


def earned(question, payload) -> Decimal:
    return marked(question, payload).fraction


THIRDS = {"a": "0.3333333", "b": "0.3333333", "c": "0.3333333", "x": "-1", "y": "-1"}


SINGLE = [
    pytest.param({}, "a", "1", id="the right option earns everything"),
    pytest.param({}, "b", "0", id="a wrong option earns nothing"),
    pytest.param({}, "d", "0", id="the last option is as wrong as the others"),
    pytest.param({}, None, "0", id="no choice earns nothing"),
    pytest.param({}, "z", "0", id="an option of another question earns nothing"),
    pytest.param({}, "", "0", id="an empty choice earns nothing"),
    pytest.param({}, 7, "0", id="a number for a choice earns nothing"),
    pytest.param({}, ["a"], "1", id="a list of one is read as the one"),
    pytest.param({}, ["a", "b"], "0", id="two choices are no choice"),
    pytest.param({}, {"a": 1}, "0", id="an object for a choice earns nothing"),
    pytest.param({"a": "1", "b": "0.5"}, "b", "0.5", id="half right earns half"),
    pytest.param({"a": "1", "b": "0.25", "c": "0"}, "b", "0.25", id="a quarter right"),
    pytest.param({"a": "1", "b": "-0.5"}, "b", "0", id="a negative option costs nothing more"),
    pytest.param({"a": "1", "b": "-1"}, "a", "1", id="the right one beside a negative one"),
    pytest.param({"a": "0", "b": "1"}, "b", "1", id="the key may stand last"),
    pytest.param({"a": "1", "b": "0.3333333"}, "b", "0.3333333", id="a third as written"),
]


@pytest.mark.parametrize(("fractions", "chosen", "expected"), SINGLE)
def test_single_choice(fractions, chosen, expected):
    source = SOURCES["single_choice"]
    assert earned(single(**fractions), {"choice": chosen}) == Decimal(expected), source


FOUR = {"a": "0.5", "b": "0.5", "x": "-1", "y": "-1"}
FOUR_MILD = {"a": "0.5", "b": "0.5", "x": "-0.25", "y": "-0.25"}
FIVE = {"a": "0.25", "b": "0.25", "c": "0.25", "d": "0.25", "x": "-1"}
UNEVEN = {"a": "0.7", "b": "0.3", "x": "0", "y": "-0.2"}
ONE_RIGHT = {"a": "1", "x": "0", "y": "0"}
ALL_RIGHT = {"a": "0.5", "b": "0.5"}


MULTIPLE = [
    # all or nothing
    ("all_or_nothing", FOUR, "a b", "1"),
    ("all_or_nothing", FOUR, "b a", "1"),
    ("all_or_nothing", FOUR, "a", "0"),
    ("all_or_nothing", FOUR, "a b x", "0"),
    ("all_or_nothing", FOUR, "a x", "0"),
    ("all_or_nothing", FOUR, "x y", "0"),
    ("all_or_nothing", FOUR, "a b x y", "0"),
    ("all_or_nothing", FOUR, "", "0"),
    ("all_or_nothing", FIVE, "a b c d", "1"),
    ("all_or_nothing", FIVE, "a b c", "0"),
    ("all_or_nothing", FIVE, "a b c d x", "0"),
    ("all_or_nothing", THIRDS, "a b c", "1"),
    ("all_or_nothing", UNEVEN, "a b", "1"),
    ("all_or_nothing", UNEVEN, "a b x", "0"),
    ("all_or_nothing", ONE_RIGHT, "a", "1"),
    ("all_or_nothing", ALL_RIGHT, "a b", "1"),
    ("all_or_nothing", ALL_RIGHT, "a", "0"),
    # sum of fractions
    ("sum_of_fractions", FOUR, "a b", "1"),
    ("sum_of_fractions", FOUR, "a", "0.5"),
    ("sum_of_fractions", FOUR, "a x", "0"),
    ("sum_of_fractions", FOUR, "a b x", "0"),
    ("sum_of_fractions", FOUR, "x", "0"),
    ("sum_of_fractions", FOUR, "", "0"),
    ("sum_of_fractions", FOUR_MILD, "a x", "0.25"),
    ("sum_of_fractions", FOUR_MILD, "a b x", "0.75"),
    ("sum_of_fractions", FOUR_MILD, "a b x y", "0.5"),
    ("sum_of_fractions", FOUR_MILD, "x y", "0"),
    ("sum_of_fractions", FOUR_MILD, "a x y", "0"),
    ("sum_of_fractions", FIVE, "a b c", "0.75"),
    ("sum_of_fractions", FIVE, "a", "0.25"),
    ("sum_of_fractions", FIVE, "a b c d x", "0"),
    ("sum_of_fractions", UNEVEN, "a", "0.7"),
    ("sum_of_fractions", UNEVEN, "b", "0.3"),
    ("sum_of_fractions", UNEVEN, "a x", "0.7"),
    ("sum_of_fractions", UNEVEN, "a b x", "1"),
    ("sum_of_fractions", UNEVEN, "a y", "0.5"),
    ("sum_of_fractions", UNEVEN, "b y", "0.1"),
    ("sum_of_fractions", THIRDS, "a b c", "1"),
    ("sum_of_fractions", THIRDS, "a b c x", "0"),
    ("sum_of_fractions", ALL_RIGHT, "a", "0.5"),
    # right minus wrong
    ("right_minus_wrong", FOUR, "a b", "1"),
    ("right_minus_wrong", FOUR, "a", "0.5"),
    ("right_minus_wrong", FOUR, "a x", "0"),
    ("right_minus_wrong", FOUR, "a b x", "0.5"),
    ("right_minus_wrong", FOUR, "a b x y", "0"),
    ("right_minus_wrong", FOUR, "x y", "0"),
    ("right_minus_wrong", FOUR, "", "0"),
    ("right_minus_wrong", FIVE, "a b c", "0.75"),
    ("right_minus_wrong", FIVE, "a b c x", "0.5"),
    ("right_minus_wrong", FIVE, "a b c d x", "0.75"),
    ("right_minus_wrong", UNEVEN, "a", "0.5"),
    ("right_minus_wrong", ONE_RIGHT, "a x", "0"),
    # proportional
    ("proportional", FOUR, "a b", "1"),
    ("proportional", FOUR, "a", "0.75"),
    ("proportional", FOUR, "a x", "0.5"),
    ("proportional", FOUR, "a b x", "0.75"),
    ("proportional", FOUR, "a b x y", "0.5"),
    ("proportional", FOUR, "x", "0.25"),
    ("proportional", FOUR, "x y", "0"),
    ("proportional", FOUR, "", "0"),
    ("proportional", FIVE, "a b c", "0.8"),
    ("proportional", FIVE, "x", "0"),
    ("proportional", ONE_RIGHT, "x y", "0"),
    # as OpenOLAT counts
    ("openolat_partial", FOUR, "a b", "1"),
    ("openolat_partial", FOUR, "a", "0.5"),
    ("openolat_partial", FOUR, "a x", "0"),
    ("openolat_partial", FOUR, "a b x", "0.5"),
    ("openolat_partial", FOUR, "a b x y", "0"),
    ("openolat_partial", FOUR, "x", "0"),
    ("openolat_partial", FOUR, "", "0"),
    ("openolat_partial", FIVE, "a b c d x", "0"),
    ("openolat_partial", FIVE, "a b c", "0.75"),
    ("openolat_partial", ONE_RIGHT, "a x", "0.5"),
    ("openolat_partial", ALL_RIGHT, "a", "0.5"),
    ("openolat_partial", ALL_RIGHT, "a b", "1"),
]


@pytest.mark.parametrize(
    ("scheme", "fractions", "ticks", "expected"),
    MULTIPLE,
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_multiple_choice(scheme, fractions, ticks, expected):
    question = multiple(scheme, **fractions)
    assert earned(question, {"choices": ticks.split()}) == Decimal(expected), SOURCES[scheme]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param({}, "0", id="nothing stored"),
        pytest.param({"choices": None}, "0", id="null stored"),
        pytest.param({"choices": "a"}, "0.5", id="one id stored without a list"),
        pytest.param({"choices": ["a", "a", "a"]}, "0.5", id="one tick counted three times"),
        pytest.param({"choices": ["a", "b", "nobody"]}, "1", id="an id nobody offered"),
        pytest.param({"choices": [["a"], {"b": 1}, 3]}, "0", id="things that are no ids"),
        pytest.param({"choices": ["a", "b"], "score": "100"}, "1", id="a score sent along"),
        pytest.param({"fraction": "1"}, "0", id="a fraction sent instead"),
    ],
)
def test_odd_answers_to_multiple_choice_are_marked_by_what_is_known(payload, expected):
    assert earned(multiple(**FOUR), payload) == Decimal(expected)


@pytest.mark.parametrize("ticks", ["a b", "a c", "b c"])
def test_two_thirds_written_as_sixty_six_point_six_are_two_thirds(ticks):
    assert earned(multiple(**THIRDS), {"choices": ticks.split()}) == Decimal(2) / Decimal(3)


TRUTHS = [
    pytest.param(True, {"choice": "true"}, "1", id="true said of the true"),
    pytest.param(True, {"choice": "false"}, "0", id="false said of the true"),
    pytest.param(False, {"choice": "false"}, "1", id="false said of the false"),
    pytest.param(False, {"choice": "true"}, "0", id="true said of the false"),
    pytest.param(False, {}, "0", id="silence about the false"),
    pytest.param(True, {}, "0", id="silence about the true"),
    pytest.param(True, {"choice": "True"}, "0", id="a word the page never sends"),
    pytest.param(True, {"choice": True}, "0", id="a JSON true"),
    pytest.param(True, {"choice": ["true", "false"]}, "0", id="both at once"),
    pytest.param(False, {"choice": None}, "0", id="null"),
]


@pytest.mark.parametrize(("answer", "payload", "expected"), TRUTHS)
def test_true_or_false(answer, payload, expected):
    assert earned(true_false(answer), payload) == Decimal(expected), SOURCES["true_false"]


PAIRS = [
    pytest.param("s1=a1 s2=a2", "", "s1=a1 s2=a2", "1", id="all right"),
    pytest.param("s1=a1 s2=a2", "", "s1=a2 s2=a1", "0", id="swapped"),
    pytest.param("s1=a1 s2=a2", "", "s1=a1", "0.5", id="half left open"),
    pytest.param("s1=a1 s2=a2", "", "s1=a1 s2=a1", "0.5", id="one answer used twice"),
    pytest.param("s1=a1 s2=a2", "", "", "0", id="nothing"),
    pytest.param("s1=a1 s2=a2", "", "s1=a9 s2=a9", "0", id="unknown answers"),
    pytest.param("s1=a1 s2=a2", "", "s9=a1 s8=a2", "0", id="unknown stems"),
    pytest.param("s1=a1 s2=a2", "", "s1=a1 s2=a2 s9=a1", "1", id="an unknown stem beside"),
    pytest.param("s1=a1 s2=a2", "a3", "s1=a3 s2=a2", "0.5", id="misled once"),
    pytest.param("s1=a1 s2=a2", "a3", "s1=a3 s2=a3", "0", id="misled twice"),
    pytest.param("s1=a s2=a s3=b", "", "s1=a s2=a s3=b", "1", id="a shared answer"),
    pytest.param("s1=a1 s2=a2 s3=a3 s4=a4", "", "s1=a1 s2=a2 s3=a3", "0.75", id="3 of 4"),
    pytest.param("s1=a1 s2=a2 s3=a3 s4=a4", "", "s1=a1 s2=a2 s3=a4 s4=a3", "0.5", id="2 of 4"),
    pytest.param(
        "s1=a1 s2=a2 s3=a3 s4=a4 s5=a5", "", "s1=a1 s2=a2 s3=a3 s4=a4", "0.8", id="4 of 5"
    ),
    pytest.param("s1=a1 s2=a2 s3=a3 s4=a4 s5=a5", "", "s5=a5", "0.2", id="1 of 5"),
]


@pytest.mark.parametrize(("pairs", "extra", "given", "expected"), PAIRS)
def test_matching(pairs, extra, given, expected):
    payload = {"pairs": dict(pair.split("=") for pair in given.split())}
    assert earned(matching(pairs, extra), payload) == Decimal(expected), SOURCES["matching"]


@pytest.mark.parametrize(
    "payload", [{"pairs": None}, {"pairs": ["s1", "a1"]}, {"pairs": {"s1": ["a1"]}}, {"pairs": 3}]
)
def test_odd_answers_to_matching_earn_nothing(payload):
    assert earned(matching(), payload) == 0


MONEY = "18240.96:0.005"


NUMBERS = [
    ([MONEY], "lei", "18.240,96", "1"),
    ([MONEY], "lei", "18240,96", "1"),
    ([MONEY], "lei", "18 240,96", "1"),
    ([MONEY], "lei", "18\u00a0240,96", "1"),
    ([MONEY], "lei", "18\u202f240,96 lei", "1"),
    ([MONEY], "lei", "18,240.96", "1"),
    ([MONEY], "lei", "18240.96", "1"),
    ([MONEY], "lei", "18240.965", "1"),
    ([MONEY], "lei", "18240,955", "1"),
    ([MONEY], "lei", "18240,9651", "0"),
    ([MONEY], "lei", "18240", "0"),
    ([MONEY], "lei", "18.240", "0"),
    ([MONEY], "lei", "18,24096", "0"),
    ([MONEY], "lei", "18.240,96 de lei", "1"),
    ([MONEY], "lei", "18.240,96 RON", "1"),
    ([MONEY], "lei", "18.240,96 euro", "0"),
    ([MONEY], "lei", "", "0"),
    ([MONEY], "lei", "optsprezece mii", "0"),
    (["4500"], "lei", "4.500", "1"),
    (["4500"], "lei", "4,500", "1"),
    (["4500"], "lei", "4500", "1"),
    (["4500"], "lei", "4 500 lei", "1"),
    (["4500"], "lei", "4,5", "0"),
    (["4500"], "lei", "4,5 mii lei", "1"),
    (["37000"], "lei", "37.000", "1"),
    (["37000"], "lei", "37.000,00", "1"),
    (["37000"], "lei", "37000 de lei", "1"),
    (["37000"], "lei", "37", "0"),
    (["310000"], "lei", "310.000 lei", "1"),
    (["310000"], "lei", "310 000", "1"),
    (["310000"], "lei", "310 mii de lei", "1"),
    (["310000"], "lei", "310.001", "0"),
    (["930000"], "lei", "930.000,-", "1"),
    (["69.4:0.05"], "%", "69,4", "1"),
    (["69.4:0.05"], "%", "69.4", "1"),
    (["69.4:0.05"], "%", "69,4%", "1"),
    (["69.4:0.05"], "%", "69,4 %", "1"),
    (["69.4:0.05"], "%", "69,40 la sută", "1"),
    (["69.4:0.05"], "%", "69,45", "1"),
    (["69.4:0.05"], "%", "69,451", "0"),
    (["69.4:0.05"], "%", "0,694", "0"),
    (["26"], "puncte procentuale", "26 puncte procentuale", "1"),
    (["26"], "puncte procentuale", "26%", "1"),
    (["26"], "puncte procentuale", "26 de lei", "0"),
    (["3"], "", "3", "1"),
    (["3"], "", "3 membri", "1"),
    (["3"], "", "3,0", "1"),
    (["3"], "", "3.", "1"),
    (["3"], "", "03", "1"),
    (["3"], "", "3 (trei)", "1"),
    (["3"], "", "-3", "0"),
    (["3"], "", "3000", "0"),
    (["30"], "zile", "30 (treizeci) de zile", "1"),
    (["30"], "zile", "30 zile", "1"),
    (["30"], "zile", "30 luni", "0"),
    (["-1"], "", "-1", "1"),
    (["-1"], "", "\u22121", "1"),
    (["0"], "", "0", "1"),
    (["0"], "", "-0", "1"),
    (["0:0.1%"], "", "0.0001", "0"),
    (["100:5%"], "", "95", "1"),
    (["100:5%"], "", "105", "1"),
    (["100:5%"], "", "105,01", "0"),
    (["-100:5%"], "", "-95", "1"),
    (["1822", "1822:2@0.5"], "", "1822", "1"),
    (["1822", "1822:2@0.5"], "", "1824", "0.5"),
    (["1822", "1822:2@0.5"], "", "1825", "0"),
    (["5@0", "5:10"], "", "5", "0"),
    (["5@0", "5:10"], "", "6", "1"),
    (["1.234"], "", "1,234", "1"),
    (["1.234"], "", "1.234", "1"),
    (["1234"], "", "1.234", "1"),
    (["1234"], "", "1,234", "1"),
    (["1.2345"], "", "1.2345", "1"),
    (["12345"], "", "1.2345", "0"),
]


@pytest.mark.parametrize(
    ("answers", "unit", "typed", "expected"),
    NUMBERS,
    ids=lambda value: "nothing" if value == "" else None,
)
def test_numbers(answers, unit, typed, expected):
    asked = numerical(*answers, unit=unit)
    assert earned(asked, {"text": typed}) == Decimal(expected), SOURCES["numerical"]


@pytest.mark.parametrize("payload", [{}, {"text": None}, {"text": 5}, {"text": ["5"]}, {"x": "5"}])
def test_odd_answers_to_a_number_are_unanswered(payload):
    assert marked(numerical("5"), payload).outcome is Outcome.UNANSWERED


@pytest.mark.parametrize(
    ("question", "payload", "outcome"),
    [
        (single(), {"choice": "a"}, Outcome.RIGHT),
        (single(), {"choice": "b"}, Outcome.WRONG),
        (single(), {}, Outcome.UNANSWERED),
        (single(a="1", b="0.5"), {"choice": "b"}, Outcome.PARTIAL),
        (multiple(**FOUR), {"choices": ["a"]}, Outcome.PARTIAL),
        (multiple(**FOUR), {"choices": ["x"]}, Outcome.WRONG),
        (multiple(**FOUR), {"choices": []}, Outcome.UNANSWERED),
        (true_false(), {"choice": "false"}, Outcome.WRONG),
        (matching(), {"pairs": {"s1": "a1"}}, Outcome.PARTIAL),
        (matching(), {"pairs": {}}, Outcome.UNANSWERED),
        (numerical("5"), {"text": "abc"}, Outcome.WRONG),
        (numerical("5"), {"text": "5"}, Outcome.RIGHT),
    ],
)
def test_an_outcome_tells_wrong_from_unanswered(question, payload, outcome):
    assert marked(question, payload).outcome is outcome


def test_parts_say_what_was_given_and_what_was_expected():
    parts = marked(multiple(**FOUR), {"choices": ["a", "x"]}).parts
    assert [(part.key, part.given, part.expected, part.is_right) for part in parts] == [
        ("a", "a", "a", True),
        ("b", None, "b", False),
        ("x", "x", None, False),
        ("y", None, None, True),
    ]
    part = marked(matching(), {"pairs": {"s1": "a2"}}).parts[0]
    assert (part.key, part.given, part.expected, part.is_right) == ("s1", "a2", "a1", False)
    part = marked(numerical("18240.96"), {"text": " 3 "}).parts[0]
    assert (part.given, part.expected) == ("3", "18240.96")
