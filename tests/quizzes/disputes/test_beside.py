"""Contested questions and learners' other questions lead to each other, in the test's numbers."""

from __future__ import annotations

from lms import db
from lms.quizzes.models import AttemptItem
from tests.quizzes.disputes.acting import item_of
from tests.quizzes.disputes.test_correcting import World
from tests.quizzes.disputes.test_disputing import (  # noqa: F401 -- a fixture
    attempt_id,
    contest,
    page,
    post,
)

ABOUT = "Ce se întâmplă aici?"


def test_both_lists_count_what_waits_in_the_other(app, cast, attempt_id):  # noqa: F811
    contest(app, cast.client("learner"), attempt_id)
    trainer = cast.client("trainer")
    disputes, inbox = page(trainer, "/disputes"), page(trainer, "/threads")
    assert "0 așteaptă răspuns" in disputes.select_one("main a[href='/threads']").text
    assert "1 așteaptă răspuns" in inbox.select_one("main a[href='/disputes']").text


def test_a_question_is_named_by_its_number_in_the_test(app, cast, attempt_id):  # noqa: F811
    learner, trainer = cast.client("learner"), cast.client("trainer")
    contest(app, learner, attempt_id, number=2)
    with app.app_context():
        item = db.session().get_one(AttemptItem, item_of(attempt_id, 2))
        position, item_id = item.position, item.id
        db.end_reading()
    link = page(trainer, "/disputes").select_one("td a[href*=statistics]")
    assert link.text == "întrebarea 2 din test"
    assert "Doi?" in page(trainer, link["href"]).text
    post(learner, f"/attempts/{attempt_id}/answers/{item_id}/threads", text=ABOUT)
    said = f"întrebarea 2 (a fost numărul {position} în încercare)"
    inbox = page(trainer, "/threads")
    assert said in inbox.text
    assert said in page(trainer, inbox.select_one("th a")["href"]).text


def test_who_reads_anothers_result_is_not_told_that_they_chose(app, cast):
    with app.app_context(), db.writing():
        attempt = World(cast).take("nu", "da")
    result = f"/attempts/{attempt}/result"
    assert "corect, ați ales" in page(cast.client("learner"), result).text
    assert "greșit, ați ales" in page(cast.client("learner"), result).text
    read = page(cast.client("trainer"), result).text
    assert "ați ales" not in read
    assert "corect, a ales" in read


def test_an_answer_that_was_asked_about_says_so_and_leads_there(app, cast):
    with app.app_context(), db.writing():
        attempt = World(cast).take("nu", "da")
    result, learner = f"/attempts/{attempt}/result", cast.client("learner")
    before = page(learner, result)
    form = before.select_one("a[href$=threads]")["href"]
    assert "Ați întrebat la" not in before.text
    thread = post(learner, form, text=ABOUT).headers["Location"]
    after = page(learner, result)
    assert "așteaptă răspuns" in after.text
    assert after.select_one(f"a[href='{thread}']") is not None
    assert form not in {a["href"] for a in after.select("a[href$=threads]")}
    asking = page(learner, form).text
    assert asking.index(ABOUT) < asking.index("Altă întrebare")
    assert "Ați întrebat la" not in page(cast.client("trainer"), result).text
    post(cast.client("trainer"), f"{thread}/replies", text="Aveți dreptate.", key="r")
    assert "cu răspuns" in page(learner, result).text
