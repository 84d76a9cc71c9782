"""Results on paper stand among a quiz's results as „pe hârtie”, and never among its attempts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from lms import db
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import take
from tests.quizzes.test_paper import QUIZ, post, write


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], pass_mark=70)


@pytest.fixture
def both(app, cast, quiz_id):
    with app.app_context(), db.writing():
        take(cast.enrolments["learner"], quiz_id, {})
    return write(cast, quiz_id, part="classmate", percent=Decimal(80))


def listed(client, query="") -> tuple[list[str], str]:
    answer = client.get(f"{QUIZ}/attempts{query}")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser").main
    rows = [" ".join(row.text.split()) for row in page.select("tbody tr")]
    return rows, page.text


def test_a_paper_stands_in_the_list_and_leads_to_itself(cast, both):
    trainer = cast.client("trainer")
    rows, text = listed(trainer)
    assert len(rows) == 2
    (paper,) = [row for row in rows if "pe hârtie" in row]
    assert "80" in paper
    assert "promovat" in paper
    assert "1 încercare · 1 rezultat pe hârtie" in " ".join(text.split())
    assert f"/paper-results/{both}" in trainer.get(f"{QUIZ}/attempts").text


@pytest.mark.parametrize(
    ("query", "papers", "attempts"),
    [
        ("?attempts=best", 0, 1),
        ("?attempts=first", 0, 1),
        ("?state=passed", 1, 0),
        ("?state=failed", 0, 1),
        ("?state=submitted", 1, 1),
        ("?state=open", 0, 0),
        ("?order=submitted", 1, 1),
        ("?order=time", 1, 1),
        ("?order=result", 1, 1),
        ("?search=nimeni", 0, 0),
    ],
)
def test_it_is_narrowed_and_ordered_with_the_others(cast, both, query, papers, attempts):
    rows, _text = listed(cast.client("trainer"), query)
    assert sum("pe hârtie" in row for row in rows) == papers
    assert len(rows) == papers + attempts


def test_a_revoked_paper_is_not_listed(cast, both):
    post(cast.client("registrar"), f"/paper-results/{both}/revoke", reason="greșit")
    rows, _text = listed(cast.client("trainer"))
    assert len(rows) == 1


def test_papers_alone_make_a_list(app, cast, quiz_id):
    write(cast, quiz_id, taken_on=date(2026, 5, 13))
    rows, _text = listed(cast.client("trainer"))
    assert len(rows) == 1
    assert "13.05.2026" in rows[0]


def test_the_lists_file_has_it_and_the_answers_file_has_not(cast, both):
    trainer = cast.client("trainer")
    lines = trainer.get(f"{QUIZ}/attempts.csv").get_data(as_text=True)
    assert lines.count("pe hârtie") == 1
    answers = trainer.get(f"{QUIZ}/attempts/answers.csv").get_data(as_text=True)
    assert "pe hârtie" not in answers
    assert trainer.get(f"{QUIZ}/statistics").status_code == 200
