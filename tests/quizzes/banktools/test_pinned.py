"""A quiz asks a question's newest version, or stays with the one that its text names."""

from __future__ import annotations

import pytest

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.workshop.forming import item_of, values_of
from lms.quizzes.workshop.reading import read_text
from tests.cast import csrf
from tests.quizzes.banktools.acting import PLAIN, with_question


def test_the_key_goes_from_text_to_text():
    quiz = read_gift(PLAIN.format(" [pinned:3]", "trei", "doi"))
    assert (quiz.problems, quiz.items[0].pinned) == ((), 3)
    assert read_gift(write_gift(quiz)).items == quiz.items
    assert "[pinned:3]" in write_gift(quiz)
    assert "pinned" not in write_gift(read_gift(PLAIN.format("", "trei", "doi")))


@pytest.mark.parametrize("odd", ["0", "-1", "x", "1.5", "999999", "٣"])
def test_an_odd_number_is_told_and_pins_nothing(odd):
    quiz = read_gift(PLAIN.format(f" [pinned:{odd}]", "trei", "doi"))
    assert [(p.kind, p.field) for p in quiz.problems] == [(ProblemKind.BAD_KEY, "pinned")]
    assert quiz.items[0].pinned is None


def test_the_key_goes_through_the_form():
    [item] = read_text(PLAIN.format(" [pinned:2]", "trei", "doi")).items
    form = forms()[item.question.type]
    assert item_of(form, values_of(item, form), item).pinned == 2


def test_a_pinned_version_is_asked_while_the_text_goes_on(desk):
    desk.save(with_question(desk, "", "trei", "doi"))
    assert desk.asked()["p-1"] == 1
    desk.save(with_question(desk, " [pinned:1]", "doi", "trei"))
    assert desk.asked()["p-1"] == 1
    assert "=doi" in desk.text
    desk.save(with_question(desk, "", "doi", "trei"))
    assert desk.asked()["p-1"] == 2
    desk.save(with_question(desk, " [pinned:1]", "doi", "trei"))
    assert desk.asked()["p-1"] == 1


def test_a_version_that_is_not_there_is_told_and_the_newest_asked(desk):
    text = with_question(desk, " [pinned:7]", "trei", "doi")
    page = desk.client.post(
        f"/courses/{desk.course}/quizzes/{desk.slug}/questions",
        data={"csrf_token": csrf(desk.client), "text": text, "do": "preview"},
    )
    assert "nu are versiunea 7" in page.text
    desk.save(text)
    assert desk.asked()["p-1"] == 1


def test_the_page_of_the_quiz_says_which_version_is_asked(desk):
    desk.save(with_question(desk, " [pinned:1]", "trei", "doi"))
    page = desk.client.get(f"/courses/{desk.course}/quizzes/{desk.slug}/questions").text
    assert "cursanții primesc versiunea 1" in page
