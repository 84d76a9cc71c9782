"""Drawing and shuffling by seed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.assembly import NotEnoughQuestions, derived_seed, draw_questions, shuffled

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


@given(st.lists(st.text(max_size=8), unique=True), st.integers(), st.text(max_size=5))
def test_a_shuffle_keeps_everything_and_forgets_the_order_things_came_in(items, seed, label):
    result = shuffled(items, seed, label)
    assert sorted(result) == sorted(items)
    assert result == shuffled(reversed(items), seed, label)


@given(st.integers(0, 2**63 - 1), st.text(max_size=20))
def test_a_derived_seed_fits_the_database(seed, label):
    assert 0 <= derived_seed(seed, label) < 2**63
