"""A learner in the middle of a course while a trainer orders it: what is earned stays earned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import SignInSession
from lms.courses import queries
from lms.courses.models import (
    BinnedPart,
    Completion,
    Course,
    Edition,
    IssuingMode,
    Module,
    SubjectKind,
)
from lms.quizzes.models import Attempt
from tests.cast import EPOCH, csrf, make_programme
from tests.exchange.outlining.test_outline import (  # noqa: F401 -- fixtures
    course_id,
    done,
    trainer,
)
from tests.os2 import enrol
from tests.quizzes.test_taking import fields, paper, start

FIRST = "/courses/proba/1-inceputul/1-1-primul-pas"
SECOND = "/courses/proba/1-inceputul/1-2-al-doilea-pas"
QUIZ = "/courses/proba/quizzes/proba-q1"


@pytest.fixture
def learner(app, course_id):  # noqa: F811
    """Somebody with a place on the course; nothing is done yet."""
    with app.app_context(), db.writing() as session:
        edition = Edition(
            programme_id=make_programme("CUP").id,
            course_id=course_id,
            title="Ediția de mijloc",
            slug="mijloc",
            starts_on=date(2026, 3, 1),
            ends_on=date(2026, 12, 20),
            issuing=IssuingMode.RELEASE,
            hours_required=Decimal(0),
            created_at=EPOCH,
        )
        session.add(edition)
    found = enrol(app, "mijloc", 1)[0]
    with app.app_context(), db.writing() as session:  # the tests go about in time
        ends = datetime.now(UTC) + timedelta(days=3650)
        session.execute(sa.update(SignInSession).values(expires_at=ends, last_seen_at=ends))
    return found


@pytest.fixture
def client(app, learner):
    browser = app.test_client()
    browser.set_cookie("sid", learner.token)
    return browser


def read(client, address):
    assert client.get(address).status_code == 200
    answer = client.post(f"{address}/read", data={"csrf_token": csrf(client)})
    assert answer.status_code == 302


def take(app, client):
    attempt_id = start(client, QUIZ)
    sent = fields(paper(app, attempt_id))
    client.post(f"/attempts/{attempt_id}/submit", data={"csrf_token": csrf(client), **sent})
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id).percent


def complete_first(app, client):
    read(client, FIRST)
    read(client, SECOND)
    assert take(app, client) == 100


def standing(app, learner):
    """(lessons read, activities done, modules complete, results, what is open, all by title)."""
    with app.app_context():
        place = queries.place_on(learner.person_id, "proba")
        found = queries.standing_of(place)
        return {
            "read": {found.lesson(i).title_ro for i in found.evidence.lessons_read & listed(found)},
            "done": {a.title_ro for a in found.outline.activities if found.is_done(a)},
            "complete": {m.title_ro for m in found.outline.modules if found.is_complete(m)},
            "missing": {r.condition.kind.value: int(r.left) for r in found.results},
            "open": {m.title_ro for m in found.outline.modules if m.id in found.open_modules},
        }


def listed(found):
    return {le.id for le in found.outline.lessons}


def earned(app, learner):
    with app.app_context():
        rows = db.session().scalars(
            sa.select(Completion).where(Completion.enrolment_id == learner.enrolment_id)
        )
        return {(row.kind, row.subject_id): row.earned_at for row in rows}


def bring_back(app, trainer):  # noqa: F811
    with app.app_context():
        row = db.session().scalar(sa.select(BinnedPart.id))
        db.end_reading()
    done(trainer, f"restore:{row}", sure="1")


def test_what_was_read_and_passed_holds_when_the_order_changes(app, client, learner, trainer):  # noqa: F811
    complete_first(app, client)
    before, had = standing(app, learner), earned(app, learner)
    assert before["complete"] == {"Începutul"}
    assert before["open"] == {"Începutul", "Mersul"}
    for act in ("up:proba-m2", "up:proba-1-2", "down:proba-2-1"):
        done(trainer, act)
    assert standing(app, learner) == before
    assert earned(app, learner) == had
    assert client.get("/courses/proba").status_code == 200
    assert take(app, client) == 100  # the test asks the same, its questions lead to new numbers


def test_a_module_that_was_complete_stays_so_when_a_lesson_comes_into_it(
    app,
    client,
    learner,
    trainer,  # noqa: F811
):
    complete_first(app, client)
    done(trainer, "place:proba-2-1", into="proba-m1")
    now = standing(app, learner)
    assert now["complete"] == {"Începutul"}
    assert now["missing"] == {"lessons_read": 2, "quizzes_passed": 0}
    read(client, "/courses/proba/1-inceputul/2-1-a")  # it is there to be read all the same


def test_a_lesson_taken_out_is_asked_of_nobody_and_counts_again_when_it_is_back(
    app,
    client,
    learner,
    trainer,  # noqa: F811
):
    read(client, FIRST)
    done(trainer, "remove:proba-1-2")
    assert client.get(SECOND).status_code == 404
    assert standing(app, learner)["missing"]["lessons_read"] == 3
    assert take(app, client) == 100
    assert standing(app, learner)["complete"] == {"Începutul"}
    bring_back(app, trainer)
    now = standing(app, learner)
    assert now["complete"] == {"Începutul"}  # earned without it, and it stays
    assert now["missing"]["lessons_read"] == 3


def test_a_lesson_that_was_read_is_read_when_it_comes_back(app, client, learner, trainer):  # noqa: F811
    read(client, FIRST)
    before = standing(app, learner)
    done(trainer, "remove:proba-1-1", sure="1")
    assert standing(app, learner)["read"] == set()
    bring_back(app, trainer)
    assert standing(app, learner) == before


def test_a_draft_is_not_found_by_who_has_its_address(app, client, learner, trainer):  # noqa: F811
    read(client, FIRST)
    done(trainer, "hide:proba-1-1", sure="1")
    assert client.get(FIRST).status_code == 404
    done(trainer, "hide:proba-m1", sure="1")
    assert client.get(SECOND).status_code == 404
    assert client.get(QUIZ).status_code == 404
    assert "Începutul" not in client.get("/courses/proba").text


def test_results_hold_while_a_module_is_in_the_bin(app, client, learner, trainer):  # noqa: F811
    complete_first(app, client)
    before, had = standing(app, learner), earned(app, learner)
    done(trainer, "remove:proba-m1", sure="1")
    assert standing(app, learner)["open"] == {"Mersul"}
    with app.app_context():
        assert db.session().scalar(sa.select(Attempt.percent)) == 100
    assert earned(app, learner) == had
    bring_back(app, trainer)
    assert standing(app, learner) == before


def test_a_copy_of_a_module_asks_nothing_until_it_is_shown(app, client, learner, trainer):  # noqa: F811
    complete_first(app, client)
    before = standing(app, learner)
    done(trainer, "copy:proba-m1")
    assert standing(app, learner) == before
    copied = "proba-inceputul"
    with app.app_context():
        lessons = db.session().scalar(sa.select(Module).where(Module.content_id == copied)).lessons
        ids = [lesson.content_id for lesson in lessons]
        db.end_reading()
    done(trainer, f"show:{copied}")
    now = standing(app, learner)
    assert now["missing"]["lessons_read"] == before["missing"]["lessons_read"] + len(ids)
    assert now["done"] == before["done"]


def test_who_has_completed_the_course_keeps_it(app, client, learner, trainer):  # noqa: F811
    complete_first(app, client)
    for name in "abc":
        read(client, f"/courses/proba/2-mersul/2-{'abc'.index(name) + 1}-{name}")
    had = earned(app, learner)
    assert SubjectKind.COURSE in {kind for kind, _id in had}
    done(trainer, "add:proba-m2", **{"new-ro:proba-m2": "Nou", "new-en:proba-m2": "New"})
    done(trainer, "show:proba-nou")
    done(trainer, "conditions", **{"ask:confirmed_by_registrar": "1", "sure": "1"})
    assert earned(app, learner) == had
    page = client.get("/learn").text
    assert "Ați încheiat cursul" in page


def test_an_attempt_under_way_is_finished_though_its_module_became_a_draft(
    app,
    client,
    learner,
    trainer,  # noqa: F811
):
    attempt_id = start(client, QUIZ)
    done(trainer, "hide:proba-m1", sure="1")
    sent = fields(paper(app, attempt_id))
    client.post(f"/attempts/{attempt_id}/submit", data={"csrf_token": csrf(client), **sent})
    with app.app_context():
        assert db.session().get_one(Attempt, attempt_id).percent == 100
        version = db.session().scalar(sa.select(Course.version).where(Course.slug == "proba"))
    assert version
    assert clock.now() > EPOCH
