"""The queue of answers that a person marks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from lms import clock, db
from lms.quizzes.models import Attempt, MarkDraft
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services import marking
from tests.factories import make_quiz
from tests.quizzes.test_taking import count, paper, post, start

TEXT = """\
// [id:e-1] [marks:4]
// [notes:Se caută problema.]
// [criterion:50 | Problema | 0 lipsește | 100 limpede]
// [criterion:50 | Limba | 0 greu de urmărit | 100 îngrijită]
Descrieți problema. {}

// [id:e-2] [marks:2]
Descrieți soluția. {}
"""
QUIZ = "/courses/curs/quizzes/eseuri"


@pytest.fixture
def written(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            cast.module_ids[0], text=TEXT, slug="eseuri", shuffle_questions=False, pass_mark="50"
        )
    attempts = []
    for part in ("learner", "classmate"):
        client = cast.client(part)
        attempt_id = start(client, QUIZ)
        items = paper(app, attempt_id)
        data = {"item": [str(i.item_id) for i in items], "confirmed": "1"}
        for item in items:
            data[f"i{item.item_id}-text"] = f"Text de {part} la {item.position}."
        post(client, f"/attempts/{attempt_id}/submit", data)
        attempts.append((attempt_id, [i.item_id for i in items]))
    return attempts


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.data, "html.parser")


def test_what_waits_is_listed_by_question_and_by_learner(cast, written):
    trainer = cast.client("trainer")
    listed = page(trainer, f"{QUIZ}/marking")
    assert "4 răspunsuri așteaptă să fie notate." in listed.text
    assert [li.a.text.strip() for li in listed.select("ul.missing li")] == [
        "Descrieți problema.",
        "Descrieți soluția.",
    ]
    by_learner = page(trainer, f"{QUIZ}/marking?by=learner")
    assert len(by_learner.select("ul.missing li")) == 2


def test_a_rubric_gives_the_mark_and_the_next_answer_comes(app, cast, written):
    trainer = cast.client("trainer")
    attempt_id, (first, second) = written[0]
    done = post(
        trainer,
        f"{QUIZ}/marking/{first}?by=learner",
        {"level-0": "1", "level-1": "0", "comment": "Bine,\nmai scurt.", "seen": "0"},
    )
    assert done.status_code == 303
    assert f"/marking/{second}" in done.location
    with app.app_context():
        mark = marking.newest_mark(first)
        assert (mark.fraction, mark.details) == (Decimal("0.5"), {"levels": {"0": 1, "1": 0}})
        attempt = db.session().get_one(Attempt, attempt_id)
        assert (attempt.earned, attempt.waiting) == (Decimal(2), 1)
    seen = cast.client("learner").get(f"/attempts/{attempt_id}/result").get_data(as_text=True)
    assert "Bine,\nmai scurt." in seen
    assert "Se caută problema." not in seen


def test_points_are_typed_as_one_is_used_to_and_overrule_the_rubric(app, cast, written):
    trainer = cast.client("trainer")
    _, (first, second) = written[0]
    post(trainer, f"{QUIZ}/marking/{first}", {"level-0": "1", "level-1": "1", "points": "3,5"})
    post(trainer, f"{QUIZ}/marking/{second}", {"points": "2"})
    with app.app_context():
        assert marking.newest_mark(first).fraction == Decimal("0.875")
        assert marking.newest_mark(second).fraction == 1


@pytest.mark.parametrize("points", ["", "5", "-1", "mult"])
def test_what_is_no_mark_is_refused_and_kept_on_the_page(app, cast, written, points):
    trainer = cast.client("trainer")
    first = written[0][1][0]
    answer = post(trainer, f"{QUIZ}/marking/{first}", {"points": points, "comment": "Păstrat"})
    assert answer.status_code == 422
    assert "Păstrat" in answer.get_data(as_text=True)
    with app.app_context():
        assert marking.newest_mark(first) is None


def test_a_draft_is_kept_and_gone_once_the_mark_is_given(app, cast, written):
    trainer = cast.client("trainer")
    first = written[0][1][0]
    told = post(
        trainer,
        f"{QUIZ}/marking/{first}/draft",
        {"points": "1", "comment": "încă mă gândesc"},
        headers={"Accept": "application/json"},
    )
    assert "Ciornă salvată la" in told.json["message"]
    assert "încă mă gândesc" in page(trainer, f"{QUIZ}/marking/{first}").text
    assert "1 ciornă de punctaj" in page(trainer, f"{QUIZ}/marking").text
    with app.app_context():
        assert marking.newest_mark(first) is None
    post(trainer, f"{QUIZ}/marking/{first}", {"points": "1"})
    assert count(app, MarkDraft) == 0


def test_names_are_hidden_by_choice(cast, written):
    trainer = cast.client("trainer")
    first = written[0][1][0]
    with_names = page(trainer, f"{QUIZ}/marking/{first}").main.text
    without = page(trainer, f"{QUIZ}/marking/{first}?names=hidden").main
    name = page(trainer, f"{QUIZ}/marking?by=learner").select("ul.missing li a")
    names = [each.text.strip() for each in name]
    assert any(each in with_names for each in names)
    assert not any(each in without.text for each in names)
    assert not without.select("a[href*='/result']")
    hidden = page(trainer, f"{QUIZ}/marking?by=learner&names=hidden").main.text
    assert not any(each in hidden for each in names)


def test_a_mark_that_somebody_else_gave_meanwhile_is_not_written_over(app, cast, written):
    trainer = cast.client("trainer")
    first = written[0][1][0]
    post(trainer, f"{QUIZ}/marking/{first}", {"points": "1", "seen": "0"})
    second = post(trainer, f"{QUIZ}/marking/{first}", {"points": "4", "seen": "0"})
    assert second.status_code == 409
    with app.app_context():
        assert marking.newest_mark(first).fraction == Decimal("0.25")


def test_an_open_attempt_is_not_there_to_mark(app, cast, written):
    client = cast.client("learner")
    attempt_id = start(client, QUIZ)
    item = paper(app, attempt_id)[0].item_id
    assert cast.client("trainer").get(f"{QUIZ}/marking/{item}").status_code == 404


def test_what_was_never_submitted_waits_for_nobody(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            cast.module_ids[0], text=TEXT, slug="eseuri", time_limit=30, overdue="abandon", grace=0
        )
    client = cast.client("learner")
    began = clock.now()
    with clock.stopped_at(began):
        attempt_id = start(client, QUIZ)
        items = paper(app, attempt_id)
        data = {"item": [str(i.item_id) for i in items]}
        data |= {f"i{i.item_id}-text": "Un text." for i in items}
        post(client, f"/attempts/{attempt_id}/answers", data)
    with clock.stopped_at(began + timedelta(minutes=31)):
        client.get(f"/attempts/{attempt_id}/result")
    with app.app_context():
        assert db.session().get_one(Attempt, attempt_id).state is AttemptState.ABANDONED
    assert not page(cast.client("trainer"), f"{QUIZ}/marking").select("ul.missing li")
