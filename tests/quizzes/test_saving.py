"""Answers over HTTP: two windows, late arrivals, the grace, and what staff see of all this."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from bench.in_process import statements
from lms import clock, db
from lms.config import SettingError, read_settings
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes import queries
from lms.quizzes.models import Attempt, Quiz, ResponseVersion
from lms.quizzes.rules.merging import Standing
from lms.quizzes.services import attempts
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

JSON = {"Accept": "application/json"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], time_limit=30)


def send(client, attempt_id, item, answer, *, key, writer, seen, waited=0):
    """Send one answer as the page's script does; `waited` in seconds."""
    data = {
        **fields([item], answer),
        "key": key,
        "writer": writer,
        f"i{item.item_id}-seen": str(seen),
        f"i{item.item_id}-age": str(waited * 1000),
    }
    return post(client, f"/attempts/{attempt_id}/answers", data, headers=JSON)


def rows(app) -> list[tuple[int, str, Standing]]:
    with app.app_context():
        found = db.session().execute(
            sa.select(
                ResponseVersion.sequence, ResponseVersion.idempotency_key, ResponseVersion.standing
            ).order_by(ResponseVersion.id)
        )
        return [tuple(row) for row in found]


def test_an_older_answer_of_another_device_never_covers_a_newer_one(app, cast, quiz_id):
    phone, desk = cast.client("learner"), cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(phone)
    item = paper(app, attempt_id)[0]
    with clock.stopped_at(EPOCH + 10 * MINUTE):
        send(desk, attempt_id, item, right_answer, key="d", writer="desk", seen=0)
    with clock.stopped_at(EPOCH + 12 * MINUTE):
        late = send(
            phone, attempt_id, item, wrong_answer, key="p", writer="phone", seen=0, waited=300
        )
    assert late.json["beside"] == [item.item_id]
    assert "mai târziu în altă fereastră" in late.json["notice"]
    assert late.json["sequences"] == {str(item.item_id): 1}
    assert rows(app) == [(1, "d", Standing.COUNTS), (2, "p", Standing.BESIDE)]
    now = paper(app, attempt_id)[0]
    assert now.rules.mark(now.question, now.payload).fraction == 1
    assert (now.sequence, now.last) == (1, 2)


def test_the_answer_given_later_counts_though_its_window_did_not_see_the_other(app, cast, quiz_id):
    phone, desk = cast.client("learner"), cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(phone)
    item = paper(app, attempt_id)[0]
    with clock.stopped_at(EPOCH + MINUTE):
        send(desk, attempt_id, item, wrong_answer, key="d", writer="desk", seen=0)
    with clock.stopped_at(EPOCH + 2 * MINUTE):
        later = send(phone, attempt_id, item, right_answer, key="p", writer="phone", seen=0)
        again = send(phone, attempt_id, item, right_answer, key="p", writer="phone", seen=0)
    assert "contează" in later.json["notice"]
    assert again.json["notice"] == ""
    assert later.json["sequences"] == again.json["sequences"] == {str(item.item_id): 2}
    assert rows(app) == [(1, "d", Standing.COUNTS), (2, "p", Standing.COUNTS)]


def test_an_answer_given_in_time_that_arrives_after_the_end_is_kept_and_does_not_count(
    app, cast, quiz_id
):
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
    item, other, *_ = paper(app, attempt_id)
    with clock.stopped_at(EPOCH + 5 * MINUTE):
        send(client, attempt_id, item, wrong_answer, key="a", writer="w", seen=0)
    with clock.stopped_at(EPOCH + 40 * MINUTE):
        late = send(client, attempt_id, item, right_answer, key="b", writer="w", seen=1, waited=900)
        send(client, attempt_id, item, right_answer, key="b", writer="w", seen=1, waited=900)
        after = send(client, attempt_id, other, right_answer, key="c", writer="w", seen=0)
    assert (late.status_code, late.json["kept"]) == (409, 1)
    assert "nu contează" in late.json["error"]
    assert (after.status_code, after.json["kept"]) == (409, 0)
    assert rows(app) == [(1, "a", Standing.COUNTS), (2, "b", Standing.LATE)]
    now = paper(app, attempt_id)[0]
    assert now.rules.mark(now.question, now.payload).fraction != 1


@pytest.mark.parametrize(("seconds", "status"), [(30, 200), (31, 409)])
def test_the_grace_is_a_setting(app, cast, quiz_id, monkeypatch, seconds, status):
    monkeypatch.setitem(app.config, "LMS", replace(app.config["LMS"], answer_grace_seconds=30))
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
    item = paper(app, attempt_id)[0]
    with clock.stopped_at(EPOCH + 30 * MINUTE + timedelta(seconds=seconds)):
        answer = send(client, attempt_id, item, right_answer, key="a", writer="w", seen=0)
    assert answer.status_code == status


