"""A learner contests a question; the trainer corrects it for everybody; the result changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps

FLAWED = """\
1. În ce an a intrat în vigoare ordonanța?
*a) în 2001
b) în 2000

2. Câți membri sunt de ajuns?
a) doi
*b) trei
"""
SAID = "Ordonanța este din anul 2000."
REASON = "Cheia era greșită: ordonanța este din 2000."


def taken(open_context, site, quiz: str) -> Page:
    """Let somebody new answer both questions with „b” and submit; the first is wrong by the key."""
    page = open_context(site.learner()).new_page()
    page.goto(quiz)
    page.locator("form[action$='/start'] button").click()
    steps.is_ready(page)
    for words in ("în 2000", "trei"):
        page.locator("label.option", has_text=words).locator("input").check()
    steps.is_all_saved(page)
    steps.submit(page)
    page.wait_for_url("**/result")
    return page


@pytest.mark.timeout(300)
def test_what_one_learner_contests_is_put_right_for_everybody(
    site, open_context, trainers_page, taken_back
):
    desk = trainers_page
    quiz = steps.publish(desk, FLAWED, "De contestat")
    learner, other = (taken(open_context, site, quiz) for _ in range(2))
    expect(learner.locator(".verdict-head")).to_contain_text("1 din 2")

    question = learner.locator("section.question", has_text="În ce an")
    question.locator(".contest summary").click()
    question.locator(".contest textarea").fill(SAID)
    question.get_by_role("button", name="Trimiteți formatorului").click()
    expect(learner.locator(".dispute")).to_contain_text(SAID)

    desk.goto("/disputes")
    desk.locator("tr", has_text="De contestat").locator("th a").click()
    expect(desk.locator("blockquote").first).to_contain_text(SAID)
    desk.get_by_role("link", name="Corectați întrebarea").click()
    option = desk.locator("form", has=desk.locator("select[name=option]"))
    option.locator("select[name=option]").select_option(label="în 2000")
    option.get_by_role("button", name="Vedeți ce s-ar schimba").click()
    figures = desk.locator("dl.figures dd")
    expect(figures).to_have_text(["2", "2", "2", "0", "0"])  # asked, moved, pass, fall, papers
    learner.reload()
    expect(learner.locator(".verdict-head")).to_contain_text("1 din 2")  # looking changes nothing
    desk.locator("textarea[name=reason]").fill(REASON)
    desk.get_by_role("button", name="Corectați pentru toți").click()
    expect(desk.locator(".notice-ok")).to_be_visible()

    for page in (learner, other):
        page.reload()
        expect(page.locator(".verdict-ok .verdict-head")).to_contain_text("2 din 2")
        expect(page.locator("main")).to_contain_text(REASON)
    expect(learner.locator(".dispute")).to_contain_text("contestată și corectată")
    desk.goto("/disputes")
    expect(desk.locator("tr", has_text="De contestat")).to_have_count(0)
