"""Where a question is used: tests, attempts, how hard it was, what was contested."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.quizzes.bank_tools import queries
from lms.quizzes.models import Question, QuestionVersion
from tests.factories import make_quiz
from tests.quizzes.statistics.made import make_attempts, single_choice_quiz


@pytest.fixture
def question(app, cast) -> Question:
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], text=single_choice_quiz(3))
    with app.app_context(), db.writing():
        make_attempts(quiz_id, cast.edition_id, 12)
    with app.app_context():
        found = db.session().scalars(sa.select(Question).order_by(Question.id).limit(1)).one()
        db.session().expunge(found)
        db.end_reading()
    return found


def test_attempts_and_facility_are_told(app, cast, question):
    with app.app_context():
        [line] = queries.usage_of(question.id)
        [version] = queries.versions_of(question.id)
        db.end_reading()
    assert (line.version, line.attempts, line.disputes) == (1, 12, 0)
    assert 0 <= line.facility <= 100
    assert version.attempts == 12
    assert [quiz.slug for quiz in version.quizzes] == [line.quiz.slug]
    page = cast.client("trainer").get(f"/courses/curs/bank/{question.id}/use")
    assert page.status_code == 200
    assert f"/statistics/{line.last_version_id}" in page.text
    assert f"/corrections/{line.last_version_id}" in page.text


def test_links_of_the_page_lead_somewhere(cast, question):
    trainer = cast.client("trainer")
    page = trainer.get(f"/courses/curs/bank/{question.id}/use").text
    for part in page.split('href="')[1:]:
        href = part.partition('"')[0]
        if "/quizzes/" in href:
            assert trainer.get(href.replace("&amp;", "&")).status_code == 200, href


def test_a_question_that_no_test_has_says_so(app, desk):
    desk.save(f"{desk.text}\n// [id:u-1]\nUna? {{=da~nu}}\n")
    desk.save(desk.text[: desk.text.index("// [id:u-1]")])
    page = desk.get(desk.address("u-1", "use")).text
    assert "nu o mai dă" in page
    with app.app_context():
        rows = db.session().scalars(
            sa.select(QuestionVersion.id).join(Question).where(Question.content_id == "u-1")
        )
        assert queries.asking_now(rows.all()) == {}
        db.end_reading()
