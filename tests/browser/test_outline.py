"""A trainer orders a course by keyboard alone, and without a script; it is left as it was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from bench import registrar
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE

OUTLINE = "/courses/os2/outline"


@pytest.fixture
def outline(open_context, trainer):
    """Open the outline, with a script or without."""

    def show(*, scripted: bool = True) -> Page:
        context = open_context(
            size=DESK if scripted else PHONE, java_script_enabled=scripted, service_workers="block"
        )
        page = context.new_page()
        steps.sign_in(page, trainer)
        page.goto(OUTLINE)
        return page

    return show


def titles(page: Page) -> list[str]:
    """The lessons' titles, in order."""
    return [text.strip() for text in page.locator(".outline-lesson [data-title]").all_inner_texts()]


def lesson(page: Page, title: str) -> Locator:
    return page.locator(".outline-lesson").filter(has=page.get_by_text(title, exact=True))


def pressed(page: Page, button: Locator) -> None:
    """Press a button by its key, and wait for the page that it leads to."""
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_course_is_ordered_and_renamed_by_keyboard(outline):
    page = outline()
    before = titles(page)
    second = before[1]
    pressed(page, lesson(page, second).locator("button[value^='up:']"))
    assert titles(page)[:2] == [second, before[0]]
    mine = lesson(page, second)
    # The button that was pressed is out of use at the top: the other one keeps the focus.
    expect(mine.locator("button[value^='down:']")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert titles(page) == before

    pencil = lesson(page, second).locator("[data-rename]")
    pencil.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Altceva")
    page.keyboard.press("Escape")
    expect(pencil).to_be_focused()
    assert titles(page) == before
    for old, new in ((second, "Titlul nou"), ("Titlul nou", second)):
        lesson(page, old).locator("[data-rename]").focus()
        page.keyboard.press("Enter")
        page.keyboard.type(new)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert titles(page)[1] == new
    assert titles(page) == before


def test_a_title_that_is_left_is_saved(outline):
    page = outline()
    first = titles(page)[0]
    for old, new in ((first, "Titlul părăsit"), ("Titlul părăsit", first)):
        lesson(page, old).locator("[data-rename]").click()
        page.keyboard.type(new)
        with page.expect_navigation():
            page.locator("h1").click()
        assert titles(page)[0] == new


def test_a_lesson_is_dragged_and_two_tabs_hear_of_each_other(outline):
    page = outline()
    before = titles(page)
    other = page.context.new_page()
    other.goto(OUTLINE)
    handle = page.locator(".outline-lesson [data-handle]").first.bounding_box()
    third = page.locator(".outline-lesson").nth(2).bounding_box()
    x, y = handle["x"] + 8, handle["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, third["y"] + 10, steps=5)
    page.mouse.move(x, third["y"] + third["height"] - 4, steps=5)
    with page.expect_navigation():
        page.mouse.up()
    assert titles(page)[:3] == [before[1], before[2], before[0]]
    pressed(other, other.locator("button[value^='down:']").first)
    expect(other.get_by_role("alert")).to_contain_text("cât îl aveați deschis")
    for _step in range(2):
        pressed(page, lesson(page, before[0]).locator("button[value^='up:']"))
    assert titles(page) == before


def test_without_a_script_a_lesson_is_copied_binned_and_brought_back(outline):
    page = outline(scripted=False)
    before = titles(page)
    expect(page.locator("[data-rename]").first).to_be_hidden()
    mine = lesson(page, before[0])
    mine.locator("summary").click()
    mine.locator("button[value^='copy:']").click()
    expect(page.get_by_role("status").first).to_contain_text("Copiat ca ciornă")
    assert len(titles(page)) == len(before) + 1
    copied = titles(page)[1]
    for _time in range(2):  # and the second time it stays there
        mine = lesson(page, copied)
        mine.locator("summary").click()
        mine.locator("button[value^='remove:']").click()
        expect(page.get_by_role("status").first).to_contain_text("În coș")
        assert titles(page) == before
        if _time == 0:
            page.locator("button[value^='restore:']").first.click()
            expect(page.get_by_role("status").first).to_contain_text("Readus")
    assert re.search(r"/outline(#|$)", page.url)


def test_a_typed_day_chooses_its_circle_and_another_circle_puts_it_aside(outline):
    page = outline()
    page.goto(f"/editions/{registrar.EDITION}/opening")
    line = page.locator(".opening-line").nth(1)
    day, own = line.locator("input[type=date]"), line.locator("input[value=own]")
    day.fill("2030-12-15")
    expect(own).to_be_checked()
    line.locator("input[value=course]").check()
    expect(day).to_have_value("")
    own.check()
    expect(day).to_have_value("2030-12-15")
