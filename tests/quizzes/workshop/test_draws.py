"""A test that only draws from the bank is written as text, kept back, and published."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.models import QuizQuestion
from lms.quizzes.rules.draws import Draw
from lms.quizzes.rules.settings import parse_settings
from tests.quizzes.bank.test_pages import NEW, write
from tests.quizzes.workshop.test_pages import course, module_id, owner, post, quizzes

__all__ = ["course"]

HEAD = "---\ndraws: [{count: 2, category: Modulul 1}]\npass_mark: 60\n---\n"
PATH = "/courses/proba/new-quiz"


@pytest.fixture
def client(cast, course):
    found = owner(cast)
    write(found, NEW)
    return found


def made(app, course):
    """The newest quiz, its settings and how many questions stand in it."""
    quiz = quizzes(app, course)[-1]
    with app.app_context():
        session = db.session()
        row = session.get_one(type(quiz), quiz.id)
        own = sa.select(sa.func.count()).where(
            QuizQuestion.quiz_version_id == row.current_version_id
        )
        found = parse_settings(row.current_version.settings), session.scalar(own)
        db.end_reading()
    return quiz, *found


@pytest.mark.parametrize(("do", "is_published"), [("publish", True), ("save", False)])
def test_a_test_of_draws_alone_is_written_and_published_when_wanted(
    app, client, course, do, is_published
):
    sent = {"text": HEAD, "module": module_id(app, course), "key": "abcdef"}
    shown = post(client, PATH, **sent, do="preview").text
    assert "2 extrase din bancă" in shown
    assert "2 întrebări: categoria „Modulul 1” cu subcategoriile ei" in shown
    answer = post(client, PATH, **sent, do=do)
    assert answer.status_code == 302, answer.text
    quiz, settings, own = made(app, course)
    assert (quiz.published_at is not None, own) == (is_published, 0)
    assert settings.draws == (Draw(2, "Modulul 1"),)
    assert settings.pass_mark == 60
    assert settings.draft is not is_published
    page = client.get(answer.location).text
    assert "2 extrase din bancă" in page
    assert ("Publicați testul" in page) is not is_published
    here = f"/courses/proba/quizzes/{quiz.slug}/questions"
    if not is_published:
        assert post(client, here, text="", base=base(page), do="publish").status_code == 302
    quiz, settings, _own = made(app, course)
    assert quiz.published_at is not None
    assert not settings.draft


def base(page: str) -> str:
    return page.split('name="base" value="')[1].split('"', maxsplit=1)[0]


def test_a_draft_that_is_given_draws_stays_one(app, client, course):
    sent = {"text": "1. Una?\n*a) da\nb) nu\n", "module": module_id(app, course), "key": "abcdef"}
    assert post(client, PATH, **sent, do="save").status_code == 302
    quiz, _settings, _own = made(app, course)
    form = {"preset": "after_submission", "pass_mark": "70", "attempts": "3", "method": "best"}
    form |= {"behaviour": "deferred", "layout": "all", "navigation": "free", "overdue": "submit"}
    where = f"/courses/proba/quizzes/{quiz.slug}/settings"
    rows = {"draw_count": "1", "draw_category": "Modulul 1", "draw_below": "yes"}
    assert post(client, where, **form, **rows).status_code == 303
    quiz, settings, _own = made(app, course)
    assert quiz.published_at is None
    assert settings.draws
    assert read_gift("---\nid: q\ndraws: [{count: 1}]\ndraft: true\n---\n").settings.draft


@pytest.mark.parametrize(
    ("text", "module", "said"),
    [
        (HEAD, False, "Alegeți modulul întrebărilor"),
        (HEAD.replace("count: 2", "count: 9"), True, "Testul extrage 9 întrebări din bancă"),
        (HEAD.replace("count: 2", "count: multe"), True, "draws"),
        ("---\npass_mark: 60\n---\n", True, "În text nu este nicio întrebare"),
    ],
    ids=["no module", "too few in the bank", "no number", "nothing to ask"],
)
def test_what_can_not_be_asked_is_not_saved(app, client, course, text, module, said):
    before = len(quizzes(app, course))
    form = {"text": text, "key": "abcdef", "do": "publish"}
    answer = post(client, PATH, **form, module=module_id(app, course) if module else "")
    assert answer.status_code == 422
    assert said in answer.text
    assert len(quizzes(app, course)) == before


def test_settings_at_the_head_hold_for_questions_below_too(app, client, course):
    text = f"{HEAD}\n1. Una?\n*a) da\nb) nu\n"
    sent = {"text": text, "module": module_id(app, course), "key": "abcdef"}
    assert post(client, PATH, **sent, do="publish").status_code == 302
    _quiz, settings, own = made(app, course)
    assert (settings.pass_mark, len(settings.draws), own) == (60, 1, 1)
