"""Places in a text: right ones over all, whichever way they are filled."""

from __future__ import annotations

import pytest

from lms.quizzes.question_types.protocol import InvalidQuestion, InvalidResponse, WordsDiffer
from lms.quizzes.question_types.registry import parse_question, rules_for, translated
from tests.quizzes.types.cases import earned, near, question

MOODLE = "quiz-rules 1, gapselect and ddwtos"
WORDS = [
    {"id": "a", "text": "asociația"},
    {"id": "b", "text": "fundația"},
    {"id": "x", "text": "societatea"},
    {"id": "n3", "text": "3", "group": 2},
    {"id": "n5", "text": "5", "group": 2},
]
TEXT = "[[1]] are [[4]] membri, [[2]] nu."

CASES = [
    ({"1": "a", "4": "n3", "2": "b"}, "1", "all right"),
    ({"1": "a", "4": "n3"}, "2/3", "one open"),
    ({"1": "a", "4": "n5", "2": "b"}, "2/3", "one wrong"),
    ({"1": "b", "4": "n3", "2": "a"}, "1/3", "two changed"),
    ({"1": "x", "2": "x"}, "0", "the same word twice"),
    ({}, "0", "nothing"),
    ({"1": "n3"}, "0", "a word of another group counts as none"),
    ({"1": "a", "2": "a", "4": "n3"}, "2/3", "a word used again"),
    ({"1": "unknown"}, "0", "no word of the question"),
    ({"9": "a"}, "0", "no place of the text"),
    ({"1": ["a"], "2": None}, "0", "odd values"),
]


def gaps(kind="gap_select", text=TEXT, **more):
    return question(kind, text=text, words=WORDS, **more)


@pytest.mark.parametrize("kind", ["gap_select", "drag_words"])
@pytest.mark.parametrize(("given", "expected", "why"), CASES)
def test_places_earn(kind, given, expected, why):
    assert near(earned(gaps(kind), {"gaps": given}), expected), f"{MOODLE}: {why}"


def test_a_guess_is_the_mean_of_one_in_as_many_as_each_place_offers():
    asked = gaps()
    assert near(rules_for(asked).random_guess(asked), "7/18")  # (1/3 + 1/3 + 1/2) / 3


def test_a_word_that_is_right_twice_can_be_used_again():
    assert gaps("drag_words", "[[1]] și [[1]]").reuse
    assert list(gaps("drag_words", "[[1]] și [[1]]").places) == ["1", "1-2"]


@pytest.mark.parametrize("text", ["fără locuri", "[[9]]", "[[0]]"])
def test_a_place_without_a_word_is_refused(text):
    with pytest.raises(InvalidQuestion):
        gaps(text=text)


def test_a_place_that_offers_one_word_alone_is_refused():
    with pytest.raises(InvalidQuestion):
        question("gap_select", text="[[1]]", words=[WORDS[0], WORDS[3]])


def test_a_word_of_another_group_is_not_read():
    asked = gaps()
    with pytest.raises(InvalidResponse):
        rules_for(asked).read_response(asked, {"gap-1": ["n3"]})


def test_places_may_stand_in_another_order_in_english():
    english = gaps(text="Not [[2]], but [[1]] has [[4]] members.")
    worded = translated(gaps(), english)
    given = {"gaps": {"1": "a", "2": "b", "4": "n3"}}
    assert earned(worded, given) == 1
    with pytest.raises(WordsDiffer):
        translated(gaps(), gaps(text="[[1]] and [[2]]."))


def test_other_programs_write_one_text_for_all():
    asked = parse_question(
        {"type": "gap_select", "stem": "Completați\nmai jos.\nO [[1]] și o [[2]].", "words": WORDS}
    )
    assert (asked.stem, asked.text) == ("Completați\nmai jos.", "O [[1]] și o [[2]].")
    bare = parse_question({"type": "gap_select", "stem": "O [[1]].", "words": WORDS})
    assert (bare.stem, bare.text) == ("O ….", "O [[1]].")
