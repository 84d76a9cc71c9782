"""What is asked about an answer in a test; and what a person's data has of questions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from lms.mail.models import MailMessage
from lms.quizzes.models import Attempt
from lms.talk import traces
from lms.talk.models import HelpfulMark, Post, TalkStop, Thread
from tests.access.world import World, make_world
from tests.conftest import Store
from tests.messages.people import post
from tests.talk.talking import give_addresses


@pytest.fixture(scope="module")
def laid(store: Store) -> World:
    store.empty()
    return make_world(store.app)


@pytest.fixture
def world(laid: World) -> World:
    laid.prepare()
    return laid


def address(world: World, attempt: str = "submitted") -> str:
    return f"/attempts/{world.ids[attempt]}/answers/{world.ids['contestable']}/threads"


def test_about_an_answer_its_giver_asks_and_nobody_else_is_shown_it(world: World) -> None:
    give_addresses(world.cast, "trainer")
    learner, trainer = world.client("learner"), world.client("trainer")
    result = learner.get(f"/attempts/{world.ids['submitted']}/result").text
    assert address(world) in result
    answer = post(learner, address(world), text="De ce nu e bine?", key="k")
    href = answer.headers["Location"]
    page = trainer.get(href).text
    assert "De ce nu e bine?" in page
    assert f"/attempts/{world.ids['submitted']}/result#q" in page
    assert "arată-o întregii ediții" not in page.lower()
    post(trainer, f"{href}/sharing", do="show")
    assert world.client("classmate").get(href).status_code == 404
    assert "De ce nu e bine?" in learner.get(address(world)).text


def test_before_the_answers_are_shown_nothing_is_asked_about_them(world: World) -> None:
    assert world.client("learner").get(address(world, "open")).status_code == 404
    with world.app.app_context(), db.writing() as session:
        attempt = session.get_one(Attempt, world.ids["submitted"])
        for version in (attempt.quiz_version, attempt.quiz.current_version):
            version.settings = {**version.settings, "feedback": "never"}
            version.settings["review"] = {"later": [], "right_after": [], "after_close": []}
    assert world.client("learner").get(address(world)).status_code == 404


def test_the_asker_gets_all_of_it_and_takes_it_along(world: World) -> None:
    cast, learner = world.cast, world.cast.persons["learner"]
    with world.app.app_context():
        held = traces.export(learner).values
    assert [line["text"] for line in held["trainer_questions"]] == [
        "De unde încep?",
        "Ce e un limită?",
    ]
    assert [line["text"] for line in held["trainer_replies"]] == ["Vedeți lecția."]
    with world.app.app_context(), db.writing() as session:
        session.add(
            HelpfulMark(
                post_id=world.ids["shared_answer"],
                person_id=cast.persons["classmate"],
                marked_at=session.get_one(Post, world.ids["shared_answer"]).posted_at,
            )
        )
    with world.app.app_context(), db.writing():
        assert list(traces.erase(learner).values()) == [2]
    with world.app.app_context():
        session = db.session()
        for model in (Thread, Post, HelpfulMark, TalkStop):
            assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
        assert not session.scalar(sa.select(MailMessage.id).where(MailMessage.event.like("talk.%")))
        assert session.get(Enrolment, cast.enrolments["learner"]) is not None


def test_a_trainers_answer_to_others_stays_without_the_name(world: World) -> None:
    trainer = world.cast.persons["trainer"]
    with world.app.app_context():
        assert traces.keeps(trainer)
        assert not traces.removes(trainer)
    with world.app.app_context(), db.writing():
        traces.erase(trainer)
    page = world.client("learner").get(f"/threads/{world.ids['shared_thread']}").text
    assert "Vedeți lecția." in page
    assert "Petru Formator" not in page
