"""Whoever trains and also learns a course; whoever trains an edition of it alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.courses.models import Edition, Enrolment, EnrolmentState, Lesson
from lms.quizzes.models import Attempt, Quiz
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import take
from tests.quizzes.test_taking import QUIZ, post, start

LESSON = "/courses/curs/1-modul/1-1-lectie"


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], feedback="never")


@pytest.fixture
def both(app, cast):
    """The trainer takes the course as a learner too."""
    with app.app_context(), db.writing() as session:
        session.add(
            Enrolment(
                person_id=cast.persons["trainer"],
                edition_id=cast.edition_id,
                state=EnrolmentState.ACTIVE,
                enrolled_at=clock.now(),
                hours_attended=0,
            )
        )
    return cast.client("trainer")


def as_draft(app, quiz_id) -> None:
    with app.app_context(), db.writing() as session:
        session.get_one(Quiz, quiz_id).published_at = None


def test_a_trainer_who_also_learns_sees_drafts_and_takes_none(app, cast, both, quiz_id):
    as_draft(app, quiz_id)
    assert both.get(QUIZ).status_code == 200
    assert "Începeți testul" not in both.get(QUIZ).text
    assert both.get(f"{QUIZ}/questions").status_code == 200
    assert post(both, f"{QUIZ}/start").status_code == 403
    assert cast.client("learner").get(QUIZ).status_code == 404
    assert post(cast.client("learner"), f"{QUIZ}/start").status_code == 404
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0


def test_a_trainers_own_attempt_shows_what_the_rules_show(app, cast, both, quiz_id):
    attempt_id = start(both)
    post(both, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    assert "KEYCANARY" not in both.get(f"/attempts/{attempt_id}/result").text


def test_a_trainer_who_also_learns_reads_drafts_of_lessons(app, cast, both):
    with app.app_context(), db.writing() as session:
        lesson = session.scalars(sa.select(Lesson).order_by(Lesson.id)).first()
        lesson.is_published = False
    assert both.get(LESSON).status_code == 200
    assert cast.client("learner").get(LESSON).status_code == 404


def test_a_draft_of_a_course_that_one_only_learns_stays_hidden(app, cast, quiz_id):
    """Training another course gives no right here."""
    as_draft(app, quiz_id)
    with app.app_context(), db.writing() as session:
        session.add(
            Enrolment(
                person_id=cast.persons["trainer_of_other"],
                edition_id=cast.edition_id,
                state=EnrolmentState.ACTIVE,
                enrolled_at=clock.now(),
                hours_attended=0,
            )
        )
    other = cast.client("trainer_of_other")
    assert other.get("/courses/curs").status_code == 200
    assert other.get(QUIZ).status_code == 404
    assert other.get(f"{QUIZ}/questions").status_code == 404


@pytest.fixture
def of_edition(app, cast, quiz_id):
    """Somebody who trains an edition of the course, and another edition beside it with people."""
    with app.app_context(), db.writing() as session:
        first = session.get_one(Edition, cast.edition_id)
        beside = Edition(
            **{
                column.key: getattr(first, column.key)
                for column in Edition.__mapper__.column_attrs
                if column.key not in {"id", "slug", "title"}
            },
            slug="alaturi",
            title="Ediția de alături",
        )
        session.add(beside)
        session.flush()
        place = session.get_one(Enrolment, cast.enrolments["classmate"])
        place.edition_id = beside.id
        grant = session.scalars(
            sa.select(RoleGrant).where(
                RoleGrant.person_id == cast.persons["trainer_of_other"],
                RoleGrant.role == Role.TRAINER,
            )
        ).one()
        grant.course_id, grant.edition_id = None, cast.edition_id
        session.flush()
        own = take(cast.enrolments["learner"], quiz_id, {})
        others = take(cast.enrolments["classmate"], quiz_id, {})
    return cast.client("trainer_of_other"), own, others


def test_who_trains_an_edition_sees_its_people_s_results_alone(app, cast, of_edition):
    client, own, others = of_edition
    page = client.get(f"{QUIZ}/attempts")
    assert page.status_code == 200
    assert f"/attempts/{own}/result" in page.text
    assert f"/attempts/{others}/result" not in page.text
    assert "alături" not in page.text
    wide = client.get(f"{QUIZ}/attempts?edition=999&attempts=all").text
    assert f"/attempts/{others}/result" not in wide
    assert client.get(f"{QUIZ}/statistics").status_code == 200
    assert client.get(f"{QUIZ}/marking").status_code == 200
    assert client.get(f"/attempts/{own}/result").status_code == 200
    assert client.get(f"/attempts/{others}/result").status_code == 404
    answers = client.get(f"{QUIZ}/attempts.csv").get_data(as_text=True)
    assert answers.count("\n") == 2  # the head and the one attempt


def test_who_trains_an_edition_changes_nothing_of_the_course(cast, of_edition):
    client, _own, _others = of_edition
    for closed in ("questions", "settings", "corrections", "exchange"):
        assert client.get(f"{QUIZ}/{closed}").status_code == 403, closed
    tabs = client.get(f"{QUIZ}/attempts").text
    assert f"{QUIZ}/settings" not in tabs
    assert f"{QUIZ}/statistics" in tabs
