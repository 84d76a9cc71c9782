"""What a form names is looked for under the object of the address, never by its id alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.models import AttemptItem
from tests.access.asking import ask
from tests.access.snapshot import Watch
from tests.access.world import World


@pytest.mark.parametrize(
    ("part", "method", "path", "form"),
    [
        # a quiz, condition, group, list of the other course or edition
        (
            "registrar",
            "POST",
            "/enrolments/{learner}/quizzes/{other_quiz}/attempts",
            {"reason": "x"},
        ),
        ("trainer", "POST", "/enrolments/{elsewhere}/quizzes/{quiz}/attempts", {"reason": "x"}),
        (
            "registrar",
            "POST",
            "/participants/{newcomer}/conditions/{other_condition}",
            {"reason": "x"},
        ),
        ("registrar", "GET", "/editions/e1/groups/{other_group}", {}),
        ("registrar", "POST", "/editions/e1/groups/{other_group}", {"name": "x"}),
        ("registrar", "GET", "/editions/e2/import/{list}", {}),
        ("registrar", "POST", "/editions/e2/import/{list}", {"do": "enrol"}),
        ("registrar", "POST", "/courses/alta/import/{owner_archive}", {"version": "1"}),
    ],
)
def test_another_parents_thing_is_not_there(world, watch, part, method, path, form):
    ids = world.ids | world.cast.enrolments
    ids |= {
        "elsewhere": world.cast.enrolments["learner_of_other"],
        "owner_archive": world.ids["archive:owner"],
    }
    answer = ask(world.client(part), method, path.format(**ids), form)
    assert answer.status_code == 404
    assert watch.moved() == []


def test_a_group_of_another_edition_can_not_be_chosen(world: World, watch: Watch):
    path = f"/participants/{world.cast.enrolments['newcomer']}/edit"
    group = str(world.ids["other_group"])
    form = {"family_name": "Om-3", "given_names": "Alt", "group": group, "reason": "x"}
    assert ask(world.client("registrar"), "POST", path, form).status_code < 500
    assert watch.moved() == []


def test_people_of_another_edition_are_neither_invited_nor_released(world: World, watch: Watch):
    client = world.client("registrar")
    foreign = str(world.cast.enrolments["newcomer"])
    for path in ("/editions/e2/invitations", "/editions/e2/letters"):
        ask(client, "POST", path, {"id": foreign})
        assert watch.moved() == []
    form = {"id": foreign, "released_on": "2026-05-01", "reason": "x"}
    ask(client, "POST", "/editions/e3/releases", form)
    assert watch.moved() == []


def test_an_answer_to_another_attempts_question_is_refused(world: World, watch: Watch):
    client, path = world.client("learner"), f"/attempts/{world.ids['open']}/answers"
    with world.app.app_context():
        foreign = db.session().scalars(
            sa.select(AttemptItem.id).where(AttemptItem.attempt_id != world.ids["open"])
        )
        items = foreign.all()
    for item in items:
        answer = ask(client, "POST", path, {"item": str(item), f"i{item}-answer": "1"})
        assert answer.status_code in {400, 404, 409, 422}
        assert watch.moved() == []


def test_an_option_that_the_question_does_not_have_is_refused(world: World, watch: Watch):
    client, path = world.client("learner"), f"/attempts/{world.ids['open']}/answers"
    with world.app.app_context():
        items = queries.paper_of(world.ids["open"])
        fields = {i.item_id: i.rules.field_names(i.question) for i in items}
    for item, names in fields.items():
        for odd in ("nu-exista", "o99", "\x00", "-1"):
            form = {"item": str(item), **{f"i{item}-{name}": odd for name in names}}
            answer = ask(client, "POST", path, form)
            assert answer.status_code < 500
            assert watch.moved() == [], (names, odd)


def test_a_learner_meets_the_attempts_around_the_own_as_missing(world: World, watch: Watch):
    client = world.client("classmate")
    missing = client.get("/attempts/987654321").text
    for number in range(1, 9):
        for tail in ("", "/result"):
            answer = client.get(f"/attempts/{number}{tail}")
            assert answer.status_code == 404
            hidden = answer.text.replace(f"/attempts/{number}{tail}", "")
            assert hidden == missing.replace("/attempts/987654321", "")
    for number in range(1, 5):
        assert client.get(f"/certificates/{number}/pdf").status_code == 404
    assert watch.moved() == []
