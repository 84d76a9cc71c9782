"""Nothing moves for whoever asked for less; what a script writes into a page is said aloud."""

from __future__ import annotations

import re

import lxml.html
import pytest

from lms.web.templating import STATIC, environment
from tests.access.asking import SUBJECTS, address
from tests.access.conftest import world  # noqa: F401 -- the world of the table of permissions
from tests.access.world import World
from tests.design.test_browsers import files, without_comments

pytestmark = pytest.mark.one_database

ALLOWED = re.compile(
    r"@media\s*\(prefers-reduced-motion:\s*no-preference\)\s*{(?:[^{}]*{[^{}]*})*\s*}"
)
MOVES_CSS = re.compile(r"(?<![\w-])(?:transition|animation|scroll-behavior)[\w-]*\s*:|@keyframes")
MOVES_JS = re.compile(r"[\"']smooth[\"']|\.animate\(|startViewTransition|requestAnimationFrame")
ASKED_JS = "prefers-reduced-motion"

# Pages whose scripts write while one works: how they save, how far they are, what they found.
SAID = [
    ("quizzes.paper", "learner's open attempt", "learner", ["data-saved", "data-notice"]),
    ("quizzes.new_quiz", "course", "trainer", ["data-kept-at", "data-summary"]),
    ("quizzes.bank_text", "course", "trainer", ["data-kept-at", "data-summary"]),
    ("quizzes.mark_answer", "learner's submitted answer", "trainer", ["data-saved"]),
    ("quizzes.bank", "course", "trainer", ["data-bulk-count"]),
    ("participants.edition", "edition", "registrar", ["data-bulk-count"]),
    ("courses.lesson", "lesson", "learner", ["data-keep-status"]),
    ("courses.kept", "-", "learner", ["data-kept-status"]),
    ("certificates.verify", "-", "anonymous", ["data-told", "data-camera-says"]),
]
LIVE = {"status", "alert", "log"}


@pytest.mark.parametrize("path", files("css"), ids=lambda p: p.name)
def test_a_sheet_moves_nothing_for_whoever_asked_for_less(path) -> None:
    text = ALLOWED.sub("", without_comments(path.read_text(encoding="utf-8")))
    assert MOVES_CSS.findall(text) == []


@pytest.mark.parametrize("path", files("js"), ids=lambda p: p.name)
def test_a_script_moves_nothing_unasked(path) -> None:
    text = without_comments(path.read_text(encoding="utf-8"))
    assert not MOVES_JS.search(text) or ASKED_JS in text


def test_no_picture_of_ours_moves() -> None:
    for path in STATIC.glob("**/*.svg"):
        assert "<animate" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize(
    ("kind", "role"), [("success", "status"), ("info", "status"), ("error", "alert")]
)
def test_what_an_action_answers_is_a_message_that_is_announced(kind: str, role: str) -> None:
    drawn = environment("ro").get_template("ui.html").module.flashes([(kind, "Salvat.")])
    (told,) = lxml.html.fragments_fromstring(str(drawn).strip())
    assert told.get("role") == role
    assert "Salvat." in told.text_content()


@pytest.mark.parametrize(("endpoint", "subject", "person", "places"), SAID)
def test_what_a_script_writes_is_announced(
    world: World,  # noqa: F811
    endpoint: str,
    subject: str,
    person: str,
    places: list[str],
) -> None:
    """The region is there before its words come, or a screen reader never hears of them."""
    path = address(world, endpoint, SUBJECTS[subject](world, person))
    page = lxml.html.fromstring(world.client(person).get(path).text)
    for place in places:
        found = page.xpath(f"//*[@{place}]")
        assert found, f"{endpoint} has no {place}"
        for element in found:
            around = [element, *element.iterancestors()]
            assert any(
                e.tag == "output" or e.get("role") in LIVE or e.get("aria-live") for e in around
            ), f"{place} is not announced"
