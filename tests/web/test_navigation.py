"""The head marks the part of the site that a page belongs to; a refusal leads back."""

import re

import pytest

from lms.web.navigation import _closest
from tests.cast import Cast

PLACES = [("/learn", "/courses"), ("/editions", "/meetings"), ("/certificates",)]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/learn", 0),
        ("/learn/meetings", 0),
        ("/courses/os2/quizzes", 0),
        ("/meetings/3", 1),
        ("/certificates-of-others", None),
        ("/", None),
    ],
)
def test_the_longest_beginning_of_an_address_decides(path: str, place: int | None) -> None:
    assert _closest(path, PLACES) == place


def test_of_two_entries_with_one_beginning_the_later_is_taken() -> None:
    assert _closest("/certificates/5", [("/editions", "/certificates"), ("/register",)]) == 0
    both = [("/editions", "/certificates"), ("/register", "/certificates")]
    assert _closest("/certificates/5", both) == 1


def marked(page: str) -> list[tuple[str, str]]:
    nav = page.split('class="site-nav"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r'href="([^"]+)" aria-current="(\w+)"', nav)


def test_one_entry_is_marked_on_its_page_and_below_it(cast: Cast) -> None:
    learner, owner = cast.client("learner"), cast.client("owner")
    assert marked(learner.get("/learn").text) == [("/learn", "page")]
    assert marked(learner.get("/account/data").text) == [("/account", "true")]
    assert marked(owner.get("/site/appearance").text) == [("/site", "true")]
    assert marked(owner.get("/verify").text) == []


def test_a_refusal_that_can_be_put_right_leads_back_to_what_was_typed(cast: Cast) -> None:
    client = cast.app.test_client()
    expired = client.post("/theme", data={"theme": "dark"})
    assert expired.status_code == 400
    assert "data-goes-back" in expired.text
    assert "Înapoi la pagina dinainte" in expired.text
    assert "data-goes-back" not in client.get("/nowhere").text
