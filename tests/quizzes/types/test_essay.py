"""Essays: what waits for a person, limits of words, and a rubric as numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.essay.rubric import fraction_by
from lms.quizzes.question_types.essay.rules import count_words
from lms.quizzes.question_types.protocol import InvalidQuestion, Outcome, ResponseNotice
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.types.cases import marked, near, question

MOODLE = "quiz-rules 1, essay; 3, manualgraded"
RUBRIC = [
    {
        "text": "Legătura",
        "share": "0.6",
        "levels": [
            {"label": "lipsește", "fraction": "0"},
            {"label": "în parte", "fraction": "0.5"},
            {"label": "limpede", "fraction": "1"},
        ],
    },
    {
        "text": "Limba",
        "share": "0.4",
        "levels": [{"label": "grea", "fraction": "0"}, {"label": "îngrijită", "fraction": "1"}],
    },
]


def essay(**fields):
    return question("essay", **fields)


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        ({"text": "un text"}, Outcome.WAITING),
        ({"text": " "}, Outcome.UNANSWERED),
        ({}, Outcome.UNANSWERED),
        ({"text": 7}, Outcome.UNANSWERED),
    ],
)
def test_a_text_waits_for_a_person_and_earns_nothing_until_then(payload, outcome):
    found = marked(essay(), payload)
    assert (found.fraction, found.outcome) == (0, outcome), MOODLE


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("unu doi trei", 3),
        ("într-un sat", 2),
        ("1.234,5 lei", 3),
        ("da – nu", 2),
        ("", 0),
        ("a\nb\tc", 3),
        ("l-am văzut; da!", 3),
    ],
)
def test_words_are_counted_as_people_do(text, count):
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("words", "notice"),
    [(2, ResponseNotice.TOO_FEW_WORDS), (3, None), (5, None), (6, ResponseNotice.TOO_MANY_WORDS)],
)
def test_a_text_outside_the_limits_is_incomplete_and_kept(words, notice):
    asked = essay(min_words=3, max_words=5)
    rules = rules_for(asked)
    payload = rules.read_response(asked, {"text": ["cuvânt " * words]})
    assert rules.notice(asked, payload) is notice, MOODLE
    assert rules.is_answered(asked, payload) == (notice is None)
    assert marked(asked, payload).outcome is Outcome.WAITING


def test_the_template_as_it_stood_is_no_answer():
    asked = essay(template="Problema:\nSoluția:")
    rules = rules_for(asked)
    assert rules.read_response(asked, {"text": ["Problema:\r\nSoluția:  "]}) == {}
    assert rules.read_response(asked, {"text": ["Problema: x\nSoluția:"]}) != {}


RUBRIC_CASES = [
    ({0: 2, 1: 1}, "1", "both at the top"),
    ({0: 1, 1: 1}, "0.7", "half of 60 % and all of 40 %"),
    ({0: 1, 1: 0}, "0.3", "half of 60 %"),
    ({0: 0, 1: 1}, "0.4", "all of 40 %"),
    ({0: 0, 1: 0}, "0", "nothing"),
]


@pytest.mark.parametrize(("chosen", "expected", "why"), RUBRIC_CASES)
def test_a_rubric_adds_up(chosen, expected, why):
    found = fraction_by(essay(rubric=RUBRIC).rubric, chosen)
    assert found is not None
    assert near(found, expected), f"a rubric's shares: {why}"


def test_a_rubric_that_is_not_whole_gives_no_mark():
    rubric = essay(rubric=RUBRIC).rubric
    assert fraction_by(rubric, {0: 1}) is None
    assert fraction_by(rubric, {0: 1, 1: 9}) is None
    assert fraction_by((), {}) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"min_words": 10, "max_words": 5},
        {"rubric": RUBRIC[:1]},
        {"lines": 1},
        {"format": "html"},
    ],
)
def test_an_essay_that_makes_no_sense_is_refused(fields):
    with pytest.raises(InvalidQuestion):
        essay(**fields)


def test_the_keys_of_a_file_are_read():
    read = read_gift(
        "// [id:e] [words:100-300] [lines:12]\n// [notes:Prima parte,] \n// [notes: a doua.]\n"
        "// [criterion:100 | Limba \\| stilul | 0 slab | 100 bun]\nScrieți. {####Mulțumim.}"
    )
    asked = read.items[0].question
    assert (asked.min_words, asked.max_words, asked.lines) == (100, 300, 12)
    assert asked.rubric[0].text == "Limba | stilul"
    assert asked.rubric[0].levels[1].fraction == Decimal(1)
    assert asked.general_feedback == "Mulțumim."
