"""Taking an import back, and giving a seat to somebody else, counted in clicks."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps

UNDO_CLICKS = 4  # the link, the import's Undo, the reason's field, the button
REPLACE_CLICKS = 3  # the link, one field of the form, the button


class Clicks:
    """A hand on the mouse that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0

    def __call__(self, selector: str) -> None:
        self.number += 1
        self.page.locator(selector).first.click()


@pytest.mark.timeout(240)
def test_a_wrong_list_is_taken_back_and_a_seat_given_over(site, open_context):
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    page.locator("a[href$='/editions']").first.click()
    page.locator("main h2 a[href*='/editions/']").first.click()
    edition = page.url
    before = people(page)
    bring_in(page)
    assert people(page) == before + 2

    click = Clicks(page)
    click(".tabs a[href$='/imports']")
    click("main table a[href$='/undo']")
    expect(page.locator(".big-number")).to_have_text("2 locuri se scot")
    click("#reason")
    page.keyboard.type("lista greșită")
    click("main form button.button-danger")
    page.wait_for_url("**/imports")
    assert click.number == UNDO_CLICKS
    page.goto(edition)
    assert people(page) == before

    seat = site.learner().enrolment_id
    page.goto(edition)
    before = people(page)
    page.goto(f"/participants/{seat}")
    click = Clicks(page)
    click("main a[href$='/replace']")
    click("#reason")
    page.keyboard.type("nu mai lucrează acolo")
    page.keyboard.press("Tab")
    page.keyboard.type("Plopeanu")
    page.keyboard.press("Tab")
    page.keyboard.type("Ana")
    click(".actions button.button-primary")
    page.wait_for_url(re.compile(r"/participants/\d+$"))
    assert click.number == REPLACE_CLICKS
    expect(page.locator("h1")).to_have_text("Ana Plopeanu")
    page.goto(edition)
    assert people(page) == before


def people(page: Page) -> int:
    figures = page.locator(".figures dd")
    return int(figures.first.inner_text()) if figures.count() else 0


def bring_in(page: Page) -> None:
    """Import two people whose headings nobody has seen before."""
    out = io.StringIO()
    rows = [["Beneficiar", "Al doilea nume"], ["Greșit", "Unu"], ["Greșit", "Doi"]]
    csv.writer(out, delimiter=";").writerows(rows)
    page.locator("main a[href$='/import']").first.click()
    file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    page.locator("input[name=file]").set_input_files([file])
    page.locator("main form[enctype] button").click()
    page.wait_for_url("**/columns")
    page.locator("select[name=column-0]").select_option("family_name")
    page.locator("select[name=column-1]").select_option("given_names")
    page.locator(".actions button").click()
    page.locator("button[name=do][value=enrol]").click()
    page.wait_for_url(re.compile(r"/editions/[^/]+$"))
