"""A learner before the first lesson: asked once, kindly, on two short pages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.courses.models import Edition, Enrolment
from lms.entry.models import EntryRecord, NationalNumberRow, Source
from lms.quizzes.models import Attempt, QuizPlace
from tests.cast import EPOCH, csrf
from tests.entry.asked import ANSWERS, FIRST_PAGE, SECOND_PAGE, VALID_CNP, ask
from tests.factories import make_quiz

LESSON = "/courses/curs/1-modul/1-1-lectie"
PAGE = "/learn/entry/e1"


def post(client, url, **data):
    return client.post(url, data={"csrf_token": csrf(client), **data})


def record_of(cast, part="learner"):
    with cast.app.app_context():
        found = db.session().scalars(
            sa.select(EntryRecord).where(EntryRecord.person_id == cast.persons[part])
        )
        return found.one_or_none()


def test_a_programme_that_asks_nothing_lets_everybody_in(cast):
    client = cast.client("learner")
    assert client.get(LESSON).status_code == 200
    assert "Înainte de prima lecție" not in client.get("/learn").text
    assert client.get(PAGE).status_code == 404


def test_the_first_lesson_waits_and_says_why(cast):
    ask(cast)
    client = cast.client("learner")
    home = client.get("/learn").text
    assert "Înainte de prima lecție" in home
    assert f'href="{PAGE}"' in home
    answer = client.get(LESSON)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(PAGE)
    assert "Înainte de prima lecție" in client.get(PAGE).text
    assert post(client, f"{LESSON}/read").status_code == 302
    assert client.get(LESSON).status_code == 302, "marking as read is no way round"


def test_a_test_waits_as_the_first_lesson_does(cast):
    with cast.app.app_context(), db.writing():
        make_quiz(None, course_id=cast.course_id, place=QuizPlace.START)
        make_quiz(cast.module_ids[0], slug="modul")
    ask(cast)
    client = cast.client("learner")
    for test in ("proba", "modul"):
        address = f"/courses/curs/quizzes/{test}"
        for answer in (client.get(address), post(client, f"{address}/start")):
            assert answer.status_code == 302
            assert answer.headers["Location"].endswith(PAGE)
    assert cast.client("trainer").get("/courses/curs/quizzes/proba").status_code == 200
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Attempt.id))) == 0
    post(client, PAGE, **FIRST_PAGE)
    post(client, f"{PAGE}/2", **SECOND_PAGE)
    begun = post(client, "/courses/curs/quizzes/proba/start")
    assert "/attempts/" in begun.headers["Location"]


def test_two_pages_and_the_course_is_open(cast):
    ask(cast)
    client = cast.client("learner")
    first = post(client, PAGE, **FIRST_PAGE)
    assert first.status_code == 303
    assert first.headers["Location"].endswith(f"{PAGE}/2")
    assert client.get(LESSON).status_code == 302, "half an answer is none"
    second = post(client, f"{PAGE}/2", **SECOND_PAGE)
    assert second.headers["Location"].endswith("/learn")
    assert client.get(LESSON).status_code == 200
    kept = record_of(cast)
    assert kept.answers == ANSWERS
    assert kept.source is Source.LEARNER
    assert kept.completed_at is not None


def test_an_open_question_is_asked_again_and_nothing_typed_is_lost(cast):
    ask(cast)
    client = cast.client("learner")
    typed = {**FIRST_PAGE, "q-birth-day": "31", "q-birth-month": "2"}
    del typed["q-gender"]
    answer = post(client, PAGE, **typed)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("input", {"name": "q-birth-day"})["value"] == "31"
    assert page.find("input", {"name": "q-labour", "value": "employed"}).has_attr("checked")
    said = page.find(class_="error-summary").text
    assert "Scrieți data ca zi, lună, an" in said
    assert "Vă rugăm să răspundeți: Genul" in said
    assert record_of(cast) is None


def test_a_band_of_ages_is_enough(cast):
    ask(cast)
    client = cast.client("learner")
    typed = {k: v for k, v in FIRST_PAGE.items() if "birth" not in k}
    post(client, PAGE, **typed, **{"q-birth-band": "from-30-to-54"})
    assert record_of(cast).answers["birth"] == "from-30-to-54"


@pytest.mark.parametrize(
    ("question", "value"),
    [("q-gender", "refused"), ("q-labour", "nu-exista"), ("q-rural", "refused")],
)
def test_only_what_the_set_offers_can_be_answered(cast, question, value):
    ask(cast)
    answer = post(cast.client("learner"), PAGE, **{**FIRST_PAGE, question: value})
    assert answer.status_code == 422
    assert record_of(cast) is None


def test_saying_that_one_will_not_answer_stands_only_where_the_set_allows_it(cast):
    ask(cast)
    client = cast.client("learner")
    assert "Nu doresc să răspund" not in client.get(PAGE).text
    second = client.get(f"{PAGE}/2").text
    assert second.count("Nu doresc să răspund") == 3


def test_pressing_twice_is_pressing_once(cast):
    ask(cast)
    client = cast.client("learner")
    for _ in range(2):
        post(client, PAGE, **FIRST_PAGE)
    for _ in range(2):
        assert post(client, f"{PAGE}/2", **SECOND_PAGE).status_code == 303
    assert record_of(cast).answers == ANSWERS


def test_frozen_answers_can_be_read_and_not_changed(cast):
    ask(cast)
    client = cast.client("learner")
    post(client, PAGE, **FIRST_PAGE)
    post(client, f"{PAGE}/2", **SECOND_PAGE)
    page = client.get(PAGE).text
    assert "licență (ISCED 6)" in page
    assert "<form" not in BeautifulSoup(page, "html.parser").main.decode()
    post(client, PAGE, **{**FIRST_PAGE, "q-labour": "inactive-other"})
    assert record_of(cast).answers == ANSWERS


def test_the_second_page_alone_leads_back_to_the_first(cast):
    ask(cast)
    answer = post(cast.client("learner"), f"{PAGE}/2", **SECOND_PAGE)
    assert answer.headers["Location"].endswith(PAGE)


def test_whoever_has_begun_is_reminded_and_not_held_back(cast):
    client = cast.client("learner")
    client.get(LESSON)
    ask(cast)
    assert client.get(LESSON).status_code == 200
    assert PAGE in client.get("/learn").text


def test_a_second_edition_of_the_programme_does_not_ask_again(cast):
    ask(cast)
    client = cast.client("learner")
    post(client, PAGE, **FIRST_PAGE)
    post(client, f"{PAGE}/2", **SECOND_PAGE)
    with cast.app.app_context(), db.writing() as session:
        other = session.get_one(Edition, cast.other_edition_id)
        session.add(
            Enrolment(
                person_id=cast.persons["learner"],
                edition_id=other.id,
                enrolled_at=EPOCH,
                hours_attended=0,
            )
        )
    assert client.get("/courses/alt-curs/1-modul/1-1-lectie").status_code == 200


def test_nobody_answers_for_another(cast):
    ask(cast)
    assert cast.client("learner_of_other").get(PAGE).status_code == 404
    assert post(cast.client("registrar"), PAGE, **FIRST_PAGE).status_code == 404
    assert record_of(cast) is None


def test_a_national_number_is_asked_only_with_its_purpose_and_may_be_left_out(cast):
    ask(cast, purpose="Pentru lista cerută de contract.")
    client = cast.client("learner")
    post(client, PAGE, **FIRST_PAGE)
    assert "Pentru lista cerută de contract." in client.get(f"{PAGE}/2").text
    assert post(client, f"{PAGE}/2", **SECOND_PAGE).status_code == 303
    assert record_of(cast).completed_at is not None
    answer = post(client, f"{PAGE}/number", national_number=VALID_CNP)
    assert answer.status_code == 303
    page = client.get(PAGE).text
    assert VALID_CNP not in page
    assert f"•••••••••{VALID_CNP[-4:]}" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2850327226080", "Una dintre cifre este greșită"),
        ("123", "Un CNP are 13 cifre"),
        ("1630615123457", "arată altă dată a nașterii"),
    ],
)
def test_a_wrong_number_is_told_and_nothing_is_lost(cast, typed, said):
    ask(cast, purpose="Pentru listă.")
    client = cast.client("learner")
    post(client, PAGE, **FIRST_PAGE)
    answer = post(client, f"{PAGE}/2", **SECOND_PAGE, national_number=typed)
    assert answer.status_code == 422
    assert said in answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("input", {"name": "q-minority", "value": "refused"}).has_attr("checked")
    with cast.app.app_context():
        assert db.session().scalars(sa.select(NationalNumberRow)).all() == []


def test_a_number_is_not_taken_where_it_is_not_asked(cast):
    ask(cast)
    client = cast.client("learner")
    post(client, PAGE, **FIRST_PAGE)
    post(client, f"{PAGE}/2", **SECOND_PAGE, national_number=VALID_CNP)
    assert post(client, f"{PAGE}/number", national_number=VALID_CNP).status_code == 404
    with cast.app.app_context():
        assert db.session().scalars(sa.select(NationalNumberRow)).all() == []
