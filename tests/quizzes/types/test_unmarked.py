"""Texts between questions, and questions without a mark."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lms.quizzes.question_types.protocol import InvalidResponse, Marking, Outcome
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.grading import grade, mark_of
from tests.quizzes.types.cases import earned, marked, question

SHEET = "quiz-rules 1, description; survey questions have no mark"
VIEWS = [{"id": "a", "text": "puțin"}, {"id": "b", "text": "mult"}]


@pytest.mark.parametrize(
    ("asked", "payload"),
    [
        (question("description"), {}),
        (question("description", marks="5"), {"text": "x"}),
        (question("survey", views=VIEWS), {"choices": ["a"]}),
        (question("survey", views=VIEWS), {}),
        (question("survey", kind="several", views=VIEWS), {"choices": ["a", "b"]}),
        (question("survey", kind="text"), {"text": "cred că da"}),
    ],
)
def test_what_has_no_mark_counts_for_nothing(asked, payload):
    found = marked(asked, payload)
    assert (found.fraction, found.outcome) == (0, Outcome.UNMARKED), SHEET
    assert asked.marking is Marking.NONE
    mark = mark_of(asked, found.fraction)
    assert (mark.earned, mark.possible) == (0, 0)


def test_beside_a_right_answer_it_takes_nothing_away():
    right = question("short_answer", answers=[{"text": "a"}])
    view = question("survey", views=VIEWS)
    marks = [mark_of(right, earned(right, {"text": "a"})), mark_of(view, earned(view, {}))]
    assert grade(marks, pass_mark=Decimal(100)).passed


def test_a_view_is_read_and_shown():
    asked = question("survey", views=VIEWS)
    rules = rules_for(asked)
    assert rules.read_response(asked, {"choice": ["b"]}) == {"choices": ["b"]}
    assert rules.response_text(asked, {"choices": ["b"]}) == ("mult",)
    assert rules.response_text(asked, {"choices": ["a", "b"]}) == ()
    assert [each.key for each in rules.summarise(asked, {"choices": ["b"]})] == ["b"]
    with pytest.raises(InvalidResponse):
        rules.read_response(asked, {"choice": ["a", "b"]})
