"""Kprim: four decisions, all or half or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.question_types.protocol import Outcome
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.types.cases import earned, marked, near, question

OPENOLAT = "quiz-rules 1, Kprim (OpenOLAT)"
TRUTH = {"a": True, "b": False, "c": True, "d": False}


def kprim():
    return question(
        "kprim",
        statements=[
            {"id": key, "text": f"afirmația {key}", "is_true": truth, "feedback": f"despre {key}"}
            for key, truth in TRUTH.items()
        ],
    )


CASES = [
    ("+-+-", "1", OPENOLAT + ": 4 right"),
    ("--+-", "0.5", OPENOLAT + ": 3 right"),
    ("+++-", "0.5", OPENOLAT + ": 3 right"),
    ("+-+?", "0.5", OPENOLAT + ": 3 right, one left open"),
    ("--++", "0", OPENOLAT + ": 2 right"),
    ("+-??", "0", OPENOLAT + ": 2 right, two open"),
    ("-+-+", "0", OPENOLAT + ": none right"),
    ("++++", "0", OPENOLAT + ": 2 right by saying yes to all"),
    ("----", "0", OPENOLAT + ": 2 right by saying no to all"),
    ("+???", "0", OPENOLAT + ": 1 right"),
    ("????", "0", OPENOLAT + ": nothing decided"),
    ("+++?", "0", OPENOLAT + ": 2 right, one wrong, one open"),
]


def payload(said: str) -> dict:
    words = {"+": "true", "-": "false"}
    return {"decisions": {k: words[s] for k, s in zip(TRUTH, said, strict=True) if s in words}}


@pytest.mark.parametrize(("said", "expected", "source"), CASES)
def test_decisions_earn(said, expected, source):
    assert near(earned(kprim(), payload(said)), expected), source


@given(st.text("+-?", min_size=4, max_size=4))
def test_the_mark_is_that_of_how_many_are_right(said):
    right = sum(one == other for one, other in zip(said, "+-+-", strict=True))
    expected = {4: "1", 3: "0.5"}.get(right, "0")
    assert near(earned(kprim(), payload(said)), expected)


def test_a_guess_earns_three_sixteenths():
    asked = kprim()
    every = [a + b + c + d for a in "+-" for b in "+-" for c in "+-" for d in "+-"]
    mean = sum(earned(asked, payload(said)) for said in every) / 16
    assert rules_for(asked).random_guess(asked) == mean


def test_nothing_decided_is_unanswered_and_something_is_incomplete():
    asked = kprim()
    assert marked(asked, {}).outcome is Outcome.UNANSWERED
    assert not rules_for(asked).is_answered(asked, payload("+-+?"))
    assert rules_for(asked).notice(asked, payload("+-+?")).value == "incomplete"
    assert rules_for(asked).response_text(asked, payload("+-??")) == (
        "+ afirmația a",
        "− afirmația b",
    )
