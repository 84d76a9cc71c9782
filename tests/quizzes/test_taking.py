"""Taking a quiz: start, save, resume, submit; nothing lost, nothing doubled, nothing leaked."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes import queries
from lms.quizzes.jobs import close_overdue
from lms.quizzes.models import (
    Attempt,
    AttemptAllowance,
    AttemptItem,
    QuestionRevision,
    ResponseVersion,
)
from lms.quizzes.services import attempts
from tests.cast import EPOCH, csrf
from tests.factories import make_quiz

QUIZ = "/courses/curs/quizzes/proba"


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0])


def post(client, path, data=None, **more):
    return client.post(path, data={"csrf_token": csrf(client), **(data or {})}, **more)


def start(client, path=QUIZ) -> int:
    answer = post(client, f"{path}/start")
    assert answer.status_code == 302
    assert "/attempts/" in answer.location, answer.location
    return int(answer.location.rsplit("/", 1)[1])


def paper(app, attempt_id):
    with app.app_context():
        return queries.paper_of(attempt_id)


def fields(items, answer=right_answer) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {"item": [str(i.item_id) for i in items]}
    for item in items:
        for name, values in answer(item.question).items():
            data[f"i{item.item_id}-{name}"] = values
    return data


def count(app, model) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model))


def test_right_answers_pass_and_wrong_ones_do_not(app, cast, quiz_id):
    # One stem of the matching question is right whatever one answers: a third of a fifth.
    for answer, percent, passed in ((wrong_answer, "6.67", False), (right_answer, 100, True)):
        client = cast.client("learner")
        attempt_id = start(client)
        done = post(
            client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), answer)
        )
        assert done.status_code == 302
        assert done.location.endswith(f"/attempts/{attempt_id}/result")
        with app.app_context():
            attempt = db.session().get(Attempt, attempt_id)
            assert (attempt.percent, attempt.passed) == (Decimal(percent), passed)
        assert client.get(done.location).status_code == 200


TWO_SLOTS = """\
// [id:a-1] [slot:1]
A1?{T}

// [id:a-2] [slot:1]
A2?{T}

// [id:b-1] [slot:2]
B1?{T}

