"""What is said of a question: tables of answers, and advice that a trainer would give."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.statistics.advice import Advice, TestAdvice, advise, advise_on_test
from lms.quizzes.statistics.figures import statistics_of
from lms.quizzes.statistics.groups import apart, groups_of
from lms.quizzes.statistics.intervals import Interval
from lms.quizzes.statistics.responses import Answer, table_of
from lms.quizzes.statistics.scores import SCALE, Cell, Item


def question(text):
    read = read_gift(f"// [id:x]\n{text}")
    assert not read.errors, read.errors
    return read.items[0].question


CHOICE = question("Cât fac 2 și 2? {=patru ~trei ~cinci ~șase}")
SEVERAL = question("Care sunt pare? {~%50%doi ~%50%patru ~%-100%trei}")
PAIRS = question("Potriviți. {=unu -> 1 =doi -> 2 =trei -> 3}")
NUMBER = question("Cât fac 2 și 2? {#4:0}")


def option(of, text):
    return next(o.id for o in of.options if o.text == text)


def tabled(of, answers, results=None):
    """Count answers given as (form values by option's words, how many); weakest first."""
    rules, listed, row = rules_for(of), [], 0
    for payload, count in answers:
        listed.append(Answer(payload, list(range(row, row + count))))
        row += count
    told = results if results is not None else {at: float(at) for at in range(row)}
    return table_of(rules, of, listed, told)


def chose(text):
    return {"choice": option(CHOICE, text)}


def counts(table):
    return {line.text: line.chosen for line in table.lines}


def test_every_option_is_listed_in_its_order_with_how_many_chose_it():
    table = tabled(CHOICE, [(chose("trei"), 3), (chose("patru"), 5), ({}, 2)])
    assert list(counts(table).items()) == [("patru", 5), ("trei", 3), ("cinci", 0), ("șase", 0)]
    assert (table.met, table.unanswered, table.others) == (10, 2, 0)
    assert [line.is_right for line in table.lines] == [True, False, False, False]
    assert [line.share for line in table.lines] == [50, 30, 0, 0]
    assert table.is_closed
    assert table.is_single


def test_the_weaker_and_the_stronger_third_stand_side_by_side():
    table = tabled(CHOICE, [(chose("trei"), 3), (chose("cinci"), 3), (chose("patru"), 3)])
    lines = {line.text: (line.weaker, line.stronger) for line in table.lines}
    assert table.thirds == (3, 3)
    assert lines == {"patru": (0, 3), "trei": (3, 0), "cinci": (0, 0), "șase": (0, 0)}


@pytest.mark.parametrize(
    "results",
    [
        pytest.param(dict.fromkeys(range(9), 50.0), id="all equal"),
        pytest.param({at: float(at) for at in range(8)}, id="fewer than nine"),
    ],
)
def test_where_thirds_can_not_be_told_apart_none_are_shown(results):
    table = tabled(CHOICE, [(chose("trei"), 4), (chose("patru"), 5)], results)
    assert table.thirds is None
    assert {(line.weaker, line.stronger) for line in table.lines} == {(None, None)}


def test_of_several_right_options_each_is_counted_by_itself():
    both = {"choices": [option(SEVERAL, "doi"), option(SEVERAL, "patru")]}
    table = tabled(SEVERAL, [(both, 4), ({"choices": [option(SEVERAL, "trei")]}, 2)])
    assert counts(table) == {"doi": 4, "patru": 4, "trei": 2}
    assert [line.is_right for line in table.lines] == [True, True, False]
    assert not table.is_single


def test_pairs_are_counted_under_their_part():
    rules = rules_for(PAIRS)
    names, answers = rules.field_names(PAIRS), {a.text: a.id for a in PAIRS.answers}
    payload = rules.read_response(PAIRS, {names[0]: [answers["1"]], names[1]: [answers["3"]]})
    table = tabled(PAIRS, [(payload, 6)])
    chosen = {(line.part, line.text): line.chosen for line in table.lines}
    assert chosen == {
        ("unu", "1"): 6,
        ("doi", "2"): 0,
        ("doi", "3"): 6,
        ("trei", "3"): 0,
        ("trei", ""): 6,
    }


def test_a_catch_all_puts_no_key_in_doubt():
    of = question("Care e capitala județului? {=Iași =%0%*}")
    rules = rules_for(of)
    field = rules.field_names(of)[0]
    right, other = (rules.read_response(of, {field: [text]}) for text in ("Iași", "Roman"))
    table = tabled(of, [(right, 10), (other, 30)])
    assert Advice.KEY_MAY_BE_WRONG not in kinds(figures(10, 30), table)


def test_typed_answers_are_listed_most_frequent_first_and_the_rare_ones_counted():
    def typed(text):
        return rules_for(NUMBER).read_response(NUMBER, {"value": [text]})

    rare = [(typed(str(at)), 1) for at in range(100, 120)]
    table = tabled(NUMBER, [(typed("4"), 9), (typed("5"), 3), *rare])
    assert [(line.text, line.chosen) for line in table.lines][:2] == [("4", 9), ("5", 3)]
    assert len(table.lines) == 1 + 15
    assert table.others == 6
    assert not table.is_closed


@given(
    st.lists(
        st.tuples(st.sampled_from(["patru", "trei", "cinci", "șase", ""]), st.integers(1, 9)),
        max_size=8,
    )
)
def test_every_answer_is_counted_once(answers):
    table = tabled(CHOICE, [(chose(text) if text else {}, count) for text, count in answers])
    assert sum(counts(table).values()) + table.unanswered == table.met
    assert table.met == sum(count for _text, count in answers)


# Advice.


def figures(right, wrong, *, discrimination=40.0, efficiency=60.0):
    """Make the figures of a question answered rightly and wrongly so often."""
    cells = [[Cell(0, 0, "q", SCALE * (at < right))] for at in range(right + wrong)]
    found = statistics_of([Item("q", SCALE, 0.25)], cells).items[0]
    half = 200 / (right + wrong) ** 0.5
    return replace(
        found,
        discrimination=discrimination,
        discrimination_interval=Interval(discrimination - half, discrimination + half),
        efficiency=efficiency,
    )


def kinds(of, table):
    return [hint.kind for hint in advise(of, table)]


ORDINARY = [(chose("trei"), 5), (chose("cinci"), 5), (chose("șase"), 5), (chose("patru"), 25)]


def test_an_ordinary_question_is_good():
    assert kinds(figures(25, 15), tabled(CHOICE, ORDINARY)) == [Advice.GOOD]


def test_of_few_answers_there_is_no_advice():
    table = tabled(CHOICE, [(chose("trei"), 9)])
    assert kinds(figures(0, 9), table) == [Advice.OF_FEW]


def test_a_wrong_answer_that_draws_more_people_and_better_ones_puts_the_key_in_doubt():
    table = tabled(CHOICE, [(chose("patru"), 12), (chose("cinci"), 6), (chose("trei"), 22)])
    hints = advise(figures(12, 28, discrimination=-30.0), table)
    assert hints[0].kind is Advice.KEY_MAY_BE_WRONG
    assert hints[0].of == ("trei",)


def test_a_hard_question_whose_strong_people_know_it_keeps_its_key():
    table = tabled(CHOICE, [(chose("trei"), 22), (chose("cinci"), 6), (chose("patru"), 12)])
    assert Advice.KEY_MAY_BE_WRONG not in kinds(figures(12, 28), table)


def test_discrimination_below_nothing_with_its_whole_range_puts_the_key_in_doubt():
    of = figures(25, 15, discrimination=-60.0)
    assert Advice.KEY_MAY_BE_WRONG in kinds(of, tabled(CHOICE, ORDINARY))


def test_discrimination_a_little_below_nothing_is_no_verdict_on_the_key():
    of = figures(25, 15, discrimination=-5.0)
    assert kinds(of, tabled(CHOICE, ORDINARY)) == [Advice.AGAINST_THE_WHOLE]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(figures(39, 1), Advice.TOO_EASY, id="nearly everybody knows it"),
        pytest.param(figures(0, 40), Advice.NO_BETTER_THAN_GUESSING, id="nobody knows it"),
        pytest.param(
            replace(figures(9, 31), guess=0.0), Advice.TOO_HARD, id="few know it, none by guessing"
        ),
        pytest.param(
            figures(25, 15, discrimination=12.0), Advice.TELLS_LITTLE, id="knowing it says little"
        ),
        pytest.param(
            figures(25, 15, discrimination=25.0, efficiency=9.0),
            Advice.TELLS_LITTLE,
            id="efficiency is dubious",
        ),
    ],
)
def test_each_bound_has_its_advice(of, expected):
    assert expected in kinds(of, tabled(CHOICE, ORDINARY))


