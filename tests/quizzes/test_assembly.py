"""Drawing and shuffling by seed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.rules.assembly import NotEnoughQuestions, derived_seed, draw_questions, shuffled

POOL = [f"q{number:02}" for number in range(1, 11)]


def test_the_order_of_a_seed_never_changes():
    # Written down once: an attempt begun today must look the same after any upgrade.
    assert shuffled("abcdefgh", 2026) == tuple("bdgchefa")
    assert draw_questions(POOL, 4, 7) == ("q05", "q02", "q10", "q07")
    assert derived_seed(7, "q01") == 4911180235810438267


def test_a_draw_gives_what_was_asked_for_and_nothing_twice():
    drawn = draw_questions([*POOL, "q01"], 8, 1)
    assert len(drawn) == len(set(drawn)) == 8
    assert set(drawn) <= set(POOL)


def test_drawing_none_means_all():
    assert sorted(draw_questions(POOL, None, 5)) == POOL


def test_without_shuffling_the_drawn_stand_in_the_order_of_the_file():
    drawn = draw_questions(POOL, 6, 3, shuffle=False)
    assert list(drawn) == sorted(drawn)
    assert set(drawn) == set(draw_questions(POOL, 6, 3))


def test_more_than_there_are_cannot_be_drawn():
    with pytest.raises(NotEnoughQuestions) as refused:
        draw_questions(POOL, 11, 1)
    assert (refused.value.wanted, refused.value.available) == (11, 10)


def test_questions_not_yet_met_come_first():
    met = dict.fromkeys(POOL[:8], 1)
    for seed in range(20):
        assert {"q09", "q10"} <= set(draw_questions(POOL, 4, seed, seen=met))


def test_every_question_has_its_chance():
    counts = Counter(q for seed in range(500) for q in draw_questions(POOL, 5, seed))
    assert all(190 < counts[question] < 310 for question in POOL)


# Slots: questions of one are alternatives.

PAIRS = {f"q{number:02}": f"{(number - 1) % 10 + 1}" for number in range(1, 21)}
BOTH = list(PAIRS)

pools = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.sampled_from(["", "1", "2", "3", "4"]), min_size=1
)


def slot_of(item, slots):
    return ("slot", slots[item]) if slots.get(item) else ("item", item)


def test_a_second_attempt_gets_the_other_question_of_each_slot():
    first = draw_questions(BOTH, None, 1, slots=PAIRS)
    again = draw_questions(BOTH, None, 2, slots=PAIRS, seen=dict.fromkeys(first, 1))
    assert sorted(first + again) == BOTH


def test_slots_whose_question_was_not_met_come_before_those_that_must_repeat_one():
    slots = {"a1": "a", "b1": "b", "b2": "b"}
    for seed in range(20):
        met = {"a1": 1, "b1": 1}
        assert draw_questions(list(slots), 1, seed, slots=slots, seen=met) == ("b2",)


def test_a_slot_with_more_alternatives_is_drawn_no_more_often():
    slots = {f"q{number}": "large" for number in range(9)}
    pool = [*slots, "alone"]
    drawn = Counter(draw_questions(pool, 1, seed, slots=slots)[0] for seed in range(400))
    assert 150 < drawn["alone"] < 250


def test_eight_slots_cannot_be_drawn_of_seven():
    slots = {f"q{number}": str(number % 7) for number in range(14)}
    with pytest.raises(NotEnoughQuestions) as refused:
        draw_questions(list(slots), 8, 1, slots=slots)
    assert (refused.value.wanted, refused.value.available) == (8, 7)


@given(pools, st.integers(0, 2**62), st.data())
def test_a_draw_takes_one_of_each_slot_and_the_one_met_least(slots, seed, data):
    seen = data.draw(st.dictionaries(st.sampled_from(sorted(slots)), st.integers(0, 3)))
    names = {slot_of(item, slots) for item in slots}
    n = data.draw(st.none() | st.integers(0, len(names)))
    drawn = draw_questions(list(slots), n, seed, slots=slots, seen=seen)
    taken = [slot_of(item, slots) for item in drawn]
    assert len(taken) == len(set(taken)) == (len(names) if n is None else n)
    least = {
        name: min(seen.get(i, 0) for i in slots if slot_of(i, slots) == name) for name in names
    }
    for item, name in zip(drawn, taken, strict=True):
        assert seen.get(item, 0) == least[name]
    left = [times for name, times in least.items() if name not in taken]
    assert max((least[name] for name in taken), default=0) <= min(left, default=4)


@given(pools, st.integers(0, 2**62), st.randoms())
def test_what_is_drawn_does_not_depend_on_the_order_of_the_file(slots, seed, chance):
    turned = list(slots)
    chance.shuffle(turned)
    assert draw_questions(turned, None, seed, slots=slots) == draw_questions(
        list(slots), None, seed, slots=slots
    )


@given(pools, st.integers(0, 2**62))
def test_slots_of_one_question_change_nothing(slots, seed):
    alone = {item: f"of-{item}" for item in slots}
    drawn = draw_questions(list(slots), None, seed, shuffle=False)
    assert drawn == draw_questions(list(slots), None, seed, shuffle=False, slots=alone)


@given(st.lists(st.text(max_size=8), unique=True), st.integers(), st.text(max_size=5))
def test_a_shuffle_keeps_everything_and_forgets_the_order_things_came_in(items, seed, label):
    result = shuffled(items, seed, label)
    assert sorted(result) == sorted(items)
    assert result == shuffled(reversed(items), seed, label)


@given(st.integers(0, 2**63 - 1), st.text(max_size=20))
def test_a_derived_seed_fits_the_database(seed, label):
    assert 0 <= derived_seed(seed, label) < 2**63
