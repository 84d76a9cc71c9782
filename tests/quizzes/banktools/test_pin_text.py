"""The key that pins a question changes its own line of the text, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank_tools.pin_text import with_pinned
from lms.quizzes.exchange.quiz_file import QuizItem
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import gift_of
from tests.quizzes.strategies import questions

TEXT = """// un comentariu
// [id:a] [fact:A1] [slot:2]
Una? {=da~nu}

$CATEGORY: alta

// [id:b] [pinned:4]
Două? {=da~nu}
"""


def pins(text: str) -> dict[str, int | None]:
    return {item.id: item.pinned for item in read_text(text).items}


def test_a_question_is_pinned_and_let_go():
    pinned = with_pinned(TEXT, "a", 2)
    assert pins(pinned) == {"a": 2, "b": 4}
    assert pinned == TEXT.replace("[slot:2]", "[slot:2] [pinned:2]")
    assert with_pinned(pinned, "a", None) == TEXT
    assert pins(with_pinned(TEXT, "b", None)) == {"a": None, "b": None}
    assert pins(with_pinned(TEXT, "b", 5)) == {"a": None, "b": 5}


def test_a_question_that_is_not_there_changes_nothing():
    assert with_pinned(TEXT, "c", 2) == TEXT


@given(questions, questions, st.integers(1, 99))
def test_any_question_is_pinned_without_touching_it(one, other, number):
    items = (QuizItem(id="q-1", question=one), QuizItem(id="q-10", question=other))
    text = "\n\n".join(gift_of(item) for item in items) + "\n"
    pinned = with_pinned(text, "q-1", number)
    assert pins(pinned) == {"q-1": number, "q-10": None}
    assert [i.question for i in read_text(pinned).items] == [
        i.question for i in read_text(text).items
    ]
    assert with_pinned(pinned, "q-1", None) == text
