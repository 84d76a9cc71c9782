"""Answers given before everything of the paper has come: none is lost, none is written over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.browser.test_no_answer_lost import attempt_of, pick, two_choices, versions

SCRIPT, KEEPER = "**/static/quiz.js*", "**/static/quiz-keeper.js*"


class Held:
    """Requests that wait until they are let go, as on a line with two bars of signal."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.waiting: list[Route] = []
        self.page, self.pattern, self.is_free = page, pattern, False
        page.route(pattern, self._asked)

    def _asked(self, route: Route) -> None:
        if self.is_free:
            route.continue_()
        else:
            self.waiting.append(route)

    def let_go(self) -> None:
        self.is_free = True
        for route in self.waiting:
            route.continue_()


@pytest.fixture
def paper(site, open_context) -> Page:
    """A paper that is open, on a phone."""
    page = open_context(site.learner(), PHONE).new_page()
    steps.start_first_test(page)
    return page


def test_what_is_answered_before_the_script_has_come_is_saved(paper):
    script = Held(paper, SCRIPT)
    paper.reload(wait_until="commit")
    expect(paper.locator("fieldset[data-item]").first).to_be_visible()
    given = [steps.give(paper, box) for box in steps.boxes(paper)[:2]]
    script.let_go()
    steps.is_all_saved(paper)
    paper.reload()
    for box, values in zip(steps.boxes(paper), given, strict=False):
        assert steps.holds(box, values)


def test_answers_are_saved_before_the_store_of_what_waits_has_come(site, paper):
    keeper = Held(paper, KEEPER)
    paper.reload()
    steps.give(paper, steps.boxes(paper)[0])
    expect(paper.locator("[data-saved]")).to_contain_text(":")
    assert len(versions(site, attempt_of(paper))) == 1
    keeper.let_go()
    steps.is_ready(paper)


def test_a_store_that_breaks_on_its_way_is_asked_for_again(paper):
    paper.route(KEEPER, lambda route: route.abort())
    paper.reload()
    paper.wait_for_load_state("load")
    assert paper.locator("form.exam").get_attribute("data-ready") is None
    paper.unroute(KEEPER)
    steps.is_ready(paper)


def test_what_is_chosen_at_once_is_not_written_over_by_what_a_closed_tab_left(site, paper):
    context, address = paper.context, paper.url
    place, choices = two_choices(paper)
    context.set_offline(True)
    pick(paper, place, choices[0])
    expect(paper.locator(".saved-failed")).to_be_visible()
    paper.close()
    context.set_offline(False)
    again = context.new_page()
    keeper = Held(again, KEEPER)
    again.goto(address)
    pick(again, place, choices[1])
    expect(again.locator("[data-saved]")).to_contain_text(":")
    keeper.let_go()
    steps.is_all_saved(again)
    expect(again.locator(f"[data-item] input[value='{choices[1]}']")).to_be_checked()
    again.reload()
    expect(again.locator(f"[data-item] input[value='{choices[1]}']")).to_be_checked()
    assert len(versions(site, attempt_of(again))) == 2


def test_a_test_submitted_at_once_carries_what_was_answered(site, paper):
    keeper = Held(paper, KEEPER)
    paper.reload()
    for box in steps.boxes(paper):
        steps.give(paper, box)
    steps.submit(paper)
    keeper.let_go()
    paper.wait_for_url("**/result")
    expect(paper.locator(".verdict-ok")).to_be_visible()
