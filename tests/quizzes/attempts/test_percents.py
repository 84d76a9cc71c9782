"""The course's page shows a result only where the quiz shows the learner the marks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from lms import clock, db
from lms.quizzes.rules.review import Moment
from lms.quizzes.services import locks, ruling
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import take

COURSE = "/courses/curs"
DAY = timedelta(days=1)


@pytest.fixture
def taken(app, cast):
    def made(**settings) -> int:
        with app.app_context(), db.writing():
            quiz_id = make_quiz(cast.module_ids[0], pass_mark="0", **settings)
            take(cast.enrolments["learner"], quiz_id, {})
            return quiz_id

    return made


def line(cast) -> str:
    page = BeautifulSoup(cast.client("learner").get(COURSE).text, "html.parser")
    (found,) = [li for li in page.select("li") if "Testul de probă" in li.text]
    return " ".join(found.text.split())


def only(*moments):
    return {m.value: ["marks"] if m in moments else [] for m in Moment if m is not Moment.DURING}


def test_the_result_stands_where_marks_are_always_shown(cast, taken):
    taken(feedback="after_submission")
    assert "0 %" in line(cast).replace("\xa0", " ")


def test_it_does_not_where_they_never_are(cast, taken):
    taken(review=only())
    assert "%" not in line(cast)


def test_after_the_close_means_after_the_close(app, cast, taken):
    quiz_id = taken(review=only(Moment.AFTER_CLOSE))
    assert "%" not in line(cast)
    now = clock.now()
    with app.app_context(), db.writing():
        ruling.set_window(
            locks.quiz(quiz_id),
            cast.edition_id,
            opens_at=None,
            closes_at=now + DAY,
            password=None,
            by=cast.persons["trainer"],
            now=now,
        )
    assert "%" not in line(cast)
    with clock.stopped_at(now + 2 * DAY):
        assert "0 %" in line(cast).replace("\xa0", " ")


def test_the_first_minutes_are_not_later(cast, taken):
    taken(review=only(Moment.RIGHT_AFTER))
    now = clock.now()
    with clock.stopped_at(now):
        assert "%" in line(cast)
    with clock.stopped_at(now + DAY):
        assert "%" not in line(cast)
