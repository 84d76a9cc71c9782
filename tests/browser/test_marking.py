"""Essays are marked by the keyboard; what was filled in is kept as it is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import is_at

ESSAY = """\
// [id:text] [marks:4]
// [criterion:50 | Problema | 0 lipsește | 100 limpede]
// [criterion:50 | Limba | 0 greu de urmărit | 100 îngrijită]
Descrieți o problemă a comunității. {}
"""
TYPED = "Limpede scris; mai adăugați o cifră."


def written(open_context, site, quiz: str, text: str) -> Page:
    """Let somebody new write an essay and submit it; return their page, at the result."""
    page = open_context(site.learner()).new_page()
    page.goto(quiz)
    page.locator("form[action$='/start'] button").click()
    steps.is_ready(page)
    page.locator("fieldset[data-item] textarea").fill(text)
    steps.is_all_saved(page)
    steps.submit(page)
    page.wait_for_url("**/result")
    return page


@pytest.mark.timeout(300)
def test_essays_are_marked_without_a_mouse_and_nothing_typed_is_lost(
    site, open_context, trainers_page, taken_back
):
    page = trainers_page
    quiz = steps.publish(page, ESSAY, "De notat")
    results = [
        written(open_context, site, quiz, f"Satul {n} nu are apă în fiecare zi.") for n in (1, 2)
    ]
    expect(results[0].locator("main")).to_contain_text("așteaptă")

    page.goto(f"{quiz}/marking")
    page.locator(".marking-title").focus()
    page.keyboard.press("Enter")
    comment = page.locator("textarea[name=comment]")
    expect(page.locator("[data-keys]")).to_be_visible()  # the script minds the form
    page.locator("input[name=level-0]").first.focus()
    page.keyboard.press("ArrowDown")
    comment.focus()
    page.keyboard.type(TYPED)
    expect(page.locator("[data-saved]")).to_contain_text("Ciornă")
    page.reload()
    expect(comment).to_have_value(TYPED)
    expect(page.locator("input[name=level-0]").nth(1)).to_be_checked()
    expect(page.locator("[data-keys]")).to_be_visible()

    first = page.url
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url(lambda url: url != first)
    expect(comment).to_have_value("")
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url(first)
    expect(comment).to_have_value(TYPED)
    expect(page.locator("[data-keys]")).to_be_visible()

    page.locator("input[name=level-1]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-sum]")).to_contain_text("4")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first)
    expect(page.locator(".notice-ok")).to_be_visible()
    expect(page.locator("[data-keys]")).to_be_visible()
    page.locator("input[name=points]").focus()
    page.keyboard.type("1,5")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url.split("?")[0].endswith("/marking"))
    expect(page.locator(".notice-ok")).to_be_visible()
    assert is_at(page, "/marking")

    for result in results:
        result.reload()
    heads = {result.locator(".verdict-head").inner_text().split(" din ")[0] for result in results}
    assert heads == {"4", "1,5"}
    full = next(r for r in results if r.locator(".verdict-head").inner_text().startswith("4"))
    expect(full.locator("main")).to_contain_text(TYPED)