// [id:b-2] [slot:2]
B2?{T}
"""


def test_two_attempts_ask_every_question_of_two_slots_once(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TWO_SLOTS, slug="puncte", draw=2)
    client = cast.client("learner")
    met = []
    for _ in range(2):
        attempt_id = start(client, "/courses/curs/quizzes/puncte")
        items = paper(app, attempt_id)
        asked = sorted(i.question.stem for i in items)
        assert [words[0] for words in asked] == ["A", "B"]
        met += asked
        post(client, f"/attempts/{attempt_id}/submit", fields(items, wrong_answer))
    assert sorted(met) == ["A1?", "A2?", "B1?", "B2?"]


def test_starting_twice_goes_on_with_the_open_attempt(app, cast, quiz_id):
    client = cast.client("learner")
    assert start(client) == start(client)
    assert count(app, Attempt) == 1


def test_twenty_starts_at_once_make_one_attempt(app, cast, quiz_id):
    clients = [cast.client("learner") for _ in range(20)]
    barrier = threading.Barrier(20)
    codes = []

    def go(client) -> None:
        token = csrf(client)
        barrier.wait()
        codes.append(client.post(f"{QUIZ}/start", data={"csrf_token": token}).status_code)

    threads = [threading.Thread(target=go, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302] * 20
    assert count(app, Attempt) == 1
    assert count(app, AttemptItem) == 5


def test_an_answer_is_saved_as_it_is_given_and_acknowledged_with_the_time(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    (item, *_) = paper(app, attempt_id)
    with clock.stopped_at(EPOCH + timedelta(hours=3, minutes=3, seconds=7)):
        answer = post(
            client,
            f"/attempts/{attempt_id}/answers",
            {**fields([item]), "key": "k1"},
            headers={"Accept": "application/json"},
        )
    assert answer.json["saved_at"] == "13:03:07"
    assert paper(app, attempt_id)[0].is_answered
    assert "13:03:07" in client.get(f"/attempts/{attempt_id}").text


def test_answers_are_append_only_and_a_repeated_delivery_is_one(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    (item, *_) = paper(app, attempt_id)
    for answer, key in (
        (wrong_answer, "a"),
        (wrong_answer, "a"),
        (right_answer, "b"),
        (wrong_answer, "a"),
    ):
        post(client, f"/attempts/{attempt_id}/answers", {**fields([item], answer), "key": key})
    with app.app_context():
        stored = (
            db.session()
            .scalars(sa.select(ResponseVersion).order_by(ResponseVersion.sequence))
            .all()
        )
        assert [(r.sequence, r.idempotency_key) for r in stored] == [(1, "a"), (2, "b")]
        current = queries.paper_of(attempt_id)[0]
        assert current.rules.mark(current.question, current.payload).fraction == 1


def test_each_answer_keeps_the_words_it_saw(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    (item, *_) = paper(app, attempt_id)
    post(client, f"/attempts/{attempt_id}/answers", fields([item], wrong_answer))
    with app.app_context(), db.writing() as session:
        old = session.get(QuestionRevision, item.revision_id)
        session.add(
            QuestionRevision(
                version_id=old.version_id,
                number=2,
                payload={**old.payload, "stem": "Alte cuvinte"},
                created_at=EPOCH,
            )
        )
    assert "Alte cuvinte" in client.get(f"/attempts/{attempt_id}").text
    post(client, f"/attempts/{attempt_id}/answers", fields([item], right_answer))
    with app.app_context():
        seen = (
            db.session()
            .scalars(sa.select(ResponseVersion.revision_id).order_by(ResponseVersion.sequence))
            .all()
        )
    assert seen[0] == item.revision_id != seen[1]


def test_two_tabs_with_different_questions_lose_nothing(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    first, second, *_ = paper(app, attempt_id)
    post(client, f"/attempts/{attempt_id}/answers", {**fields([first]), "key": "tab-1"})
    post(client, f"/attempts/{attempt_id}/answers", {**fields([second]), "key": "tab-2"})
    answered = [i.item_id for i in paper(app, attempt_id) if i.is_answered]
    assert answered == [first.item_id, second.item_id]


def test_another_device_goes_on_where_the_first_stopped(app, cast, quiz_id):
    attempt_id = start(cast.client("learner"))
    items = paper(app, attempt_id)
    post(cast.client("learner"), f"/attempts/{attempt_id}/answers", fields(items))
    page = BeautifulSoup(cast.client("learner").get(f"/attempts/{attempt_id}").text, "html.parser")
    assert len(page.select(".navigator .is-answered")) == 5
    assert page.select_one("input[type=text]")["value"].replace(".", "").startswith("18240")


def test_unanswered_questions_are_named_before_submission(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    first, *rest = paper(app, attempt_id)
    asked = post(client, f"/attempts/{attempt_id}/submit", fields(rest), follow_redirects=True)
    assert asked.request.path == f"/attempts/{attempt_id}"  # „back” never sends the form again
    assert asked.status_code == 200
    assert f"#q{first.position}" in asked.text
    with app.app_context():
        assert db.session().get(Attempt, attempt_id).submitted_at is None
    assert sum(i.is_answered for i in paper(app, attempt_id)) == 4
    done = post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    assert done.status_code == 302


def test_an_attempt_is_submitted_once(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    data = fields(paper(app, attempt_id))
    codes = []
    barrier = threading.Barrier(8)
    clients = [cast.client("learner") for _ in range(8)]

    def go(other) -> None:
        token = csrf(other)
        barrier.wait()
        answer = other.post(f"/attempts/{attempt_id}/submit", data={"csrf_token": token, **data})
        codes.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=go, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [(302, f"/attempts/{attempt_id}/result")] * 8
    with app.app_context():
        graded = (
            db.session()
            .execute(
                sa.text("SELECT count(*) FROM audit_entries WHERE action = 'attempt.submitted'")
            )
            .scalar()
        )
    assert graded == 1


def test_a_closed_attempt_takes_no_more_answers(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(app, attempt_id)
    post(
        client, f"/attempts/{attempt_id}/submit", {**fields(items, wrong_answer), "confirmed": "1"}
    )
    before = count(app, ResponseVersion)
    late = post(
        client,
        f"/attempts/{attempt_id}/answers",
        fields(items),
        headers={"Accept": "application/json"},
    )
    assert late.status_code == 409
    assert late.json["closed"] is True
    assert count(app, ResponseVersion) == before


@pytest.mark.parametrize("field", ["choice", "choices"])
def test_an_option_that_was_never_offered_is_refused(app, cast, quiz_id, field):
    client = cast.client("learner")
    attempt_id = start(client)
    item = next(i for i in paper(app, attempt_id) if i.rules.option_ids(i.question))
    name = item.rules.field_names(item.question)[0]
    answer = post(
        client,
        f"/attempts/{attempt_id}/answers",
        {"item": item.item_id, f"i{item.item_id}-{name}": "not-an-option"},
    )
    assert answer.status_code == 400
    assert count(app, ResponseVersion) == 0


def test_anothers_question_in_the_form_is_refused(app, cast, quiz_id):
    mine, theirs = start(cast.client("learner")), start(cast.client("classmate"))
    (foreign, *_) = paper(app, theirs)
    answer = post(cast.client("learner"), f"/attempts/{mine}/answers", fields([foreign]))
    assert answer.status_code == 400
    assert count(app, ResponseVersion) == 0


def test_keys_and_feedback_do_not_reach_the_browser_before_submission(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    for text in (
        client.get(QUIZ).text,
        client.get(f"/attempts/{attempt_id}").text,
        post(client, f"/attempts/{attempt_id}/answers", fields(paper(app, attempt_id))).text,
    ):
        assert "KEYCANARY" not in text
        assert "Corect." not in text
    post(
        client,
        f"/attempts/{attempt_id}/submit",
        {"confirmed": "1", **fields(paper(app, attempt_id), wrong_answer)},
    )
    assert "KEYCANARY" in client.get(f"/attempts/{attempt_id}/result").text


def test_three_attempts_and_no_more_until_one_is_given(app, cast, quiz_id):
    client = cast.client("learner")
    for _ in range(3):
        attempt_id = start(client)
        post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    refused = post(client, f"{QUIZ}/start")
    assert refused.location.endswith(QUIZ)
    assert "secretariatul" in client.get(QUIZ).text
    give = f"/enrolments/{cast.enrolments['learner']}/quizzes/{quiz_id}/attempts"
    assert post(client, give, {"reason": "pentru mine"}).status_code in (403, 404)
    post(cast.client("trainer"), give, {"reason": ""})
    assert count(app, AttemptAllowance) == 0
    post(cast.client("trainer"), give, {"reason": "a picat curentul"})
    assert count(app, AttemptAllowance) == 1
    start(client)


def test_a_trainer_of_another_course_gives_nothing(app, cast, quiz_id):
    give = f"/enrolments/{cast.enrolments['learner']}/quizzes/{quiz_id}/attempts"
    assert post(cast.client("trainer_of_other"), give, {"reason": "x"}).status_code == 404
    assert count(app, AttemptAllowance) == 0


def test_a_second_attempt_draws_what_was_seen_least(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], draw=2)
    client = cast.client("learner")
    drawn = []
    for _ in range(2):
        attempt_id = start(client)
        drawn.append({i.version_id for i in paper(app, attempt_id)})
        post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    assert len(drawn[0] | drawn[1]) == 4


def test_when_time_is_up_the_saved_answers_count(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], time_limit=30)
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
        items = paper(app, attempt_id)
        post(client, f"/attempts/{attempt_id}/answers", fields(items[:4]))
    with clock.stopped_at(EPOCH + timedelta(minutes=31, seconds=1)):
        late = post(client, f"/attempts/{attempt_id}/answers", fields(items[4:]))
        assert late.location.endswith("/result")
        with app.app_context():
            close_overdue()
    with app.app_context():
        attempt = db.session().get(Attempt, attempt_id)
        assert attempt.percent == Decimal(80)
        assert attempt.passed
        assert attempt.submitted_at == EPOCH + timedelta(minutes=30)


def test_an_answer_within_the_grace_counts(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], time_limit=30)
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
    with clock.stopped_at(EPOCH + timedelta(minutes=30, seconds=59)):
        post(client, f"/attempts/{attempt_id}/answers", fields(paper(app, attempt_id)))
    assert all(i.is_answered for i in paper(app, attempt_id))


def test_one_question_at_a_time_saves_on_each_step(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], layout="one")
    client = cast.client("learner")
    attempt_id = start(client)
    for number, item in enumerate(paper(app, attempt_id), 1):
        page = BeautifulSoup(client.get(f"/attempts/{attempt_id}?q={number}").text, "html.parser")
        assert [f["data-item"] for f in page.select("fieldset.question")] == [str(item.item_id)]
        post(client, f"/attempts/{attempt_id}/answers", {**fields([item]), "go": str(number + 1)})
    assert post(client, f"/attempts/{attempt_id}/submit").status_code == 302
    with app.app_context():
        assert db.session().get(Attempt, attempt_id).passed


def test_grades_can_be_computed_again_from_what_is_stored(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    with app.app_context(), db.writing():
        attempt = attempts.locked_attempt(attempt_id)
        attempt.percent, attempt.passed = Decimal(1), False
        assert attempts.regrade(attempt).percent == Decimal(100)
        assert attempt.passed


@pytest.mark.parametrize("part", ["classmate", "learner_of_other", "trainer_of_other"])
def test_others_do_not_see_that_an_attempt_exists(app, cast, quiz_id, part):
    attempt_id = start(cast.client("learner"))
    for path in (f"/attempts/{attempt_id}", f"/attempts/{attempt_id}/result"):
        assert cast.client(part).get(path).status_code == 404


def test_a_trainer_sees_answers_only_once_they_are_submitted(app, cast, quiz_id):
    client = cast.client("learner")
    attempt_id = start(client)
    assert "KEYCANARY" not in cast.client("trainer").get(f"/attempts/{attempt_id}/result").text
    post(
        client,
        f"/attempts/{attempt_id}/submit",
        {"confirmed": "1", **fields(paper(app, attempt_id), wrong_answer)},
    )
    assert "KEYCANARY" in cast.client("trainer").get(f"/attempts/{attempt_id}/result").text


def test_staff_do_not_take_quizzes_for_a_grade(app, cast, quiz_id):
    for part in ("trainer", "registrar", "auditor", "owner"):
        assert post(cast.client(part), f"{QUIZ}/start").status_code == 403
    assert count(app, Attempt) == 0


def test_a_quiz_of_a_closed_module_cannot_be_started(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[1], slug="al-doilea")
    client = cast.client("learner")
    refused = post(client, "/courses/curs/quizzes/al-doilea/start")
    assert refused.location.endswith("/courses/curs")
    assert "Se deschide după ce încheiați „Modulul 1”." in client.get(refused.location).text
    assert count(app, Attempt) == 0


def test_a_modules_quiz_without_a_pass_mark_has_a_result_and_no_verdict(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], pass_mark="none")
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), wrong_answer))
    answer = client.get(f"/attempts/{attempt_id}/result")
    assert answer.status_code == 200
    assert "din 5" in BeautifulSoup(answer.text, "html.parser").h1.text
    assert "promovat" not in BeautifulSoup(answer.text, "html.parser").h1.text