def test_an_option_that_nobody_chooses_is_named():
    table = tabled(CHOICE, [(chose("trei"), 15), (chose("patru"), 25)])
    hint = next(h for h in advise(figures(25, 15), table) if h.kind is Advice.IDLE_OPTIONS)
    assert hint.of == ("cinci", "șase")


def test_a_distractor_that_draws_the_stronger_third_is_named():
    answers = [(chose("patru"), 20), (chose("cinci"), 5), (chose("patru"), 10), (chose("trei"), 6)]
    hint = next(
        h
        for h in advise(figures(30, 11), tabled(CHOICE, answers))
        if h.kind is Advice.STRONG_MISLED
    )
    assert hint.of == ("trei",)


def test_what_many_leave_open_is_said():
    table = tabled(CHOICE, [({}, 12), *ORDINARY])
    assert Advice.MANY_BLANK in kinds(figures(25, 27), table)


def test_what_only_waits_to_be_marked_says_so_and_nothing_else():
    cells = [[Cell(0, 0, "q", None)] for _ in range(20)]
    found = statistics_of([Item("q", SCALE)], cells).items[0]
    assert kinds(found, tabled(CHOICE, ORDINARY)) == [Advice.WAITS_FOR_MARKS]


def whole(rows):
    items = [Item(at, SCALE) for at in range(len(rows[0]))]
    cells = [[Cell(at, at, at, SCALE * int(v)) for at, v in enumerate(row)] for row in rows]
    return statistics_of(items, cells).whole


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["1100", "1010"] * 3, {TestAdvice.OF_FEW}),
        (["1111"] * 7 + ["0000"] * 7, {TestAdvice.RELIABLE}),
        (["10", "01"] * 8 + ["11", "00"], {TestAdvice.BELOW_NOTHING}),
        (["1110"] * 12, {TestAdvice.ALL_EQUAL}),
        (["1111"] * 14 + ["1110"], {TestAdvice.EASY}),
        (["0000"] * 14 + ["1100"], {TestAdvice.HARD}),
    ],
)
def test_a_test_is_told_what_to_know_of_it(rows, said):
    assert said <= set(advise_on_test(whole(rows)))


