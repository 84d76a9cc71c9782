"""Adding a type is copying a folder: one that only the tests have goes through the whole site."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lms import db
from lms.quizzes.exchange import gift_types
from lms.quizzes.exchange.gift import read_gift, write_gift
from lms.quizzes.models import Attempt
from lms.quizzes.question_types import registry
from lms.web import templating
from tests.factories import make_quiz
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.own.quizzes.question_types.one_digit import gift, rules

TEXT = """\
// [id:o-1] [type:one_digit] [marks:2]
Câte județe vecine are județul Iași? {=3####Numărați pe hartă.}
"""
QUIZ = "/courses/curs/quizzes/cifre"


@pytest.fixture(autouse=True)
def one_digit(monkeypatch):
    monkeypatch.setitem(gift_types.FORMS, rules.NAME, gift)
    monkeypatch.setattr(templating, "PARTS", [*templating.PARTS, Path(__file__).parent / "own"])
    with registry.also(rules):
        yield


def test_it_is_asked_saved_marked_and_reviewed(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TEXT, slug="cifre", pass_mark="50")
    client = cast.client("learner")
    attempt_id = start(client, QUIZ)
    (item,) = paper(app, attempt_id)
    drawn = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    field = drawn.select_one(f"[name='i{item.item_id}-digit']")
    assert field["value"] == ""

    data = {"item": str(item.item_id), field["name"]: "4"}
    assert post(client, f"/attempts/{attempt_id}/answers", data).status_code == 302
    again = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    assert again.select_one(f"[name='i{item.item_id}-digit']")["value"] == "4"

    post(client, f"/attempts/{attempt_id}/submit")
    with app.app_context():
        attempt = db.session().get_one(Attempt, attempt_id)
        assert (attempt.earned, attempt.possible, attempt.passed) == (1, 2, True)
    result = client.get(f"/attempts/{attempt_id}/result").get_data(as_text=True)
    for told in ("1 din 2", "<dd>4</dd>", "<dd>3</dd>", "Numărați pe hartă."):
        assert told in result, told


def test_it_has_its_form_in_a_quiz_file():
    read = read_gift(TEXT)
    assert not read.problems
    assert read.items[0].question == rules.parse(
        {
            "stem": "Câte județe vecine are județul Iași?",
            "marks": "2",
            "digit": 3,
            "general_feedback": "Numărați pe hartă.",
        }
    )
    assert read_gift(write_gift(read)).items == read.items


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("3", "1"), ("2", "0.5"), ("4", "0.5"), ("5", "0"), ("x", "0"), ("", "0"), ("³", "0")],
)
def test_it_is_marked_by_its_own_rules(typed, expected):
    asked = registry.parse_question({"type": "one_digit", "stem": "?", "digit": "3"})
    assert registry.rules_for(asked).mark(asked, {"text": typed}).fraction == Decimal(expected)
