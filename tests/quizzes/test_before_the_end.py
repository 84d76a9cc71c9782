"""What is asked before a test is submitted with something missing: both ways on stand in it."""

from __future__ import annotations

from bs4 import BeautifulSoup

from lms import db
from lms.quizzes.models import Attempt
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start


def make(app, cast, **values) -> None:
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], **values)


def asked(client, attempt_id, given) -> BeautifulSoup:
    page = post(client, f"/attempts/{attempt_id}/submit", given, follow_redirects=True)
    return BeautifulSoup(page.text, "html.parser")


def test_the_question_itself_submits_or_leads_to_the_first_question_left_open(app, cast):
    make(app, cast, shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(app, attempt_id)
    page = asked(client, attempt_id, fields([items[0], *items[2:4]]))
    summary = page.select_one("form.exam .error-summary")
    back, submit = summary.select(".actions > *")
    assert (back.text, back["href"]) == ("Înapoi la prima întrebare fără răspuns", "#q2")
    assert (submit.text, submit["name"], submit["value"]) == (
        "Trimiteți așa cum este",
        "confirmed",
        "1",
    )
    # Enter in a field still only saves: the first button of the form is not the one that submits.
    assert page.select_one("form.exam button")["formaction"].endswith("/answers")
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    with app.app_context():
        assert db.session().get_one(Attempt, attempt_id).submitted_at is not None


def test_a_one_way_paper_offers_no_way_back_and_enter_does_not_submit_it(app, cast):
    make(app, cast, navigation="sequential", shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    page = asked(client, attempt_id, {})
    summary = page.select_one("form.exam .error-summary")
    assert [each.text for each in summary.select(".actions > *")] == ["Trimiteți așa cum este"]
    assert page.select_one("form.exam button")["formaction"].endswith("/answers")
