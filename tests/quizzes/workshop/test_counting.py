"""A new test and the certificate: required or for practice, said before, and a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.certificates.drafting import best_results
from lms.courses.models import Completion, CompletionCondition, Edition, SubjectKind
from lms.courses.models.progress import ConditionKind
from lms.courses.queries import place_by_id, standing_of
from lms.quizzes import exhausted
from lms.quizzes.exchange.front_matter import read_head
from lms.quizzes.exhausted import passed_since
from lms.quizzes.models import Attempt, Quiz, QuizVersion
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services.workshop_plan import source_of
from tests.cast import EPOCH, csrf
from tests.factories import make_quiz
from tests.quizzes.attempts.test_settings_page import USUAL

NEW = "/courses/curs/new-quiz"
TEXT = "1. Câți membri are o asociație?\na) doi\n*b) trei\nc) zece"
MORE = "încă unul de trecut"


@pytest.fixture
def running(app, cast):
    """The course asks for its quizzes, and its edition is running today."""
    with app.app_context(), db.writing() as session:
        session.execute(
            sa.delete(CompletionCondition).where(CompletionCondition.course_id == cast.course_id)
        )
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=1,
                kind=ConditionKind.QUIZZES_PASSED,
                parameters={},
            )
        )
        _move(cast, days=1)
    return cast


def _move(cast, *, days):
    edition = db.session().get_one(Edition, cast.edition_id)
    today = clock.today("Europe/Bucharest")
    edition.starts_on, edition.ends_on = today - timedelta(days), today + timedelta(days=9)


def post(cast, path, **form):
    client = cast.client("trainer")
    return client.post(path, data={"csrf_token": csrf(client), **form})


def make(cast, **form):
    given = {"text": TEXT, "module": str(cast.module_ids[0]), "key": "abc123", "do": "publish"}
    return post(cast, NEW, **(given | form))


def choice(page) -> str | None:
    checked = BeautifulSoup(page.text, "html.parser").select_one("input[name=counts][checked]")
    return checked["value"] if checked else None


def the_quiz(app):
    with app.app_context():
        quiz = db.session().scalars(sa.select(Quiz).order_by(Quiz.id.desc())).first()
        settings = db.session().get_one(QuizVersion, quiz.current_version_id).settings
        found = (quiz.id, quiz.slug, quiz.is_open, settings["counts"])
        db.end_reading()
    return found


def needed(app, cast, part="learner") -> tuple[int, int]:
    with app.app_context():
        (result,) = standing_of(place_by_id(cast.enrolments[part])).results
        db.end_reading()
    return int(result.done), int(result.needed)


def test_while_an_edition_runs_a_new_test_is_offered_for_practice(app, running) -> None:
    page = running.client("trainer").get(NEW)
    assert choice(page) == "no"
    assert "2 oameni nu au încheiat cursul" in page.text
    assert MORE in page.text


def test_before_an_edition_runs_a_new_test_is_offered_as_required(app, running) -> None:
    with app.app_context(), db.writing():
        _move(running, days=-3)
    page = running.client("trainer").get(NEW)
    assert choice(page) == "yes"
    assert MORE not in page.text


def test_a_course_that_asks_for_no_quizzes_offers_no_choice(app, running) -> None:
    with app.app_context(), db.writing() as session:
        session.execute(sa.delete(CompletionCondition))
    assert choice(running.client("trainer").get(NEW)) is None


def test_a_test_for_practice_asks_nothing_of_anybody(app, running) -> None:
    before = needed(app, running)
    make(running, counts="no")
    _quiz_id, slug, is_open, counts = the_quiz(app)
    assert (is_open, counts) == (True, False)
    assert needed(app, running) == before
    with app.app_context():
        source = source_of(running.course_id, slug)
        db.end_reading()
    assert read_head(source.head, []).settings.counts is False
    learner = running.client("learner")
    assert "de exersat" in learner.get("/courses/curs").text
    assert "nu este cerut" in learner.get(f"/courses/curs/quizzes/{slug}").text


def test_a_required_test_is_asked_and_said_so(app, running) -> None:
    _done, before = needed(app, running)
    client = running.client("trainer")
    form = {"text": TEXT, "module": str(running.module_ids[0]), "key": "abc123", "do": "publish"}
    answer = client.post(NEW, data={"csrf_token": csrf(client), "counts": "yes", **form})
    assert needed(app, running) == (0, before + 1)
    assert "publicat și este cerut pentru certificat" in client.get(answer.location).text


def test_who_completed_the_module_is_asked_nothing_more(app, running) -> None:
    with app.app_context(), db.writing():
        make_quiz(running.module_ids[0], slug="vechi")
    done, before = needed(app, running)
    with app.app_context(), db.writing() as session:
        session.add(
            Completion(
                enrolment_id=running.enrolments["learner"],
                kind=SubjectKind.MODULE,
                subject_id=running.module_ids[0],
                earned_at=EPOCH,
                content_version=1,
                evidence={},
            )
        )
    make(running, counts="yes")
    assert needed(app, running, "classmate") == (done, before + 1)
    assert needed(app, running) == (0, before - 1), "nothing that was not taken is claimed"


def test_what_nobody_has_begun_is_taken_back_and_published_again(app, running) -> None:
    make(running, counts="yes")
    _quiz_id, slug, *_ = the_quiz(app)
    settings = f"/courses/curs/quizzes/{slug}/settings"
    assert "Nu l-a început încă nimeni" in running.client("trainer").get(settings).text
    assert post(running, settings, do="take_back").status_code == 303
    assert the_quiz(app)[2:] == (False, True)
    assert running.client("learner").get(f"/courses/curs/quizzes/{slug}").status_code == 404
    post(running, settings, **USUAL)
    assert not the_quiz(app)[2], "saving its settings does not publish it"
    text = f"/courses/curs/quizzes/{slug}/questions"
    page = BeautifulSoup(running.client("trainer").get(text).text, "html.parser")
    form = {"text": page.select_one("#text").text, "base": page.select_one("[name=base]")["value"]}
    post(running, text, do="publish", counts="no", key="abc124", **form)
    assert the_quiz(app)[2:] == (True, False)


def test_what_somebody_has_begun_stays_published(app, running) -> None:
    make(running, counts="yes")
    quiz_id, slug, *_ = the_quiz(app)
    learner = running.client("learner")
    learner.post(f"/courses/curs/quizzes/{slug}/start", data={"csrf_token": csrf(learner)})
    with app.app_context():
        assert db.session().scalar(sa.select(Attempt.id).where(Attempt.quiz_id == quiz_id))
        db.end_reading()
    settings = f"/courses/curs/quizzes/{slug}/settings"
    assert "1 om a început acest test" in running.client("trainer").get(settings).text
    post(running, settings, do="take_back")
    assert the_quiz(app)[2]


def test_who_lacked_only_what_is_no_longer_asked_has_completed(app, running) -> None:
    make(running, counts="yes")
    _quiz_id, slug, *_ = the_quiz(app)
    with app.app_context(), db.writing() as session:
        for module_id in running.module_ids[1:]:
            session.add(
                Completion(
                    enrolment_id=running.enrolments["learner"],
                    kind=SubjectKind.MODULE,
                    subject_id=module_id,
                    earned_at=EPOCH,
                    content_version=1,
                    evidence={},
                )
            )
    post(running, f"/courses/curs/quizzes/{slug}/settings", **USUAL, counts="no")
    assert the_quiz(app)[3] is False
    _done, left = needed(app, running)
    assert left == 0


def test_what_was_pasted_comes_back_as_it_was_typed_with_the_field_marked(app, running) -> None:
    refused = make(running, module="")
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert page.select_one("#text").text.strip() == TEXT
    module = page.select_one("#module")
    assert module["aria-invalid"] == "true"
    assert module.has_attr("data-takes-focus")
    assert "alegeți modulul" in module.select_one("option").text
    summary = page.select_one(".error-summary")
    assert "„Publicați testul”" in summary.text
    assert summary.select_one("a")["href"] == "#module"


def test_a_text_that_was_put_in_order_says_what_its_signs_mean(app, running) -> None:
    make(running, counts="no")
    _quiz_id, slug, *_ = the_quiz(app)
    text = f"/courses/curs/quizzes/{slug}/questions"
    page = BeautifulSoup(running.client("trainer").get(text).text, "html.parser")
    assert "// [id:…]" in page.select_one(".text-help-body").text


def test_what_was_chosen_for_a_draft_stays_chosen(app, running) -> None:
    make(running, counts="yes", do="save")
    _quiz_id, slug, is_open, counts = the_quiz(app)
    assert (is_open, counts) == (False, True)
    text = f"/courses/curs/quizzes/{slug}/questions"
    assert choice(running.client("trainer").get(text)) == "yes"


@pytest.mark.parametrize(("counts", "best"), [("yes", 100), ("no", None)])
def test_only_a_required_test_gives_a_module_its_result(app, running, counts, best) -> None:
    make(running, counts=counts)
    quiz_id, *_ = the_quiz(app)
    place = running.enrolments["learner"]
    with app.app_context(), db.writing() as session:
        quiz = session.get_one(Quiz, quiz_id)
        session.add(
            Attempt(
                enrolment_id=place,
                quiz_id=quiz_id,
                quiz_version_id=quiz.current_version_id,
                number=1,
                seed=1,
                state=AttemptState.SUBMITTED,
                started_at=EPOCH,
                submitted_at=EPOCH,
                percent=100,
                passed=True,
            )
        )
    with app.app_context():
        assert best_results(place).get(running.module_ids[0]) == best
        passed = passed_since(running.edition_id, EPOCH - timedelta(days=1))
        db.end_reading()
    assert passed.get(place, 0) == (counts == "yes")


@pytest.mark.parametrize("counts", ["yes", "no"])
def test_only_a_required_test_is_the_next_to_pass_and_can_be_used_up(app, running, counts) -> None:
    make(running, counts=counts)
    quiz_id, slug, *_ = the_quiz(app)
    with app.app_context():
        standing = standing_of(place_by_id(running.enrolments["learner"]))
        following = standing.to_pass_next
        rules = exhausted._rules({quiz_id})
        db.end_reading()
    assert (following is not None and following[0].href.endswith(slug)) == (counts == "yes")
    assert (quiz_id in rules) == (counts == "yes")