# Left out by a correction.


def test_a_question_left_out_keeps_its_place_and_brings_nothing():
    items = [Item(0, SCALE), Item(1, SCALE)]
    rows = [(1, 1), (0, 1), (1, 0), (0, 0)]
    cells = [
        [Cell(0, 0, 0, SCALE * a), Cell(1, 1, 1, SCALE * b, is_left_out=True)] for a, b in rows
    ]
    found = statistics_of(items, cells)
    assert (found.whole.attempts, found.whole.places, found.whole.possible) == (4, 2, 1)
    assert found.whole.mean == 0.5
    assert found.items[1].facility is None
    assert (found.items[1].met, found.items[1].left_out, found.items[1].marked) == (4, 4, 0)


# Groups.


def test_two_groups_are_set_apart_where_chance_hardly_explains_the_difference():
    items = [Item("q", SCALE), Item("r", SCALE)]
    names, cells = [], []
    for name, knows in (("ngo", 18), ("public_authority", 6)):
        for at in range(20):
            names.append(name)
            same = Cell("r", 1, "r", SCALE * (at % 2))
            cells.append([Cell("q", 0, "q", SCALE * (at < knows)), same])
    found = groups_of(items, statistics_of(items, cells).sheet, names, [None] * 40)
    assert [group.whole.n for group in found] == [20, 20]
    told = apart(found, "q")
    assert (told.better, told.worse, told.points) == ("ngo", "public_authority", 60)
    assert apart(found, "r") is None
    assert found[0].passed is None


def test_of_few_people_no_difference_is_told():
    items = [Item("q", SCALE)]
    cells = [[Cell("q", 0, "q", SCALE * (at < 8))] for at in range(16)]
    names = ["ngo"] * 8 + ["public_authority"] * 8
    found = groups_of(items, statistics_of(items, cells).sheet, names, [True] * 8 + [False] * 8)
    assert apart(found, "q") is None
    assert [group.passed for group in found] == [8, 0]
    assert all(group.items["q"].is_of_few for group in found)


def test_thirds_of_a_mark_are_told_as_they_are():
    items = [Item("q", 3 * SCALE)]
    cells = [[Cell("q", 0, "q", int(Decimal(third) * SCALE))] for third in (0, 1, 2, 3)]
    found = groups_of(items, statistics_of(items, cells).sheet, ["a"] * 4, [None] * 4)
    assert found[0].items["q"].mean == 50


def test_an_answer_that_a_correction_left_out_counts_in_no_group_either():
    items = [Item("q", SCALE), Item("r", SCALE)]
    cells = [
        [Cell("q", 0, "q", SCALE * (at % 2), is_left_out=at < 2), Cell("r", 1, "r", SCALE)]
        for at in range(4)
    ]
    statistics = statistics_of(items, cells)
    [group] = groups_of(items, statistics.sheet, ["a"] * 4, [None] * 4)
    assert (group.items["q"].n, group.items["q"].mean) == (2, statistics.items[0].facility)
