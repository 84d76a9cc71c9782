"""A term's definition shows beside it, by mouse, finger or keyboard; without scripts, below."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SIZES
from tests.browser.test_accessibility import faults

LESSON = "/courses/os2/1-parteneriatul-social/1-1-ce-numim-parteneriat"


def open_lesson(site, open_context, size=DESK, **more) -> Page:
    page = open_context(site.learner(), size, **more).new_page()
    page.goto(LESSON)
    return page


def term(page: Page, number: int = 0):
    return page.locator("article a.term").nth(number)


def note(page: Page):
    return page.locator("#term-note")


@pytest.mark.parametrize("size", SIZES)
def test_a_definition_shows_beside_the_word_and_inside_the_page(site, open_context, size):
    page = open_lesson(site, open_context, size)
    link = term(page, 2)
    link.click()
    word = link.get_attribute("href").removeprefix("#")
    told = page.locator(f"[id='{word}'] + dd span").first.text_content()
    expect(note(page)).to_contain_text(told)
    expect(link).to_have_attribute("aria-expanded", "true")
    box, at = note(page).bounding_box(), link.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert min(abs(box["y"] - at["y"] - at["height"]), abs(box["y"] + box["height"] - at["y"])) < 40
    assert page.url.endswith(LESSON)  # nobody was taken away
    assert faults(page) == []


def test_a_second_click_a_click_elsewhere_and_escape_close_it(site, open_context):
    page = open_lesson(site, open_context)
    for close in (
        lambda: term(page).click(),
        lambda: page.locator("h1").click(),
        lambda: page.keyboard.press("Escape"),
    ):
        term(page).click()
        expect(note(page)).not_to_be_empty()
        close()
        expect(note(page)).to_be_empty()
        expect(term(page)).to_have_attribute("aria-expanded", "false")


def test_the_keyboard_shows_it_and_keeps_its_place(site, open_context):
    page = open_lesson(site, open_context)
    term(page).focus()
    expect(note(page)).not_to_be_empty()
    first = note(page).text_content()
    page.keyboard.press("Enter")
    expect(note(page)).to_have_text(first)
    page.keyboard.press("Escape")
    expect(note(page)).to_be_empty()
    expect(term(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(note(page)).to_have_text(first)
    page.keyboard.press("Tab")
    expect(term(page)).to_have_attribute("aria-expanded", "false")
    expect(note(page)).not_to_have_text(first)


def test_screen_readers_are_told_by_a_live_region(site, open_context):
    page = open_lesson(site, open_context)
    expect(note(page)).to_have_attribute("role", "status")
    expect(note(page)).to_be_attached()
    expect(note(page)).to_be_empty()
    assert note(page).evaluate("e => getComputedStyle(e).display") != "none"


def test_a_finger_opens_one_and_another(site, open_context):
    page = open_lesson(site, open_context, PHONE, has_touch=True, is_mobile=True)
    term(page, 0).tap()
    expect(term(page, 0)).to_have_attribute("aria-expanded", "true")
    term(page, 9).tap()
    expect(term(page, 0)).to_have_attribute("aria-expanded", "false")
    expect(term(page, 9)).to_have_attribute("aria-expanded", "true")
    term(page, 9).tap()
    expect(note(page)).to_be_empty()
    term(page, 0).tap()
    note(page).tap()  # it may lie over the next word
    expect(note(page)).to_be_empty()


def test_without_scripts_the_word_leads_to_the_list_and_back(site, open_context):
    page = open_lesson(site, open_context, java_script_enabled=False)
    link = term(page)
    target = link.get_attribute("href")
    link.click()
    assert page.url.endswith(target)
    page.locator(f"[id='{target[1:]}'] + dd a").click()
    assert page.url.endswith("#" + link.get_attribute("id"))


@pytest.mark.parametrize("size", SIZES)
def test_the_glossary_has_no_fault_and_filters(site, open_context, size):
    page = open_context(site.learner(), size).new_page()
    assert faults(page, "/courses/os2/glossary") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.locator("input[name=q]").fill("cofinant")
    page.locator("form[role=search] button").click()
    expect(page.locator(".glossary dt").first).to_have_text("cofinanțare")
