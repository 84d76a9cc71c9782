"""A form sent without the person's own token changes nothing, whatever the form."""

from __future__ import annotations

import json

import pytest

from tests.access.asking import SUBJECTS, address, ask, form_of
from tests.access.snapshot import Watch
from tests.access.table import Row, read_table
from tests.access.world import PERSONS, World
from tests.cast import csrf

pytestmark = pytest.mark.one_database

# What a mail program sends by itself carries no token: the signed address says who and what.
BY_ADDRESS = {"messages.stop", "talk.stop_mail"}
POSTS = [r for r in read_table() if r.method != "GET" and r.endpoint not in BY_ADDRESS]


def allowed_person(row: Row) -> str:
    """Name somebody who may do what the row is about."""
    allowed = [p for p in reversed(PERSONS) if row.answers[p] in ("yes", "own", "nothing")]
    return allowed[0] if allowed else "owner"


def test_no_other_view_is_asked_without_a_token(world: World):
    free = {
        endpoint
        for endpoint, view in world.app.view_functions.items()
        if getattr(view, "is_authorised_by_address", False)
    }
    assert free == BY_ADDRESS


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_a_form_without_its_own_token_is_refused(world: World, watch: Watch, row: Row):
    person = allowed_person(row)
    client = world.client(person)
    path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
    foreign = csrf(world.client("learner" if person != "learner" else "classmate"))
    for token in ("", foreign, "ș", "a" * 10_000):
        answer = ask(client, row.method, path, form_of(world, row.endpoint, person), token=token)
        assert answer.status_code == 400, f"token {token[:20]!r}"
        assert watch.moved() == []
    # A form of another site could send this without asking the browser's leave.
    body = json.dumps({"csrf_token": csrf(client), "reason": "da"})
    answer = client.post(path, data=body, content_type="text/plain")
    assert answer.status_code == 400
    assert watch.moved() == []


def test_a_strangers_token_opens_nothing_for_whoever_is_signed_in(world: World, watch: Watch):
    stranger = world.client("anonymous")
    stranger.get("/sign-in")
    token = csrf(stranger)
    client = world.client("owner")
    answer = client.post("/account/phone", data={"csrf_token": token, "phone": "1"})
    assert answer.status_code == 400
    assert watch.moved() == []


def test_the_token_is_never_part_of_an_address(world: World):
    client = world.client("registrar")
    for path in ("/", "/editions", "/editions/e1", "/register", "/account"):
        page = client.get(path, follow_redirects=True).text
        assert csrf(client) in page
        assert f"={csrf(client)}" not in page.replace(f'="{csrf(client)}"', "")


def test_a_token_dies_with_its_sign_in(world: World):
    client = world.client("learner")
    token = csrf(client)
    client.post("/sign-out", data={"csrf_token": token})
    client.set_cookie("sid", world.tokens["classmate"])
    answer = client.post("/account/phone", data={"csrf_token": token, "phone": "1"})
    assert answer.status_code == 400
