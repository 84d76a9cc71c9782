"""The editor of designs in a real browser: dragged, typed, and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import SIZES
from tests.browser.test_accessibility import faults

TITLE = ".design-handle[aria-label='Titlul']"


def own_copy(page: Page) -> None:
    """Make an own copy of the first shipped design, and open it."""
    page.goto("/certificate-designs")
    page.locator("form[action$='/certificate-designs/duplicate'] button").first.click()
    page.wait_for_url(re.compile(r"/certificate-designs/\d+$"))


def millimetres(page: Page, side: str) -> float:
    value = page.locator(f"[id='title.box.{side}']").input_value()
    return float(value.replace(",", "."))


@pytest.mark.timeout(240)
def test_a_block_is_dragged_nudged_drawn_anew_and_saved(site, open_context):
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    own_copy(page)
    page.locator(".design-sheet > svg").wait_for()
    top = millimetres(page, "top")
    box = page.locator(TITLE).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    with page.expect_response("**/preview") as drawn:
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 30, steps=4)
        page.mouse.up()
    assert drawn.value.ok
    assert millimetres(page, "top") < top
    expect(page.locator("#block-title")).to_have_attribute("open", "")

    moved = millimetres(page, "left")
    page.locator(TITLE).focus()
    page.keyboard.press("ArrowRight")
    assert millimetres(page, "left") == pytest.approx(moved + 0.5)
    page.keyboard.press("Shift+ArrowLeft")
    assert millimetres(page, "left") == pytest.approx(moved - 4.5)

    with page.expect_response("**/preview"):
        page.locator("[id='title.box.left']").fill("3")
    expect(page.locator("[data-said]")).to_contain_text("10 mm")
    expect(page.locator(TITLE)).to_have_class(re.compile("has-error"))
    page.locator("[id='title.box.left']").fill("33")
    page.locator(".design-actions button").first.click()
    expect(page.locator(".lead")).to_contain_text("Versiunea 2")
    assert millimetres(page, "left") == 33


@pytest.mark.timeout(240)
def test_without_script_millimetres_are_typed(site, open_context):
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    own_copy(page)
    address = page.url
    plain = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    bare = plain.new_page()
    bare.goto(address)
    expect(bare.locator(".design-page").first).to_be_visible()
    assert bare.locator(".design-handle").count() == 0
    bare.locator("#block-title summary").click()
    bare.locator("[id='title.box.left']").fill("34,5")
    bare.locator(".design-actions button").first.click()
    expect(bare.locator(".lead")).to_contain_text("Versiunea 2")
    expect(bare.locator("[id='title.box.left']")).to_have_value("34,5")
    plain.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_designs_have_no_fault(site, open_context, size):
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    found = faults(page, "/certificate-designs")
    own_copy(page)
    page.locator(".design-sheet > svg").wait_for()
    found += faults(page)
    page.locator("#block-title summary").click()
    found += faults(page)
    page.goto("/programmes")
    page.locator("main a[href*='/programmes/']").first.click()
    found += faults(page, page.url + "/signatories")
    assert found == []
    across = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert across <= 0
