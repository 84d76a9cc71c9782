"""What a result says of each question: what was chosen, what was missed, what was left empty."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.quizzes.corrections.marking import mark_item
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.models import Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.ticked import ticked_of
from tests.factories import make_quiz
from tests.quizzes.test_taking import paper, post, start

FOUR_RIGHT = """\
---
id: proba
title: {ro: Testul de probă, en: Sample test}
---

// [id:proba-1] [scoring:all-or-nothing] [lesson:1.2]
::1::Ce se anexează? {
~%25%cererea#CANARY-a
~%25%bugetul#CANARY-b
~%25%raportul#CANARY-c
~%25%actul#CANARY-d
~%-100%poza#CANARY-e
}

// [id:proba-2] [lesson:1.1]
::2::Cât fac doi și doi? {=patru~trei}
"""
IN_ORDER = {"shuffle_questions": False, "shuffle_options": False}


@pytest.fixture
def make(app, cast):
    def make(**settings):
        with app.app_context(), db.writing():
            return make_quiz(cast.module_ids[0], text=FOUR_RIGHT, **IN_ORDER, **settings)

    return make


def answered(app, client, words: set[str], **more) -> BeautifulSoup:
    """Choose the options with these words, submit, and open the result."""
    attempt_id = start(client)
    data: dict[str, list[str]] = {"confirmed": ["1"], "item": []}
    for item in paper(app, attempt_id):
        data["item"].append(str(item.item_id))
        options = item.question.options
        chosen = [o.id for o in options if BeautifulSoup(o.text, "html.parser").text in words]
        data[f"i{item.item_id}-choice"] = chosen
    done = post(client, f"/attempts/{attempt_id}/submit", {**data, **more})
    page = client.get(done.location)
    assert page.status_code == 200
    return BeautifulSoup(page.text, "html.parser")


def question(page: BeautifulSoup, number: int) -> BeautifulSoup:
    return page.select_one(f"section[aria-labelledby=q{number}t]")


def words_of(node) -> str:
    return " ".join(node.get_text(" ").replace(" ;", ";").split())


def test_a_result_says_what_was_missed_and_why_nothing_is_earned(app, cast, make):
    make()
    page = answered(app, cast.client("learner"), {"cererea", "raportul", "patru"})
    first = question(page, 1)
    said = words_of(first)
    assert "Ați ales 2 din 4 răspunsuri corecte; v-au scăpat b, d." in said
    assert "numai pentru toate răspunsurile corecte" in said
    assert [words_of(e) for e in first.select(".option-missed .state")] == [
        "corect, v-a scăpat"
    ] * 2
    assert len(first.select(".option-right")) == 2
    # Each explanation stands with its option, also that of what was missed; not that of the rest.
    assert [e.text.strip() for e in first.select(".option-says")] == [
        f"CANARY-{letter}" for letter in "abcd"
    ]
    assert first.text.count("CANARY-a") == 1
    assert "v-a" not in question(page, 2).text


def test_a_wrong_choice_beside_the_right_ones_is_named(app, cast, make):
    make()
    page = answered(
        app, cast.client("learner"), {"cererea", "bugetul", "raportul", "actul", "poza"}
    )
    said = words_of(question(page, 1))
    assert "Ați ales 4 din 4 răspunsuri corecte; e, pe care l-ați ales, nu este corect." in said
    assert "v-a" not in said


def test_a_question_left_empty_is_called_so(app, cast, make):
    make()
    page = answered(app, cast.client("learner"), {"patru"})
    first = words_of(question(page, 1))
    assert "Nu ați răspuns · 0 din 1" in first
    assert "Ați ales" not in first
    assert not page.select(".option-missed")
    assert "Nu ați răspuns" not in question(page, 2).text


def test_the_way_back_leads_to_the_first_lesson_of_what_went_wrong(app, cast, make):
    make()
    page = answered(app, cast.client("learner"), {"trei"})
    link = page.select_one(".actions a")
    assert (link.text.strip(), link["href"]) == (
        "Recitiți lecția 1.1",
        "/courses/curs/1-modul/1-1-lectie",
    )


def test_without_the_key_nothing_is_told_of_what_was_missed(app, cast, make):
    things = ["attempt", "marks", "correctness", "feedback", "overall"]
    make(review={"later": things, "right_after": things})
    page = answered(app, cast.client("learner"), {"cererea"})
    for hidden in ("v-a", "din 4", "CANARY-b", "option-missed"):
        assert hidden not in str(question(page, 1))
    assert "CANARY-a" in question(page, 1).text


def test_the_verdict_alone_names_no_lesson_of_a_mistake(app, cast, make):
    make(review={"later": ["marks", "overall"], "right_after": ["marks", "overall"]})
    page = answered(app, cast.client("learner"), {"cererea"})
    assert page.select_one(".actions a").text.strip() == "Recitiți modulul"


def test_letters_follow_the_order_that_was_drawn():
    asked = read_gift(FOUR_RIGHT).items[0].question
    order = tuple(reversed(rules_for(asked).option_ids(asked)))
    chosen = {"choices": [o.id for o in asked.options if o.text in {"actul", "poza"}]}
    found = ticked_of(asked, mark_item(asked, chosen).marked.parts, order)
    assert found is not None
    assert (found.chosen, found.right, found.missed, found.wrong) == (1, 4, ("c", "d", "e"), ("a",))
    assert ticked_of(asked, mark_item(asked, {}).marked.parts, order) is None


def test_the_bench_of_a_question_says_the_same(app, cast, make):
    make()
    with app.app_context():
        first = sa.select(Question.id).where(Question.content_id.endswith("-1"))
        number = db.session().scalar(first)
    trainer = cast.client("trainer")
    bench = f"/courses/curs/bank/{number}/try"
    fields = BeautifulSoup(trainer.get(bench).text, "html.parser").select("input[type=checkbox]")
    assert fields, bench
    tried = post(trainer, bench, {fields[0]["name"]: [fields[0]["value"]]})
    assert "Ați ales 1 din 4 răspunsuri corecte" in tried.text


TRUE_OR_FALSE = """\
---
id: proba
title: {ro: Testul de probă, en: Sample test}
---

// [id:proba-1] [lesson:1.1]
::1::Doi și doi fac patru. {TRUE}
"""


@pytest.mark.parametrize(
    ("said", "labels"),
    [("true", ["Răspunsul dumneavoastră, corect"]), ("false", ["Răspuns dat", "Răspuns corect"])],
)
def test_a_right_answer_is_not_said_twice(app, cast, said, labels):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TRUE_OR_FALSE)
    client = cast.client("learner")
    attempt_id = start(client)
    (item,) = paper(app, attempt_id)
    data = {"confirmed": ["1"], "item": [str(item.item_id)], f"i{item.item_id}-choice": [said]}
    done = post(client, f"/attempts/{attempt_id}/submit", data)
    page = BeautifulSoup(client.get(done.location).text, "html.parser")
    assert [dt.text for dt in question(page, 1).select(".question-answer dt")] == labels
