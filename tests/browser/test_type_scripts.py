"""What scripts of question types add: rows that move, words and labels that are put down."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.browser.test_trainers_pages import every_type


def test_rows_move_and_labels_are_put_on_a_picture_with_a_finger(
    site, open_context, trainers_page, taken_back
):
    quiz = steps.publish(trainers_page, every_type("deget"), "Cu degetul")
    page = open_context(site.learner(), PHONE, has_touch=True).new_page()
    page.goto(quiz)
    page.locator("form[action$='/start'] button").click()
    steps.is_ready(page)

    rows = page.locator("[data-ordering] [data-row]")
    second = rows.nth(1).get_attribute("data-row")
    rows.nth(1).locator("[data-move='-1']").tap()
    expect(rows.first).to_have_attribute("data-row", str(second))
    expect(rows.first.locator(".ordering-place")).to_have_value("1")

    labels = page.locator("[data-zones]").first
    labels.locator(".word").first.tap()
    labels.locator("[data-zone]").first.tap()
    expect(labels.locator("select").first).not_to_have_value("")
    expect(labels.locator(".zone-label").first).not_to_be_empty()

    markers = page.locator("[data-markers]").first
    markers.locator(".word").first.tap()
    markers.locator("[data-canvas]").tap()
    expect(markers.locator("select").first).not_to_have_value("")

    text = page.locator("textarea.essay").first
    text.fill("Satul nu are apă.")
    expect(page.locator("[data-words-of]").first).to_contain_text("4")
    steps.is_all_saved(page)
    page.reload()
    expect(rows.first).to_have_attribute("data-row", str(second))
    expect(text).to_have_value("Satul nu are apă.")
    expect(page.locator("[data-markers] select").first).not_to_have_value("")
