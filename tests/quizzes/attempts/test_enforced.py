"""What the server enforces: dates, password, pauses, one way only, the end; and what it keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes import exhausted
from lms.quizzes.jobs import close_overdue
from lms.quizzes.models import Attempt, AttemptState, QuizOverride, ResponseVersion
from lms.quizzes.rules.merging import Standing
from lms.quizzes.services import terms
from tests.cast import csrf
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

QUIZ = "/courses/curs/quizzes/proba"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return clock.now().replace(microsecond=0)


@pytest.fixture
def make(app, cast):
    def made(**settings) -> int:
        with app.app_context(), db.writing():
            return make_quiz(cast.module_ids[0], **settings)

    return made


def window(app, cast, quiz_id, **values) -> None:
    from lms.quizzes.models import Quiz
    from lms.quizzes.services import ruling

    told = {"opens_at": None, "closes_at": None, "password": None, **values}
    with app.app_context(), db.writing() as session:
        quiz = session.get_one(Quiz, quiz_id)
        ruling.set_window(
            quiz, cast.edition_id, by=cast.persons["trainer"], now=clock.now(), **told
        )


def grant(cast, part, quiz_id, **form):
    place = cast.enrolments[part]
    data = {"reason": "adeverință", **form}
    return post(cast.client("trainer"), f"/enrolments/{place}/quizzes/{quiz_id}/terms", data)


def attempt_of(app, attempt_id) -> Attempt:
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id)


def test_a_test_is_taken_between_its_dates(app, cast, make, now):
    window(app, cast, make(), opens_at=now, closes_at=now + 60 * MINUTE)
    client = cast.client("learner")
    with clock.stopped_at(now - MINUTE):
        page = client.get(QUIZ).text
        assert "Se deschide" in page
        assert "Începeți" not in page
        refused = post(client, f"{QUIZ}/start", follow_redirects=True)
        assert "Testul se deschide la" in refused.text
    with clock.stopped_at(now):
        attempt_id = start(client)
        assert attempt_of(app, attempt_id).due_at == now + 60 * MINUTE
    classmate = cast.client("classmate")
    with clock.stopped_at(now + 60 * MINUTE):
        refused = post(classmate, f"{QUIZ}/start", follow_redirects=True)
        assert "Testul este închis" in refused.text
        assert "Începeți" not in classmate.get(QUIZ).text
    with clock.stopped_at(now + 70 * MINUTE):
        client.get(f"/attempts/{attempt_id}/result")
    assert attempt_of(app, attempt_id).submitted_at == now + 60 * MINUTE


def test_a_password_is_asked_and_wrong_ones_use_nothing_up(app, cast, make, now):
    window(app, cast, make(), password="plop alb")
    client = cast.client("learner")
    assert "Parola testului" in client.get(QUIZ).text
    with clock.stopped_at(now):
        for typed in ("", "plop", "PLOP ALB"):
            refused = post(client, f"{QUIZ}/start", {"password": typed}, follow_redirects=True)
            assert "Nu s-a folosit nicio încercare." in refused.text
        attempt_id = int(
            post(client, f"{QUIZ}/start", {"password": " plop  alb "}).location.rsplit("/", 1)[1]
        )
    assert start(client) == attempt_id  # going on asks for nothing


def test_ten_wrong_passwords_are_enough_for_a_quarter_of_an_hour(app, cast, make, now):
    window(app, cast, make(), password="plop")
    client = cast.client("learner")
    with clock.stopped_at(now):
        for _ in range(terms.TRIES):
            post(client, f"{QUIZ}/start", {"password": "stejar"})
        blocked = post(client, f"{QUIZ}/start", {"password": "plop"}, follow_redirects=True)
        assert "Prea multe parole greșite" in blocked.text
        assert start_with(cast.client("classmate"), "plop")  # others are not held up
    with clock.stopped_at(now + 16 * MINUTE):
        assert start_with(client, "plop")


def start_with(client, password) -> bool:
    return "/attempts/" in post(client, f"{QUIZ}/start", {"password": password}).location


def test_a_stored_password_can_not_be_read(app):
    with app.app_context():
        one, two = terms.password_digest("plop"), terms.password_digest("plop")
        assert one != two
        assert "plop" not in one
        assert terms.is_password("plop", [one])
        assert not terms.is_password("plopi", [one, two])


def test_between_attempts_there_is_a_pause(app, cast, make, now):
    make(attempts=3, delay_first=60, delay_later=120)
    client = cast.client("learner")

    def hand_in(at) -> None:
        with clock.stopped_at(at):
            attempt_id = start(client)
            post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})

    hand_in(now)
    with clock.stopped_at(now + 59 * MINUTE):
        refused = post(client, f"{QUIZ}/start", follow_redirects=True)
        assert "Între două încercări este o pauză." in refused.text
        assert "Încercați din nou" not in client.get(QUIZ).text
    hand_in(now + 60 * MINUTE)
    with clock.stopped_at(now + 179 * MINUTE):
        assert "/attempts/" not in post(client, f"{QUIZ}/start").location
    hand_in(now + 180 * MINUTE)


def test_a_one_way_paper_shows_one_question_and_never_goes_back(app, cast, make):
    make(navigation="sequential", shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    here = f"/attempts/{attempt_id}"
    items = paper(app, attempt_id)

    def shown() -> str:
        page = BeautifulSoup(client.get(f"{here}?q=5").text, "html.parser")
        assert not page.select(".navigator a")
        (box,) = page.select("fieldset.question")
        return box["data-position"]

    assert shown() == "1"
    post(client, f"{here}/answers", {**fields([items[0]], wrong_answer), "go": "2"})
    assert shown() == "2"
    post(client, f"{here}/answers", {"go": "1"})
    post(client, f"{here}/answers", {"go": "5"})
    assert shown() == "2"
    late = post(
        client,
        f"{here}/answers",
        {**fields([items[0]], right_answer), f"i{items[0].item_id}-seen": "1"},
        headers={"Accept": "application/json"},
    )
    assert "nu mai primește răspunsuri" in late.json["notice"]
    kept = paper(app, attempt_id)[0]
    assert kept.rules.mark(kept.question, kept.payload).fraction == 0
    with app.app_context():
        standings = db.session().scalars(
            sa.select(ResponseVersion.standing).order_by(ResponseVersion.id)
        )
        assert list(standings) == [Standing.COUNTS, Standing.BEHIND]
    timeline = cast.client("trainer").get(f"{here}/timeline").text
    assert "nu mai primea răspunsuri" in timeline
    ahead = post(client, f"{here}/answers", fields([items[4]], right_answer))
    assert ahead.status_code == 400


def test_two_next_clicks_leave_one_question_behind(app, cast, make):
    make(navigation="sequential", shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    for _ in range(2):
        post(client, f"/attempts/{attempt_id}/answers", {"go": "2"})
    assert attempt_of(app, attempt_id).reached == 2


@pytest.mark.parametrize("way", ["submit", "wait", "abandon"])
def test_when_the_time_runs_out(app, cast, make, now, way):
    make(time_limit=30, overdue=way, late_submission=60, grace=60)
    client = cast.client("learner")
    with clock.stopped_at(now):
        attempt_id = start(client)
        post(client, f"/attempts/{attempt_id}/answers", fields(paper(app, attempt_id)))
    with clock.stopped_at(now + 31 * MINUTE):  # the last moment of the grace
        with app.app_context():
            close_overdue()
        assert attempt_of(app, attempt_id).state is AttemptState.OPEN
    with clock.stopped_at(now + 32 * MINUTE):
        with app.app_context():
            close_overdue()
        state = attempt_of(app, attempt_id).state
        page = client.get(f"/attempts/{attempt_id}", follow_redirects=True).text
        late = post(
            client,
            f"/attempts/{attempt_id}/answers",
            fields(paper(app, attempt_id), wrong_answer),
            headers={"Accept": "application/json"},
        )
        assert late.status_code == 409
    if way == "submit":
        assert state is AttemptState.SUBMITTED
        assert attempt_of(app, attempt_id).percent == 100
        assert attempt_of(app, attempt_id).submitted_at == now + 30 * MINUTE
    elif way == "abandon":
        assert state is AttemptState.ABANDONED
        assert "nu a fost trimisă la timp" in page
        assert "5 răspunsuri" in page
        assert attempt_of(app, attempt_id).percent is None
    else:
        assert state is AttemptState.OPEN
        assert "Timpul s-a încheiat" in page
        assert "5 din 5 răspunsuri" in page


def test_an_attempt_that_waits_is_submitted_late_or_abandoned_at_last(app, cast, make, now):
    make(time_limit=30, overdue="wait", late_submission=60, grace=0)
    one, two = cast.client("learner"), cast.client("classmate")
    with clock.stopped_at(now):
        first, second = start(one), start(two)
        post(one, f"/attempts/{first}/answers", fields(paper(app, first)))
    with clock.stopped_at(now + 90 * MINUTE):
        done = post(one, f"/attempts/{first}/submit", {"confirmed": "1"})
        assert done.location.endswith("/result")
    assert attempt_of(app, first).percent == 100
    assert attempt_of(app, first).submitted_at == now + 30 * MINUTE
    with clock.stopped_at(now + 91 * MINUTE):
        post(two, f"/attempts/{second}/submit", {"confirmed": "1"})
    assert attempt_of(app, second).state is AttemptState.ABANDONED


def test_an_abandoned_attempt_is_used_up_and_never_counts(app, cast, make, now):
    quiz_id = make(time_limit=30, overdue="abandon", attempts=1, grace=0)
    client = cast.client("learner")
    with clock.stopped_at(now):
        attempt_id = start(client)
        post(client, f"/attempts/{attempt_id}/answers", fields(paper(app, attempt_id)))
    with clock.stopped_at(now + 31 * MINUTE):
        refused = post(client, f"{QUIZ}/start", follow_redirects=True)
    assert "Ați folosit toate încercările" in refused.text
    page = client.get(QUIZ).text
    assert "netrimisă la timp" in page
    seen = cast.client("registrar").get(f"/participants/{cast.enrolments['learner']}").text
    assert "netrimisă la timp" in seen
    with app.app_context():
        used_up = exhausted.of_edition(cast.edition_id)
        assert used_up == {cast.enrolments["learner"]: (f"quiz:{quiz_id}",)}
    assert grant(cast, "learner", quiz_id, attempts="2").status_code == 303
    with app.app_context():
        assert exhausted.of_edition(cast.edition_id) == {}
    assert start(client) != attempt_id


def test_more_time_reaches_an_attempt_that_runs_and_is_taken_back(app, cast, make, now):
    quiz_id = make(time_limit=60)
    client = cast.client("learner")
    with clock.stopped_at(now):
        attempt_id = start(client)
        assert grant(cast, "learner", quiz_id, extra_percent="50").status_code == 303
        assert attempt_of(app, attempt_id).due_at == now + 90 * MINUTE
        assert "90 de minute" in client.get(QUIZ).text
        page = cast.client("trainer").get(f"/participants/{cast.enrolments['learner']}").text
        assert "cu 50 % mai mult timp" in page.replace("\xa0", " ")
        with app.app_context():
            override = db.session().scalars(sa.select(QuizOverride.id)).one()
        for _ in range(2):  # a second click changes nothing
            taken = post(cast.client("registrar"), f"/quiz-terms/{override}/take-back")
            assert taken.status_code == 303
    assert attempt_of(app, attempt_id).due_at == now + 60 * MINUTE
    history = cast.client("trainer").get(
        f"/enrolments/{cast.enrolments['learner']}/quizzes/{quiz_id}/terms"
    )
    assert "Nu mai sunt valabile" in history.text
    assert "adeverință" in history.text


def test_new_terms_stand_in_the_place_of_the_old_ones(app, cast, make):
    quiz_id = make()
    for attempts in ("5", "6"):
        assert grant(cast, "learner", quiz_id, attempts=attempts).status_code == 303
    with app.app_context():
        rows = db.session().scalars(sa.select(QuizOverride).order_by(QuizOverride.id)).all()
        assert [(r.terms, r.taken_back_at is None) for r in rows] == [
            ({"attempts": 5}, False),
            ({"attempts": 6}, True),
        ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Schimbați cel puțin o condiție."),
        ({"attempts": "4", "reason": ""}, "Spuneți în câteva cuvinte de ce."),
        ({"extra_percent": "500"}, "Scrieți un număr de la 1 la 400."),
        ({"attempts": "multe"}, ""),
        (
            {"opens_on": "2027-01-02", "closes_on": "2027-01-01"},
            "Închiderea trebuie să fie după deschidere.",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(app, cast, make, form, said):
    answer = grant(cast, "learner", make(), **form)
    assert answer.status_code == 422
    assert said in answer.text
    with app.app_context():
        assert not db.session().scalars(sa.select(QuizOverride)).all()


def test_a_groups_terms_hold_for_its_people(app, cast, make, now):
    from lms.courses.models import Enrolment, Group

    quiz_id = make(attempts=1)
    window(app, cast, quiz_id, closes_at=now - MINUTE)
    with app.app_context(), db.writing() as session:
        group = Group(edition_id=cast.edition_id, name="Grupa Iași", trainers=[])
        session.add(group)
        session.flush()
        group_id = group.id
        session.get_one(Enrolment, cast.enrolments["learner"]).group_id = group_id
    path = f"/groups/{group_id}/quizzes/{quiz_id}/terms"
    assert "Grupa Iași" in cast.client("trainer").get(path).text
    form = {"no_close": "y", "no_end": "y", "reason": "pană de curent"}
    assert post(cast.client("trainer"), path, form).status_code == 303
    assert "Grupa Iași" in cast.client("trainer").get(f"{QUIZ}/settings").text
    learner = cast.client("learner")
    for _ in range(2):
        attempt_id = start(learner)
        post(learner, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    refused = post(cast.client("classmate"), f"{QUIZ}/start")
    assert "/attempts/" not in refused.location


def test_what_is_shown_follows_the_moment_and_the_quiz_as_it_is_now(app, cast, make, now):
    quiz_id = make(feedback="after_close", shuffle_questions=False)
    window(app, cast, quiz_id, closes_at=now + 60 * MINUTE)
    client = cast.client("learner")
    with clock.stopped_at(now):
        attempt_id = start(client)
        given = fields(paper(app, attempt_id), wrong_answer)
        post(client, f"/attempts/{attempt_id}/submit", {**given, "confirmed": "1"})
        early = client.get(f"/attempts/{attempt_id}/result").text
    assert "nepromovat" in early
    assert "după ce testul s-a închis" in early
    assert "KEYCANARY" not in early
    with clock.stopped_at(now + 61 * MINUTE):
        late = client.get(f"/attempts/{attempt_id}/result").text
    assert "KEYCANARY" in late
    assert "KEYCANARY" in cast.client("trainer").get(f"/attempts/{attempt_id}/result").text


NOTHING = {"right_after": [], "later": [], "after_close": []}


def test_a_result_may_be_kept_back_whole(app, cast, make, now):
    make(review=NOTHING)
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    page = client.get(f"/attempts/{attempt_id}/result").text
    assert "Testul de probă: trimis" in page
    assert "0 %" not in BeautifulSoup(page, "html.parser").select_one(".verdict").text
    assert "KEYCANARY" not in page
    assert "0 %" not in client.get(QUIZ).text


def test_answers_without_the_key_show_only_what_was_given(app, cast, make):
    make(review={"later": ["attempt", "marks"], "right_after": ["attempt", "marks"]})
    client = cast.client("learner")
    attempt_id = start(client)
    given = fields(paper(app, attempt_id), wrong_answer)
    post(client, f"/attempts/{attempt_id}/submit", {**given, "confirmed": "1"})
    page = client.get(f"/attempts/{attempt_id}/result").text
    assert "Răspuns dat" in page
    for hidden in ("Răspuns corect", "răspunsul corect", "KEYCANARY", "option-right", "de revăzut"):
        assert hidden not in page


def test_only_a_close_is_told_in_its_last_hour(app, cast, make, now):
    window(app, cast, make(), closes_at=now + 120 * MINUTE)
    client = cast.client("learner")
    with clock.stopped_at(now):
        attempt_id = start(client)
        assert "data-seconds" not in client.get(f"/attempts/{attempt_id}").text
    with clock.stopped_at(now + 61 * MINUTE):
        assert "data-seconds" in client.get(f"/attempts/{attempt_id}").text


def test_percents_are_of_the_marks_and_never_beyond_them(app, cast, make):
    make(behaviour="deferred_cbm", shuffle_questions=False)
    client = cast.client("learner")
    for level in ("3", "1"):
        attempt_id = start(client)
        items = paper(app, attempt_id)
        sure = {f"i{item.item_id}-certainty": level for item in items}
        post(client, f"/attempts/{attempt_id}/submit", {**fields(items), **sure})
        assert attempt_of(app, attempt_id).percent == 100
    attempt_id = start(client)
    first, *others = paper(app, attempt_id)
    given = {**fields([first], wrong_answer), **fields(others)}
    given["item"] = [str(item.item_id) for item in (first, *others)]
    sure = {f"i{first.item_id}-certainty": "3"}
    post(client, f"/attempts/{attempt_id}/submit", {**given, **sure, "confirmed": "1"})
    assert attempt_of(app, attempt_id).percent == 0  # four right ones, and one that costs six
    page = client.get(f"/attempts/{attempt_id}/result").text
    assert "Cât de sigur ați răspuns" in page


def test_the_token_of_another_form_is_refused(cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    assert csrf(client)
    assert client.post(f"/attempts/{attempt_id}/check", data={"check": "1"}).status_code == 400