def test_a_grace_below_nothing_stops_the_start():
    with pytest.raises(SettingError, match="LMS_ANSWER_GRACE_SECONDS"):
        read_settings({"LMS_ANSWER_GRACE_SECONDS": "-1"})


def test_once_the_time_is_up_a_form_is_submitted_without_a_question(app, cast, quiz_id):
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
    first, *_ = paper(app, attempt_id)
    with clock.stopped_at(EPOCH + 30 * MINUTE + timedelta(seconds=2)):
        done = post(client, f"/attempts/{attempt_id}/submit", fields([first]))
    assert done.location.endswith("/result")
    with app.app_context():
        attempt = db.session().get(Attempt, attempt_id)
        assert attempt.submitted_at == EPOCH + 30 * MINUTE
    assert paper(app, attempt_id)[0].is_answered


@pytest.mark.parametrize("odd", ["-1", "9" * 30, "acum", ""])
def test_an_odd_age_or_sequence_is_as_if_it_were_not_there(app, cast, quiz_id, odd):
    client = cast.client("learner")
    attempt_id = start(client)
    item = paper(app, attempt_id)[0]
    data = {**fields([item]), f"i{item.item_id}-age": odd, f"i{item.item_id}-seen": odd}
    answer = post(
        client,
        f"/attempts/{attempt_id}/answers",
        {**data, "writer": "w" * 500, "key": "k"},
        headers=JSON,
    )
    assert answer.status_code == 200
    assert rows(app) == [(1, "k", Standing.COUNTS)]


def test_the_paper_is_kept_by_no_cache_and_its_key_is_the_attempts_own(app, cast, quiz_id):
    pages = []
    for part in ("learner", "classmate"):
        client = cast.client(part)
        pages += [client.get(f"/attempts/{start(client)}") for _ in range(2)]
    keys = [
        BeautifulSoup(p.text, "html.parser").select_one("form.exam")["data-keeps-with"]
        for p in pages
    ]
    assert keys[0] == keys[1] != keys[2]
    assert {p.headers["Cache-Control"] for p in pages} == {"no-store"}


def test_going_back_to_a_submitted_paper_says_so(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    back = client.get(f"/attempts/{attempt_id}", follow_redirects=True)
    assert "nu se mai pot schimba" in back.text


def test_the_timeline_tells_when_each_answer_came_and_what_became_of_it(app, cast, quiz_id):
    phone, desk = cast.client("learner"), cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(phone)
    item = paper(app, attempt_id)[0]
    for minute, client, answer, key, waited in (
        (5, desk, wrong_answer, "a", 0),
        (8, phone, right_answer, "b", 240),
        (9, phone, right_answer, "c", 0),
        (45, desk, wrong_answer, "d", 1800),
    ):
        with clock.stopped_at(EPOCH + minute * MINUTE):
            writer = "desk" if client is desk else "phone"
            send(client, attempt_id, item, answer, key=key, writer=writer, seen=0, waited=waited)
    trainer = cast.client("trainer")
    address = f"/attempts/{attempt_id}/timeline"
    open_page = trainer.get(address).text
    assert "10:05:00" in open_page
    assert "KEYCANARY" not in open_page
    assert "Răspunsul" not in BeautifulSoup(open_page, "html.parser").table.thead.text
    with clock.stopped_at(EPOCH + 46 * MINUTE):
        assert f"{address}" in trainer.get(f"/attempts/{attempt_id}/result").text
        page = BeautifulSoup(trainer.get(address).text, "html.parser")
    told = [" ".join(row.text.split()) for row in page.select("tbody tr")]
    assert len(told) == 4
    assert "primul răspuns" in told[0]
    assert "păstrat; contează unul dat mai târziu" in told[1]
    assert "fără conexiune: dat la 10:04:00" in told[1]
    assert "în altă fereastră" in told[2]
    assert "înainte:" in told[2]
    assert "nu contează" in told[3]
    assert [row.select("td")[-1].text for row in page.select("tbody tr")] == list("ABBA")
    assert cast.client("learner").get(address).status_code == 403


@pytest.mark.parametrize("draw", [1, 5])
def test_an_attempt_is_created_in_few_statements_however_many_questions_it_has(app, cast, draw):
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], draw=draw)
    for part in ("classmate", "learner"):  # somebody has gone before
        with app.app_context(), statements(app) as seen, db.writing() as session:
            quiz = session.get(Quiz, quiz_id, options=[sa.orm.joinedload(Quiz.current_version)])
            attempt = attempts.start_attempt(cast.enrolments[part], quiz, now=EPOCH)
    assert sum(s.startswith("INSERT INTO attempt_items") for s in seen) == 1
    assert len(seen) <= 11, "\n".join(seen)
    with app.app_context():
        assert len(queries.paper_of(attempt.id)) == draw
