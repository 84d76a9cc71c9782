"""Where a request names the next page, it can only name one of this site's."""

from __future__ import annotations

import re

import pytest

from tests.access.asking import ask
from tests.access.world import PASSWORD, World

pytestmark = pytest.mark.one_database

OUTSIDE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/%2f/evil.example",
    "/%252f%252fevil.example",
    "https:evil.example",
    "@evil.example",
    "/..//evil.example",
    "data:text/html,x",
    "javascript:alert(1)",
    "/a\r\nSet-Cookie: sid=x",
    "/a%0d%0aSet-Cookie:%20sid=x",
    "/" + "a" * 5000,
    "",
]


def assert_at_home(location: str) -> None:
    assert "evil" not in location
    assert location.startswith("/")
    assert not location.startswith("//")
    assert len(location) < 100


@pytest.mark.parametrize("target", OUTSIDE)
class TestNext:
    def test_of_the_sign_in_page(self, world: World, target: str):
        answer = world.client("learner").get("/sign-in", query_string={"next": target})
        assert answer.status_code == 302
        assert_at_home(answer.headers["Location"])
        page = world.client("anonymous").get("/sign-in", query_string={"next": target})
        for following in re.findall(r'name="next" value="([^"]*)"', page.text):
            # This page itself, to come back to in another language, or nothing.
            assert following == "" or following.startswith("/sign-in")

    def test_of_the_sign_in(self, world: World, target: str):
        form = {"identifier": "learner", "password": PASSWORD, "next": target}
        answer = ask(world.client("anonymous"), "POST", "/sign-in", form)
        assert answer.status_code == 303
        assert_at_home(answer.headers["Location"])
        assert answer.headers.getlist("Set-Cookie").count("sid=x") == 0

    def test_of_the_language(self, world: World, target: str):
        form = {"locale": "en", "next": target}
        answer = ask(world.client("anonymous"), "POST", "/language", form)
        assert_at_home(answer.headers["Location"])

    def test_of_a_given_attempt(self, world: World, target: str):
        place, quiz = world.cast.enrolments["learner"], world.ids["quiz"]
        path = f"/enrolments/{place}/quizzes/{quiz}/attempts"
        answer = ask(world.client("trainer"), "POST", path, {"reason": "da", "next": target})
        assert_at_home(answer.headers["Location"])

    def test_of_the_table_that_invitations_go_back_to(self, world: World, target: str):
        path, form = "/editions/e1/invitations", {"back": target, "id": "1"}
        for back in (target, f"?{target}"):
            answer = ask(world.client("registrar"), "POST", path, {**form, "back": back})
            assert answer.headers["Location"].startswith("/editions/e1")
            assert len(answer.headers.getlist("Set-Cookie")) < 3


def test_a_page_of_this_site_is_gone_back_to(world: World):
    answer = world.client("anonymous").get("/account?x=1")
    assert answer.headers["Location"] == "/sign-in?next=/account?x%3D1"
    form = {"identifier": "learner", "password": PASSWORD, "next": "/account?x=1"}
    answer = ask(world.client("anonymous"), "POST", "/sign-in", form)
    assert answer.headers["Location"] == "/account?x=1"
