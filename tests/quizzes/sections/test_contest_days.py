"""For how long a result may be contested: as the course says, or the test itself."""

from __future__ import annotations

import pytest

from lms import db
from lms.demo.answers import wrong_answer
from lms.quizzes.rules.settings import QuizSettings, dump_settings, parse_settings
from tests.factories import make_quiz
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start

HERE = "/courses/curs/quizzes/contest-days"


@pytest.fixture
def make(app, cast):
    """Make the quiz and a submitted attempt; return the address of its result."""

    def made(**settings) -> str:
        with app.app_context(), db.writing():
            make_quiz(cast.module_ids[0], **settings)
        client = cast.client("learner")
        attempt_id = start(client)
        post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), wrong_answer))
        return f"/attempts/{attempt_id}/result"

    return made


def may_contest(cast, result) -> bool:
    return "Contestați întrebarea" in cast.client("learner").get(result).text


def test_a_test_that_says_nothing_follows_its_course(cast, make):
    result = make()
    assert may_contest(cast, result)
    trainer = cast.client("trainer")
    assert post(trainer, HERE, {"dispute_days": "0"}).status_code == 303
    assert not may_contest(cast, result)
    assert "(niciodată)" in trainer.get(f"{QUIZ}/settings").text
    post(trainer, HERE, {"dispute_days": "21"})
    assert may_contest(cast, result)
    assert "(21 de zile)" in trainer.get(f"{QUIZ}/settings").text
    assert 'value="21"' in trainer.get("/courses/curs/quizzes").text


@pytest.mark.parametrize(("own", "may"), [(0, False), (3, True)], ids=["never", "some days"])
def test_what_a_test_says_itself_stands_above(cast, make, own, may):
    result = make(dispute_days=own)
    post(cast.client("trainer"), HERE, {"dispute_days": "0" if may else "9"})
    assert may_contest(cast, result) is may


@pytest.mark.parametrize("odd", ["-1", "366", "o zi", "9" * 40])
def test_odd_numbers_change_nothing(cast, make, odd):
    result = make()
    post(cast.client("trainer"), HERE, {"dispute_days": odd})
    assert may_contest(cast, result)


def test_nothing_said_is_kept_as_nothing_said():
    assert parse_settings(dump_settings(QuizSettings())).dispute_days is None
    assert parse_settings({"dispute_days": 0}).dispute_days == 0
