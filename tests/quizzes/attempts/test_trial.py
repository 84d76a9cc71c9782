"""Trainers take a quiz as a learner would; every rule holds, nothing is kept, nothing counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.db import Base
from lms.quizzes.models import Quiz
from lms.quizzes.services import ruling
from tests.cast import csrf
from tests.factories import make_quiz

TRIAL = "/courses/curs/quizzes/proba/try"
TWO = """\
// [id:t-1] [hint:Mai mult decât doi.]
Câți? {=trei#Corect.~doi#KEYCANARY-doi}

// [id:t-2]
Trei este par. {FALSE}
"""


@pytest.fixture
def make(app, cast):
    def made(**settings) -> None:
        with app.app_context(), db.writing():
            make_quiz(cast.module_ids[0], text=TWO, shuffle_questions=False, **settings)

    return made


def rows(app) -> dict[str, int]:
    with app.app_context():
        count = sa.select(sa.func.count())
        return {
            name: db.session().scalar(count.select_from(table))
            for name, table in Base.metadata.tables.items()
            if name != "sign_in_sessions"
        }


def form_of(page, **more) -> dict[str, list[str]]:
    """Send the form back as it is drawn, with what was chosen."""
    form = BeautifulSoup(page, "html.parser").select_one("main form")
    data: dict[str, list[str]] = {}
    for box in form.select("input[name]"):
        closed = box.find_parent("fieldset", disabled=True)
        is_off = box.get("type") in {"radio", "checkbox"} and not box.has_attr("checked")
        if not closed and not is_off:
            data.setdefault(box["name"], []).append(box.get("value", ""))
    return {**data, **{name: [value] for name, value in more.items()}}


def choose(page, words) -> tuple[str, str]:
    option = next(
        label
        for label in BeautifulSoup(page, "html.parser").select("label.option")
        if words in label.text
    )
    return option.input["name"], option.input["value"]


def go(client, page, do, *words) -> str:
    chosen = dict(choose(page, each) for each in words)
    data = {**form_of(page, do=do), **{k: [v] for k, v in chosen.items()}}
    answer = client.post(TRIAL, data={**data, "csrf_token": csrf(client)})
    assert answer.status_code == 200
    return answer.text


def test_a_trial_is_marked_and_leaves_nothing_behind(app, cast, make):
    make()
    trainer = cast.client("trainer")
    before = rows(app)
    page = trainer.get(TRIAL).text
    assert "KEYCANARY" not in page
    result = go(trainer, page, "submit", "trei", "Fals")
    assert "2 din 2" in result
    assert "promovat" in result
    wrong = go(trainer, page, "submit", "doi", "Fals")
    assert "1 din 2" in wrong
    assert "KEYCANARY-doi" in wrong
    assert rows(app) == before


def test_a_trial_shows_what_each_moment_shows(cast, make):
    make(feedback="after_close")
    trainer = cast.client("trainer")
    result = go(trainer, trainer.get(TRIAL).text, "submit", "doi", "Fals")
    assert "KEYCANARY" not in result
    assert "KEYCANARY-doi" in go(trainer, result, "after_close")
    assert "KEYCANARY" not in go(trainer, result, "later")


def test_one_way_means_one_way_in_a_trial_too(cast, make):
    make(navigation="sequential")
    trainer = cast.client("trainer")
    first = trainer.get(TRIAL).text
    assert "Trei este par" not in first
    second = go(trainer, first, "go:2", "trei")
    assert "Câți?" not in second
    assert "Trei este par" in go(trainer, second, "go:1")
    assert "2 din 2" in go(trainer, second, "submit", "Fals")  # the first answer came along


def test_checks_hints_and_their_cost_are_tried(cast, make):
    make(behaviour="interactive", penalty="50")
    trainer = cast.client("trainer")
    page = trainer.get(TRIAL).text
    item = BeautifulSoup(page, "html.parser").select_one("button[name=do]")["value"]
    wrong = go(trainer, page, item, "doi")
    assert "Mai mult decât doi." in wrong
    right = go(trainer, wrong, item, "trei")
    assert BeautifulSoup(right, "html.parser").select_one("#q1").has_attr("disabled")
    assert "1,5 din 2" in go(trainer, right, "submit", "Fals")


@pytest.mark.parametrize(
    "odd",
    [
        {"do": "check:x"},
        {"do": "check:999999"},
        {"do": "go:-1"},
        {"do": "tot"},
        {"seed": "x", "q": "0"},
        {"q": "77"},
    ],
)
def test_an_odd_form_draws_the_paper(cast, make, odd):
    make(layout="one", behaviour="immediate")
    trainer = cast.client("trainer")
    answer = trainer.post(TRIAL, data={"csrf_token": csrf(trainer), **odd})
    assert answer.status_code == 200
    assert "fieldset" in answer.text


def test_odd_tries_are_no_tries(cast, make):
    make(behaviour="immediate")
    trainer = cast.client("trainer")
    page = trainer.get(TRIAL).text
    item = BeautifulSoup(page, "html.parser").select_one("button[name=do]")["value"][6:]
    for odd in ("x", "{}", "[1]", '[{"choice": 7}]', "[" * 2000):
        answer = trainer.post(
            TRIAL, data={"csrf_token": csrf(trainer), "seed": "5", f"tries-{item}": odd}
        )
        assert answer.status_code == 200


def test_a_quiz_with_too_few_questions_says_so(cast, make):
    make(draw=5)
    assert "Nu este încă nimic de încercat" in cast.client("trainer").get(TRIAL).text


def test_learners_try_nothing(cast, make):
    make()
    assert cast.client("learner").get(TRIAL).status_code == 403


def opened(client, page, **more) -> str:
    answer = client.post(TRIAL, data={**form_of(page, **more), "csrf_token": csrf(client)})
    return answer.text


def test_the_time_runs_in_a_trial_as_it_does_for_a_learner(app, cast, make):
    make(time_limit=30)
    trainer = cast.client("trainer")
    before, began = rows(app), clock.now().replace(microsecond=0)
    with clock.stopped_at(began):
        page = trainer.get(TRIAL).text
        assert "au rămas 30 de minute" in page
    with clock.stopped_at(began + timedelta(minutes=20)):
        later = go(trainer, page, "tot", "trei")
        assert "au rămas 10 minute" in later
    with clock.stopped_at(began + timedelta(minutes=32)):
        over = go(trainer, later, "tot", "Fals")
        assert "Timpul s-a încheiat" in over
        assert "2 din 2" in over
    with clock.stopped_at(began + timedelta(minutes=60)):
        assert "2 din 2" in go(trainer, over, "later")  # what was submitted stays so
    assert rows(app) == before


def test_what_runs_out_waits_and_is_given_up_as_the_quiz_says(cast, make):
    make(time_limit=30, overdue="wait", late_submission=60)
    trainer = cast.client("trainer")
    began = clock.now().replace(microsecond=0)
    with clock.stopped_at(began):
        page = trainer.get(TRIAL).text
    with clock.stopped_at(began + timedelta(minutes=40)):
        waits = go(trainer, page, "check:1", "trei", "Fals")
        assert "mai poate trimite ce s-a salvat" in waits
        assert "fieldset" not in waits
        assert "2 din 2" in go(trainer, waits, "submit")
    with clock.stopped_at(began + timedelta(minutes=91)):
        gone = go(trainer, waits, "submit")
        assert "se închide acum fără rezultat" in gone
        assert "din 2" not in gone


@pytest.fixture
def passworded(app, cast, make):
    make()
    with app.app_context(), db.writing() as session:
        ruling.set_window(
            session.scalars(sa.select(Quiz)).one(),
            cast.edition_id,
            opens_at=None,
            closes_at=None,
            password="plop alb",
            by=cast.persons["trainer"],
            now=clock.now(),
        )


def test_the_password_is_asked_as_learners_are_asked(app, cast, passworded):
    trainer = cast.client("trainer")
    before = rows(app)
    door = trainer.get(TRIAL).text
    assert "Parola testului" in door
    assert "Câți?" not in door
    wrong = trainer.post(TRIAL, data={"csrf_token": csrf(trainer), "password": "stejar"})
    assert wrong.status_code == 422
    assert "Nu aceasta este parola testului" in wrong.text
    page = opened(trainer, door, password=" plop  alb ")
    assert "Câți?" in page
    assert "plop" not in page
    assert "2 din 2" in go(trainer, page, "submit", "trei", "Fals")
    assert rows(app) == before


def test_no_form_goes_round_the_door_by_chance(cast, passworded):
    trainer = cast.client("trainer")
    answer = trainer.post(TRIAL, data={"csrf_token": csrf(trainer), "do": "submit", "seed": "5"})
    assert "Parola testului" in answer.text
    assert "Câți?" not in answer.text


@pytest.mark.parametrize("began", ["", "x", "-5", "99999999999999"])
def test_an_odd_beginning_is_now(cast, make, began):
    make(time_limit=30)
    trainer = cast.client("trainer")
    answer = trainer.post(TRIAL, data={"csrf_token": csrf(trainer), "seed": "5", "began": began})
    assert answer.status_code == 200
    assert "fieldset" in answer.text


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ("deferred", "Răspundeți și trimiteți: nimic nu se păstrează"),
        ("immediate", "Răspundeți, verificați, trimiteți: nimic nu se păstrează"),
    ],
)
def test_checking_is_spoken_of_only_where_questions_can_be_checked(cast, make, behaviour, said):
    make(behaviour=behaviour)
    page = cast.client("trainer").get(TRIAL).text
    assert said in page
    assert "Trimiteți proba" in page
    assert "Trimiteți testul" not in page
