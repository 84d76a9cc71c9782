"""What tries earn: tables of cases, each with the rule of the sheet that it comes from.

The sheet is the third section of the rules of quizzes: deferred, immediate, interactive, counting
back, adaptive, certainty, manual.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.behaviours import certainty, registry
from lms.quizzes.behaviours.marking import earned, standing
from lms.quizzes.behaviours.values import MOST_TRIES, Rule, Standing, Try
from lms.quizzes.question_types.registry import parse_question, rules_for
from lms.quizzes.rules.settings import Behaviour, QuizSettings

THIRD = Decimal("0.3333333")
HALF, QUARTER = Decimal("0.5"), Decimal("0.25")
FULL, NONE = Decimal(1), Decimal(0)
QUESTION = parse_question(
    {
        "type": "single_choice",
        "stem": "?",
        "options": [{"id": "a", "text": "a", "fraction": "1"}, {"id": "b", "text": "b"}],
    }
)


def tries(*fractions, parts=None, answers=None):
    """Make tries; each is another answer unless `answers` says otherwise; None is unanswered."""
    found = []
    for place, fraction in enumerate(fractions):
        name = answers[place] if answers else str(place)
        if fraction is None:
            found.append(Try(NONE, answer="", is_answered=False))
        else:
            found.append(Try(Decimal(fraction), (parts or {}).get(place, {}), name))
    return found


def outcome(behaviour, checked, last, rule=None):
    rules = registry.rules_of(behaviour, QUESTION)
    return rules.earned(checked, last, rule or Rule())


# Deferred: saved at any time, marked at the end; not answered gives nothing -----------------------

DEFERRED = [
    ([], "1", FULL, "the last answer counts"),
    ([], "0", NONE, "a wrong one earns nothing"),
    ([], "0.5", HALF, "a part earns its part"),
    ([], None, NONE, "not answered earns nothing"),
    (["1"], "0", NONE, "a check would change nothing: the last answer counts"),
]


@pytest.mark.parametrize(("checked", "last", "worth", "why"), DEFERRED)
def test_deferred(checked, last, worth, why):
    assert outcome(Behaviour.DEFERRED, tries(*checked), tries(last)[0]) == worth, why


# Immediate: a check marks once and closes; the rest is marked at the end --------------------------

IMMEDIATE = [
    ([], "1", FULL, "never checked: marked at the end"),
    ([], "0.25", QUARTER, "never checked, partly right"),
    ([], None, NONE, "never answered"),
    (["1"], "1", FULL, "checked and right"),
    (["0"], "1", NONE, "the check counts, not what came after"),
    (["0.5"], "1", HALF, "the check of a part counts"),
    (["1", "0"], "0", FULL, "the first check counts"),
    ([None], "1", FULL, "a check of nothing is no check"),
    ([None, "0"], "1", NONE, "the first answered check counts"),
]


@pytest.mark.parametrize(("checked", "last", "worth", "why"), IMMEDIATE)
def test_immediate(checked, last, worth, why):
    assert outcome(Behaviour.IMMEDIATE, tries(*checked), tries(last)[0]) == worth, why


@pytest.mark.parametrize(
    ("checked", "is_over", "left"),
    [([], False, 1), ([None], False, 1), (["0"], True, 0), (["1"], True, 0)],
)
def test_immediate_closes_with_the_first_check(checked, is_over, left):
    rules = registry.RULES[Behaviour.IMMEDIATE]
    assert rules.standing(tries(*checked), Rule()) == Standing(is_over=is_over, tries_left=left)


# Interactive: f = max(0, f − (tries used − 1) × penalty); tries = hints + 1 -----------------------

INTERACTIVE = [
    (2, THIRD, ["1"], FULL, "right at once"),
    (2, THIRD, ["0", "1"], FULL - THIRD, "right at the second try"),
    (2, THIRD, ["0", "0", "1"], FULL - 2 * THIRD, "right at the third try"),
    (2, THIRD, ["0", "0", "0"], NONE, "never right"),
    (2, THIRD, ["0", "0", "0", "1"], FULL - 3 * THIRD, "a try that was allowed then stands"),
    (2, HALF, ["0", "0", "1"], NONE, "two halves leave nothing"),
    (2, HALF, ["0", "0.5"], NONE, "never under nothing"),
    (2, QUARTER, ["0", "0.5"], QUARTER, "a part less one penalty"),
    (2, QUARTER, ["0.5", "0.5"], QUARTER, "another answer of the same worth is a try"),
    (2, NONE, ["0", "0", "1"], FULL, "without a penalty nothing is lost"),
    (2, FULL, ["0", "1"], NONE, "a whole penalty leaves nothing"),
    (0, THIRD, ["0"], NONE, "without hints there is one try"),
    (0, THIRD, ["1"], FULL, "without hints, right at once"),
    (1, QUARTER, ["0", "1"], FULL - QUARTER, "one hint gives two tries"),
]


@pytest.mark.parametrize(("hints", "penalty", "checked", "worth", "why"), INTERACTIVE)
def test_interactive_when_all_is_checked(hints, penalty, checked, worth, why):
    made = tries(*checked)
    rule = Rule(penalty=penalty, hints=hints)
    assert outcome(Behaviour.INTERACTIVE, made, made[-1], rule) == worth, why


INTERACTIVE_LEFT_OPEN = [
    ([], "1", FULL, "never checked, right: the first try"),
    ([], "0", NONE, "never checked, wrong"),
    ([], None, NONE, "never answered"),
    (["0"], "1", FULL - QUARTER, "changed after a wrong check and not checked: one more try"),
    (["0", "0"], "1", HALF, "changed after two"),
    (["0"], None, NONE, "taken back after a wrong check"),
    (["0", "0.5"], "1", HALF, "a part first, then right, not checked"),
]


@pytest.mark.parametrize(("checked", "last", "worth", "why"), INTERACTIVE_LEFT_OPEN)
def test_interactive_when_the_end_comes_before_a_check(checked, last, worth, why):
    rule = Rule(penalty=QUARTER, hints=2)
    end = Try(NONE, is_answered=False) if last is None else Try(Decimal(last), answer="end")
    assert outcome(Behaviour.INTERACTIVE, tries(*checked), end, rule) == worth, why


@pytest.mark.parametrize("checked", [["1", "0"], ["1", "1"], ["1", "0", "0"]])
def test_interactive_ends_with_the_first_try_that_is_right_by_a_key_corrected_since(checked):
    made = tries(*checked)
    rule = Rule(penalty=THIRD, hints=2)
    assert outcome(Behaviour.INTERACTIVE, made, made[-1], rule) == FULL
    assert outcome(Behaviour.INTERACTIVE, made, tries(None)[0], rule) == FULL


def test_interactive_counts_the_same_answer_once():
    rule = Rule(penalty=QUARTER, hints=2)
    same = tries("0", "0", "1", answers=["x", "x", "y"])
    assert outcome(Behaviour.INTERACTIVE, same, same[-1], rule) == FULL - QUARTER


@pytest.mark.parametrize(
    ("hints", "checked", "expected"),
    [
        (2, [], Standing(tries_left=3)),
        (2, ["0"], Standing(hint=0, tries_left=2)),
        (2, ["0", "0.5"], Standing(hint=1, tries_left=1)),
        (2, ["0", "0", "0"], Standing(is_over=True, tries_left=0)),
        (2, ["0", "1"], Standing(is_over=True, tries_left=0)),
        (2, [None], Standing(tries_left=3)),
        (0, ["0"], Standing(is_over=True, tries_left=0)),
        (1, ["0"], Standing(hint=0, tries_left=1)),
    ],
)
def test_interactive_shows_one_hint_after_each_wrong_try(hints, checked, expected):
    rules = registry.RULES[Behaviour.INTERACTIVE]
    assert rules.standing(tries(*checked), Rule(hints=hints)) == expected


# Counting back: each part max(0, 1 − (last wrong try + 1) × penalty), averaged --------------------

COUNT_BACK = [
    (QUARTER, ["rrr"], FULL, "all parts right at once"),
    (QUARTER, ["rrw", "rrr"], (FULL + FULL + 1 - QUARTER) / 3, "one part wrong once"),
    (QUARTER, ["rww", "rrr"], (FULL + 2 * (1 - QUARTER)) / 3, "two parts wrong once"),
    (QUARTER, ["www", "rrr"], 1 - QUARTER, "all parts wrong once"),
    (QUARTER, ["rrw", "rrw"], Decimal(2) / 3, "a part that is wrong at the end earns nothing"),
    (QUARTER, ["rrw", "rrw", "rrr"], (FULL + FULL + HALF) / 3, "a part wrong twice"),
    (QUARTER, ["rrr", "wrr", "rrr"], (HALF + FULL + FULL) / 3, "changed for worse, then mended"),
    (QUARTER, ["rww", "rrw", "rrr"], (FULL + 1 - QUARTER + HALF) / 3, "one part after the other"),
    (HALF, ["www", "www", "rrr"], NONE, "two halves leave nothing of any part"),
    (THIRD, ["w", "w", "r"], 1 - 2 * THIRD, "one part behaves like the whole"),
    (NONE, ["wr", "rr"], FULL, "without a penalty nothing is lost"),
    (FULL, ["wr", "rr"], HALF, "a whole penalty takes the part, not the rest"),
    (QUARTER, ["wwww"], NONE, "all wrong"),
    (QUARTER, ["rwrw"], HALF, "half of the parts"),
]


@pytest.mark.parametrize(("penalty", "rounds", "worth", "why"), COUNT_BACK)
def test_counting_back_gives_each_part_its_own_penalty(penalty, rounds, worth, why):
    made = [
        Try(
            Decimal(text.count("r")) / len(text),
            {str(i): sign == "r" for i, sign in enumerate(text)},
            answer=f"{place}{text}",
        )
        for place, text in enumerate(rounds)
    ]
    rule = Rule(penalty=penalty, hints=3, counts_back=True)
    assert outcome(Behaviour.INTERACTIVE, made, made[-1], rule) == pytest.approx(worth), why


# Adaptive: the best of (f − penalty × tries before); the same again is ignored --------------------

ADAPTIVE = [
    (QUARTER, ["1"], FULL, "right at once"),
    (QUARTER, ["0", "1"], FULL - QUARTER, "one wrong try before"),
    (QUARTER, ["0", "0", "1"], HALF, "two wrong tries before"),
    (QUARTER, ["1", "0"], FULL, "nothing earned is taken back"),
    (QUARTER, ["0.5", "1"], FULL - QUARTER, "a part, then all"),
    (HALF, ["0.5", "1"], HALF, "as much as the part earned at once"),
    (HALF, ["0.5", "0.75"], HALF, "the better of the two after the penalty"),
    (QUARTER, ["0", "0", "0", "0", "1"], NONE, "the penalty has eaten everything"),
    (QUARTER, ["0", "0", "0", "0", "0", "1"], NONE, "never under nothing"),
    (NONE, ["0", "0", "0", "1"], FULL, "without a penalty"),
    (NONE, ["0.5", "0.25"], HALF, "without a penalty the best counts"),
    (QUARTER, [None, "1"], FULL, "an empty check is no try"),
    (THIRD, ["0", "0", "0", "1"], FULL - 3 * THIRD, "thirds don't quite make a whole"),
]


@pytest.mark.parametrize(("penalty", "checked", "worth", "why"), ADAPTIVE)
def test_adaptive_takes_the_best_of_all_tries(penalty, checked, worth, why):
    made = tries(*checked)
    assert outcome(Behaviour.ADAPTIVE, made, made[-1], Rule(penalty=penalty)) == worth, why


def test_adaptive_ignores_the_same_answer_again_and_counts_an_unchecked_end():
    rule = Rule(penalty=QUARTER)
    made = tries("0", "0", "1", answers=["x", "x", "y"])
    assert outcome(Behaviour.ADAPTIVE, made, made[-1], rule) == FULL - QUARTER
    assert outcome(Behaviour.ADAPTIVE, tries("0"), Try(FULL, answer="end"), rule) == FULL - QUARTER
    assert outcome(Behaviour.ADAPTIVE, tries("0.5"), Try(NONE, is_answered=False), rule) == HALF


@pytest.mark.parametrize(
    ("checked", "hint", "best"),
    [
        ([], None, None),
        (["0"], 0, NONE),
        (["0", "0"], 1, NONE),
        (["0", "0", "0"], 1, NONE),
        (["0", "1"], None, FULL - QUARTER),
    ],
)
def test_adaptive_is_never_over_and_goes_through_the_hints(checked, hint, best):
    rules = registry.RULES[Behaviour.ADAPTIVE]
    found = rules.standing(tries(*checked), Rule(penalty=QUARTER, hints=2))
    assert found == Standing(hint=hint, best=best)


def test_adaptive_tells_the_last_tries_and_gives_no_more():
    rules, rule = registry.RULES[Behaviour.ADAPTIVE], Rule(penalty=QUARTER)

    def left(made: int) -> int | None:
        return rules.standing(tries(*["0"] * made), rule).tries_left

    assert [left(n) for n in (1, MOST_TRIES - 6, MOST_TRIES - 5)] == [None, None, 5]
    assert [left(n) for n in (MOST_TRIES - 1, MOST_TRIES, MOST_TRIES + 4)] == [1, 0, 0]


# Certainty: right f × {1, 2, 3}, wrong {0, −2, −6}; the usual certainty is the lowest -------------

CERTAINTY = [
    ("1", 1, "1"),
    ("1", 2, "2"),
    ("1", 3, "3"),
    ("0", 1, "0"),
    ("0", 2, "-2"),
    ("0", 3, "-6"),
    ("0.5", 1, "0.5"),
    ("0.5", 2, "1"),
    ("0.5", 3, "1.5"),
    ("1", None, "1"),
    ("0", None, "0"),
    ("0.0000001", 3, "-6"),  # within the tolerance of wrong
    ("0.25", 3, "0.75"),
]


@pytest.mark.parametrize(("fraction", "level", "worth"), CERTAINTY)
def test_certainty_weighs_an_answer(fraction, level, worth):
    answer = Try(Decimal(fraction), answer="x", certainty=level)
    for behaviour in (Behaviour.DEFERRED_CBM, Behaviour.IMMEDIATE_CBM):
        assert outcome(behaviour, [], answer) == Decimal(worth)
    checked = [answer]
    later = Try(FULL, answer="y", certainty=3)
    assert outcome(Behaviour.IMMEDIATE_CBM, checked, later) == Decimal(worth)


def test_no_answer_loses_nothing_however_sure_one_said_to_be():
    nothing = Try(NONE, is_answered=False, certainty=3)
    assert outcome(Behaviour.DEFERRED_CBM, [], nothing) == NONE
    assert outcome(Behaviour.IMMEDIATE_CBM, [], nothing) == NONE


@pytest.mark.parametrize("odd", ["0", "4", "-1", "", "sigur", None, "2.0", "٣"])
def test_only_the_three_levels_are_levels(odd):
    assert certainty.level_of(odd) is None


def test_what_certainty_did_is_told_by_level():
    answers = [
        Try(FULL, answer="1", certainty=3),
        Try(FULL, answer="2", certainty=3),
        Try(NONE, answer="3", certainty=3),
        Try(FULL, answer="4", certainty=1),
        Try(NONE, is_answered=False),
    ]
    told = certainty.report(answers)
    assert told.accuracy == 75
    assert told.average == Decimal(3 + 3 - 6 + 1) / 4
    assert told.bonus == Decimal("-0.5")
    assert [(x.certainty, x.answers, x.verdict) for x in told.levels] == [
        (1, 1, "too_careful"),
        (2, 0, "none"),
        (3, 3, "too_sure"),
    ]
    assert certainty.report([Try(NONE, is_answered=False)]) is None


# Manual -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "worth"), [("0", NONE), ("0.5", HALF), ("1", FULL), ("1.5", FULL), ("-1", NONE)]
)
def test_a_mark_by_hand_stays_within_what_there_is_to_earn(mark, worth):
    from lms.quizzes.behaviours import manual

    assert manual.earned([], Try(Decimal(mark), answer="x"), Rule()) == worth
    assert manual.standing(tries("0"), Rule()) == Standing()


# Together with the rules of a type ----------------------------------------------------------------


def test_tries_are_marked_by_the_type_and_its_hints_give_the_number_of_tries():
    question = parse_question(
        {
            "type": "matching",
            "stem": "?",
            "stems": [
                {"id": "s1", "text": "unu", "answer": "a1"},
                {"id": "s2", "text": "doi", "answer": "a2"},
            ],
            "answers": [{"id": "a1", "text": "1"}, {"id": "a2", "text": "2"}],
            "hints": ["Numărați.", "Numărați din nou."],
        }
    )
    settings = QuizSettings(behaviour=Behaviour.INTERACTIVE, penalty=Decimal(25))
    rules = rules_for(question)

    def mark(payload):
        return rules.mark(question, payload)

    half = {"pairs": {"s1": "a1", "s2": "a1"}}
    full = {"pairs": {"s1": "a1", "s2": "a2"}}
    assert standing(question, settings, [half], mark) == Standing(hint=0, tries_left=2)
    assert standing(question, settings, [half, full], mark).is_over
    assert earned(question, settings, [half, full], full, mark) == (1 + Decimal("0.75")) / 2


@given(
    st.lists(st.decimals(0, 1, places=3), max_size=6),
    st.decimals(0, 1, places=3),
    st.decimals(0, 1, places=3),
    st.integers(0, 4),
    st.booleans(),
)
def test_marks_are_bounded_whatever_is_tried(checked, last, penalty, hints, counts_back):
    made = [Try(f, {"a": f == 1}, str(i)) for i, f in enumerate(checked)]
    end = Try(last, {"a": last == 1}, "end")
    rule = Rule(penalty=penalty, hints=hints, counts_back=counts_back)
    for behaviour in Behaviour:
        low, high = (-6, 3) if behaviour.has_certainty else (0, 1)
        assert low <= outcome(behaviour, made, end, rule) <= high


def test_every_behaviour_that_is_offered_has_its_rules():
    assert set(registry.RULES) == set(Behaviour)
    for behaviour, level in product(Behaviour, certainty.LEVELS):
        assert outcome(behaviour, [], Try(FULL, answer="x", certainty=level)) > 0
