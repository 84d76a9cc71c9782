"""Checks have an end, and go by the key that holds now."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import clock, db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes.behaviours.values import MOST_TRIES
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models import ResponseTry, ResponseVersion
from lms.quizzes.services import correcting
from tests.factories import make_quiz
from tests.quizzes.attempts.test_checking import HINTED, check, page_of, percent_of, tries
from tests.quizzes.disputes.acting import new_version, trainers
from tests.quizzes.test_taking import fields, paper, post, start


@pytest.fixture
def begin(app, cast):
    def begun(text=HINTED, **settings):
        with app.app_context(), db.writing():
            make_quiz(cast.module_ids[0], text=text, shuffle_questions=False, **settings)
        client = cast.client("learner")
        return client, start(client)

    return begun


def correct(app, item, kind, *, option=None, key=None) -> None:
    with app.app_context():
        proposal = Proposal(item.version_id, kind, option, key)
        seen = correcting.look(proposal).seen
        by = trainers()[0]
        db.end_reading()
        with db.writing():
            correcting.apply(proposal, reason="așa e", by=by, seen=seen, now=clock.now())


def test_adaptive_checks_have_an_end_that_is_told_and_lose_nothing(app, begin):
    client, attempt_id = begin(behaviour="adaptive_no_penalty")
    for number in range(MOST_TRIES):
        if number == MOST_TRIES - 3:
            assert "3 ori" in page_of(client, attempt_id).text
        check(app, client, attempt_id, (right_answer, wrong_answer)[number % 2])
    assert tries(app) == MOST_TRIES
    box = page_of(client, attempt_id)
    assert "Întrebarea nu se mai poate verifica" in box.text
    assert not box.select("button[name=check]")
    assert not box.has_attr("disabled")
    late = check(app, client, attempt_id, right_answer)  # another window, or „back”
    assert tries(app) == MOST_TRIES
    assert f"de {MOST_TRIES} de ori" in client.get(late.location).text
    assert percent_of(app, client, attempt_id) == Decimal(50)


THREE = """\
// [id:t-1] [hint:Mai mult.]
Câți? {=trei ~doi ~patru}
"""


def option(item, text) -> str:
    return next(o.id for o in item.question.options if o.text == text)


def chosen(text):
    return lambda question: {"choice": [next(o.id for o in question.options if o.text == text)]}


def test_an_option_counted_as_right_holds_for_checks_of_attempts_under_way(app, begin):
    client, attempt_id = begin(THREE, behaviour="interactive", feedback="at_once")
    check(app, client, attempt_id, chosen("doi"))
    assert "Greșit" in page_of(client, attempt_id).text
    (item,) = paper(app, attempt_id)
    correct(app, item, CorrectionKind.OPTION_CREDIT, option=option(item, "doi"))
    box = page_of(client, attempt_id)
    assert box.has_attr("disabled")
    assert "Corect" in box.text
    check(app, client, attempt_id, chosen("patru"))
    assert tries(app) == 1
    with app.app_context():
        kept = db.session().scalars(sa.select(ResponseVersion.standing)).all()
        assert [each.value for each in kept] == ["counts", "behind"]
    assert percent_of(app, client, attempt_id) == 100


def test_a_corrected_key_holds_for_checks_of_attempts_under_way(app, begin):
    client, attempt_id = begin(THREE, behaviour="immediate", feedback="at_once")
    (item,) = paper(app, attempt_id)
    with app.app_context(), db.writing():
        key = new_version(item.version_id, "patru")
    correct(app, item, CorrectionKind.KEY, key=key)
    check(app, client, attempt_id, chosen("trei"))
    box = page_of(client, attempt_id)
    assert "Greșit" in box.text
    assert "patru" in box.select_one(".checking").text
    assert percent_of(app, client, attempt_id) == 0


def test_a_dropped_question_is_checked_no_more_and_says_so(app, begin):
    client, attempt_id = begin(behaviour="interactive")
    item = paper(app, attempt_id)[0]
    correct(app, item, CorrectionKind.QUESTION_CREDIT)
    box = page_of(client, attempt_id)
    assert not box.select("button[name=check]")
    assert "toți cei cărora" in box.text or "punctajul întreg" in box.text
    check(app, client, attempt_id, wrong_answer)
    assert tries(app) == 0


def test_corrections_cost_a_save_nothing_where_nothing_was_checked(app, begin):
    client, attempt_id = begin(behaviour="interactive")
    items = paper(app, attempt_id)
    post(client, f"/attempts/{attempt_id}/answers", fields(items, wrong_answer))
    with statements(app) as before:
        post(client, f"/attempts/{attempt_id}/answers", fields(items, right_answer))
    assert not [text for text in before if "FROM corrections" in text]
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(ResponseTry)) == 0
