"""A quiz asks a question's newest version, or stays with the one that its text names."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

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


def test_the_form_has_a_field_for_the_version_that_the_test_stays_with(desk):
    desk.save(with_question(desk, "", "trei", "doi"))
    desk.save(with_question(desk, "", "doi", "trei"))
    path = f"/courses/{desk.course}/quizzes/{desk.slug}/questions"
    [piece] = [p for p in read_text(desk.text).pieces if p.item and p.item.id == "p-1"]
    asked = {"text": desk.text, "form": str(piece.first)}
    page = BeautifulSoup(desk.post(path, **asked).text, "html.parser")
    field = page.select_one("select[name=f-pinned]")
    assert field is not None
    values = [str(option["value"]) for option in field.select("option")]
    assert values == ["newest", "1", "2"]
    assert not field.select("option[selected]")

    def applied(pinned: str) -> str:
        fields = {str(e["name"]): str(e.get("value") or e.text) for e in page.select("[name^=f-]")}
        sent = {**fields, "text": desk.text, "first": str(piece.first), "type": "single_choice"}
        for number in ("0", "1"):
            sent |= {f"f-options-{number}-text": ("doi", "trei")[int(number)]}
        sent |= {"f-options-right": "0", "f-options": "0", "f-pinned": pinned, "do": "apply"}
        answer = desk.client.post(
            path,
            data=MultiDict([*sent.items(), ("f-options", "1"), ("csrf_token", csrf(desk.client))]),
        )
        found = BeautifulSoup(answer.text, "html.parser").select_one("textarea[name=text]")
        assert found is not None
        return found.text

    assert "[pinned:1]" in applied("1")
    assert "pinned" not in applied("newest")
    assert "pinned" not in applied("x; drop")


def test_a_form_without_the_field_leaves_the_version_as_it_is():
    [item] = read_text(PLAIN.format(" [pinned:2]", "trei", "doi")).items
    form = forms()[item.question.type]
    values = {**values_of(item, form), "pinned": ""}
    assert item_of(form, values, item).pinned == 2
    assert item_of(form, {**values, "pinned": "newest"}, item).pinned is None
    assert item_of(form, {**values, "pinned": "3"}, item).pinned == 3


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
