"""The tests before the first and after the last module: taken once, never passed or failed."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.courses import queries
from lms.courses.models import (
    Completion,
    CompletionCondition,
    ConditionKind,
    Course,
    Edition,
    SubjectKind,
)
from lms.demo.answers import wrong_answer
from lms.participants.words import missing_words
from lms.quizzes.models import Attempt, Quiz, QuizPlace
from tests.cast import csrf
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

FOUR = """\
// [id:a] [lesson:1.1]
Unu? {=da#KEYCANARY bine ~nu#KEYCANARY rău}

// [id:b] [lesson:1.2]
Doi? {=da#KEYCANARY bine ~nu#KEYCANARY rău}

// [id:c]
Trei? {=da#KEYCANARY bine ~nu#KEYCANARY rău}

// [id:d]
Patru? {=da#KEYCANARY bine ~nu#KEYCANARY rău}
"""
INITIAL, FINAL = "/courses/curs/quizzes/initial", "/courses/curs/quizzes/final"
MODULE_QUIZ = "/courses/curs/quizzes/m"
LESSON = "/courses/curs/1-modul/1-1-lectie"


@pytest.fixture
def tests(app, cast):
    """A course that asks for its quizzes and for both of its tests."""
    with app.app_context(), db.writing() as session:
        rules = {"pass_mark": "none", "attempts": 1}
        for slug, place, title, feedback in (
            ("initial", QuizPlace.START, "Testul inițial", "after_final"),
            ("final", QuizPlace.END, "Testul final", "after_submission"),
        ):
            make_quiz(
                None,
                course_id=cast.course_id,
                place=place,
                slug=slug,
                text=FOUR,
                titles=(title, title),
                feedback=feedback,
                **rules,
            )
        for number, module_id in enumerate(cast.module_ids, 1):
            make_quiz(module_id, slug=f"m{number}", text=FOUR)
        session.execute(
            sa.delete(CompletionCondition).where(
                CompletionCondition.course_id == cast.course_id,
                CompletionCondition.kind == ConditionKind.LESSONS_READ,
            )
        )
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=5,
                kind=ConditionKind.TESTS_TAKEN,
                parameters={},
            )
        )
        session.get(Course, cast.course_id).version += 1
    return cast


def take(app, client, path, right=4):
    """Take a quiz with so many right answers; return the attempt's id."""
    attempt_id = start(client, path)
    items = paper(app, attempt_id)
    data = fields(items[:right])
    rest = fields(items[right:], wrong_answer)
    data["item"] += rest.pop("item")
    done = post(client, f"/attempts/{attempt_id}/submit", {**data, **rest})
    assert done.location.endswith("/result")
    return attempt_id


def standing(app, cast, part="learner"):
    with app.app_context():
        return queries.standing_of(queries.place_by_id(cast.enrolments[part]))


def words(client, path):
    page = BeautifulSoup(client.get(path, follow_redirects=True).text, "html.parser")
    return " ".join(page.select_one("main").text.split())


def test_modules_stay_closed_until_the_initial_test_is_taken(app, tests):
    client = tests.client("learner")
    assert "Testul inițial" in words(client, "/learn")
    closed = client.get(LESSON, follow_redirects=True)
    assert "Testul inițial" in closed.text
    assert closed.request.path == "/courses/curs"
    assert post(client, f"{MODULE_QUIZ}1/start").location == "/courses/curs"
    take(app, client, INITIAL, right=0)
    assert client.get(LESSON).status_code == 200


def test_the_next_step_leads_from_the_first_test_through_the_modules_to_the_last(app, tests):
    client = tests.client("learner")
    ways = []
    for path in (INITIAL, f"{MODULE_QUIZ}1", f"{MODULE_QUIZ}2", FINAL):
        kind, _key, module = standing(app, tests).next_step()
        ways.append((kind, module.position if module else None))
        take(app, client, path)
    assert ways == [("activity", None), ("lesson", 1), ("lesson", 2), ("activity", None)]
    assert standing(app, tests).next_step() is None


def test_somebody_who_has_begun_is_not_sent_back(app, tests):
    with app.app_context(), db.writing() as session:
        quiz = session.scalars(sa.select(Quiz).where(Quiz.slug == "initial")).one()
        quiz.withdrawn_at = quiz.published_at
        session.get(Course, tests.course_id).version += 1
    client = tests.client("learner")
    assert client.get(LESSON).status_code == 200
    with app.app_context(), db.writing() as session:
        session.scalars(sa.select(Quiz).where(Quiz.slug == "initial")).one().withdrawn_at = None
        session.get(Course, tests.course_id).version += 1
    assert client.get(LESSON).status_code == 200
    assert "Testul inițial" in words(client, "/learn")
    newcomer = tests.client("classmate")
    assert newcomer.get(LESSON).status_code == 302


def test_the_final_test_opens_when_the_modules_are_done(app, tests):
    client = tests.client("learner")
    take(app, client, INITIAL)
    assert post(client, f"{FINAL}/start").location == "/courses/curs"
    take(app, client, f"{MODULE_QUIZ}1")
    assert post(client, f"{FINAL}/start").location == "/courses/curs"
    take(app, client, f"{MODULE_QUIZ}2")  # no lesson was read: the course asks for quizzes alone
    assert "/attempts/" in post(client, f"{FINAL}/start").location


def test_the_course_is_complete_with_the_last_test_however_it_went(app, tests):
    client = tests.client("learner")
    for path in (INITIAL, f"{MODULE_QUIZ}1", f"{MODULE_QUIZ}2"):
        take(app, client, path)
    assert standing(app, tests).completed_at is None
    take(app, client, FINAL, right=0)
    assert standing(app, tests).completed_at is not None
    with app.app_context():
        row = db.session().scalars(
            sa.select(Completion).where(Completion.kind == SubjectKind.COURSE)
        )
        assert row.one().evidence == {
            "tests_taken:start": ["1", "1"],
            "quizzes_passed": ["2", "2"],
            "tests_taken:end": ["1", "1"],
        }


def test_a_test_has_one_attempt_and_no_verdict(app, tests):
    client = tests.client("learner")
    attempt_id = take(app, client, INITIAL, right=1)
    with app.app_context():
        attempt = db.session().get(Attempt, attempt_id)
        assert (attempt.percent, attempt.passed) == (Decimal(25), None)
    assert post(client, f"{INITIAL}/start").location == INITIAL
    for path in (INITIAL, f"/attempts/{attempt_id}/result"):
        text = words(client, path)
        assert "promovat" not in text
        assert "70" not in text


def test_nothing_of_the_initial_test_is_shown_before_the_final_one(app, tests):
    client = tests.client("learner")
    attempt_id = take(app, client, INITIAL, right=3)
    pages = [f"/attempts/{attempt_id}/result", INITIAL, "/learn", "/courses/curs"]
    for path in pages:
        text = client.get(path).text
        assert "KEYCANARY" not in text, path
        assert "75 %" not in words(client, path), path
    for path in (f"{MODULE_QUIZ}1", f"{MODULE_QUIZ}2"):
        take(app, client, path)
    assert "KEYCANARY" not in client.get(pages[0]).text
    take(app, client, FINAL)
    assert "KEYCANARY" in client.get(pages[0]).text
    assert "75 %" in words(client, "/courses/curs")


def test_an_open_final_test_opens_nothing_of_the_initial_one(app, tests):
    client = tests.client("learner")
    attempt_id = take(app, client, INITIAL, right=1)
    for path in (f"{MODULE_QUIZ}1", f"{MODULE_QUIZ}2"):
        take(app, client, path)
    start(client, FINAL)
    assert "KEYCANARY" not in client.get(f"/attempts/{attempt_id}/result").text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (1, 3, "50 de puncte procentuale"),
        (1, 1, "0 puncte procentuale"),
        (3, 2, "−25 de puncte procentuale"),
    ],
)
def test_the_final_result_shows_both_tests_side_by_side(app, tests, before, after, told):
    client = tests.client("learner")
    first = take(app, client, INITIAL, right=before)
    for path in (f"{MODULE_QUIZ}1", f"{MODULE_QUIZ}2"):
        take(app, client, path)
    last = take(app, client, FINAL, right=after)
    for attempt_id in (first, last):
        text = words(client, f"/attempts/{attempt_id}/result")
        assert f"{25 * before} %" in text.replace("\xa0", " ")
        assert f"{25 * after} %" in text.replace("\xa0", " ")
        assert told in text.replace("\xa0", " ")
    assert "KEYCANARY" in client.get(f"/attempts/{last}/result").text


def test_trainers_see_the_initial_test_at_once_and_strangers_never(app, tests):
    attempt_id = take(app, tests.client("learner"), INITIAL, right=1)
    path = f"/attempts/{attempt_id}/result"
    assert "KEYCANARY" in tests.client("trainer").get(path).text
    assert tests.client("trainer").get(INITIAL).status_code == 200
    assert tests.client("classmate").get(path).status_code == 404
    assert tests.client("trainer_of_other").get(path).status_code == 404
    assert tests.client("learner_of_other").get(INITIAL).status_code == 404


def test_what_is_missing_names_each_test(app, tests):
    client = tests.client("learner")
    take(app, client, INITIAL)
    text = words(client, "/learn")
    assert "Testul inițial: dat" in text
    assert "Testul final: de dat, se deschide după module" in text
    assert "Teste ale modulelor promovate: 0 din 2; mai aveți 2" in text
    with app.app_context(), app.test_request_context():
        edition = db.session().get(Edition, tests.edition_id)
        version = db.session().get(Course, tests.course_id).version
        _, rows = queries.cohort_of(edition, version)
        mine = missing_words(rows[tests.enrolments["learner"]].results)
        others = missing_words(rows[tests.enrolments["classmate"]].results)
    assert mine == ["2 teste", "testul final"]
    assert others == ["testul inițial", "2 teste", "testul final"]


def test_the_office_sees_each_test_on_the_participants_page(app, tests):
    take(app, tests.client("learner"), INITIAL, right=1)
    path = f"/participants/{tests.enrolments['learner']}"
    text = words(tests.client("registrar"), path)
    assert "Testul inițial dat" in text
    assert "Testul final dat" in text
    page = BeautifulSoup(tests.client("registrar").get(path).text, "html.parser")
    (row,) = [r for r in page.select("tr") if r.th and r.th.text == "Testul inițial"]
    assert "25" in row.text
    assert not row.select("form")  # one attempt: another would be another beginning


def test_double_clicks_start_and_submit_one_attempt(app, tests):
    client = tests.client("learner")
    assert start(client, INITIAL) == start(client, INITIAL)
    attempt_id = start(client, INITIAL)
    data = fields(paper(app, attempt_id))
    codes = [post(client, f"/attempts/{attempt_id}/submit", data).status_code for _ in range(2)]
    assert codes == [302, 302]


def test_an_empty_test_may_be_submitted_after_one_question_more(app, tests):
    client = tests.client("learner")
    attempt_id = start(client, INITIAL)
    asked = post(client, f"/attempts/{attempt_id}/submit")
    assert asked.status_code == 302
    assert "confirmed" in client.get(asked.location).text
    done = client.post(
        f"/attempts/{attempt_id}/submit", data={"csrf_token": csrf(client), "confirmed": "1"}
    )
    assert done.status_code == 302
    assert client.get(LESSON).status_code == 200


def test_the_database_keeps_a_quiz_in_a_module_or_at_an_edge(app, tests):
    with app.app_context(), pytest.raises(sa.exc.IntegrityError), db.writing() as session:
        session.add(
            Quiz(
                course_id=tests.course_id,
                place=QuizPlace.START,
                module_id=tests.module_ids[0],
                content_id="x",
                slug="x",
                title_ro="x",
                title_en="x",
            )
        )
        session.flush()
