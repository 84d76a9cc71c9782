"""What a learner is told before an attempt, and how one's attempts lead back to their answers."""

from __future__ import annotations

import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.courses.models import LessonProgress
from lms.quizzes.entrance import enough_right
from lms.quizzes.rules.settings import Behaviour, QuizSettings
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start


def door(client) -> BeautifulSoup:
    page = client.get(QUIZ)
    assert page.status_code == 200
    return BeautifulSoup(page.text, "html.parser")


def words_of(node) -> str:
    return " ".join(node.get_text(" ").split())


def make(app, cast, **values) -> None:
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], **values)


def read(app, cast, *lessons: int) -> None:
    with app.app_context(), db.writing() as session:
        place = cast.enrolments["learner"]
        session.execute(sa.delete(LessonProgress).where(LessonProgress.enrolment_id == place))
        for lesson_id in lessons:
            session.add(
                LessonProgress(
                    enrolment_id=place,
                    lesson_id=lesson_id,
                    first_opened_at=EPOCH,
                    last_active_at=EPOCH,
                    read_at=EPOCH,
                )
            )


def test_lessons_of_the_module_that_were_not_read_are_named_and_hold_nobody_back(app, cast):
    make(app, cast)
    client = cast.client("learner")
    read(app, cast, cast.lesson_ids[0], cast.lesson_ids[2])  # one here, one in the next module
    notice = door(client).select_one("main .notice")
    assert "Nu ați citit încă o lecție a acestui modul" in words_of(notice)
    assert [link["href"] for link in notice.select("a")] == ["/courses/curs/1-modul/1-2-lectie"]
    assert start(client)


def test_who_has_read_all_or_has_passed_is_told_nothing(app, cast):
    make(app, cast)
    client = cast.client("learner")
    read(app, cast, *cast.lesson_ids[:2])
    assert "Nu ați citit" not in door(client).text
    read(app, cast)
    assert "Nu ați citit încă 2 lecții ale acestui modul" in door(client).text
    attempt_id = start(client)
    assert "Nu ați citit" not in door(client).text  # an attempt is open: no time for advice
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    assert "Nu ați citit" not in door(client).text


def test_the_pass_mark_is_also_told_in_right_answers(app, cast):
    make(app, cast, pass_mark=70)
    assert "70 % (4 răspunsuri corecte din 5)" in words_of(door(cast.client("learner")))


def test_where_questions_are_worth_differently_only_the_percentage_is_told(app, cast):
    two = "// [id:a] [marks:2]\nA?{T}\n\n// [id:b]\nB?{T}\n"
    make(app, cast, text=two)
    assert "răspunsuri corecte din" not in door(cast.client("learner")).text


def test_where_a_right_answer_is_not_always_a_whole_mark_nothing_is_counted():
    usual = QuizSettings()
    assert enough_right(usual, 8) == 6
    assert enough_right(QuizSettings(behaviour=Behaviour.INTERACTIVE), 8) is None
    assert enough_right(QuizSettings(pass_mark=None), 8) is None


def test_an_attempt_leads_back_to_its_answers_in_words(app, cast):
    make(app, cast)
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    link = door(client).select_one(f"td a, th a[href='/attempts/{attempt_id}/result']")
    assert words_of(link) == "Vedeți răspunsurile (Încercarea 1)"


def test_where_answers_are_kept_back_it_leads_to_the_result(app, cast):
    things = ["marks", "overall"]
    make(app, cast, review={"later": things, "right_after": things})
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    assert "Vedeți rezultatul" in words_of(door(client).select_one("tbody th"))
    assert "Vedeți răspunsurile" not in door(client).text
