"""No page that people meet has a fault that axe can find, on a phone or at a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import steps
from tests.browser.conftest import SIZES


def faults(page: Page, path: str = "") -> list[str]:
    """Return what axe finds wrong on a page, one line a kind."""
    if path:
        page.goto(path)
    found = Axe().run(page).response["violations"]
    where = page.url.split("/", 3)[-1]
    return [f"/{where}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_the_public_and_the_learners_pages_have_no_fault(site, open_context, size):
    stranger = open_context(size=size).new_page()
    found = [
        f
        for path in ("/", "/sign-in", "/code", "/verify", "/privacy")
        for f in faults(stranger, path)
    ]
    page = open_context(site.newcomer(), size).new_page()
    found += faults(page, "/learn")
    page.locator("section.continue a[href*='/quizzes/']").click()
    found += faults(page)
    page.locator("form[action$='/start'] button").click()
    steps.take_test(page)
    found += faults(page)
    found += faults(page, "/learn")
    page.locator("section.continue a[href*='/courses/']").click()
    found += faults(page)
    found += faults(page, page.url.split("#")[0].rsplit("/", 2)[0])
    page.locator(steps.MODULE_TEST).first.click()
    found += faults(page)
    page.locator("form[action$='/start'] button").click()
    page.locator("form.exam").wait_for()
    found += faults(page)
    steps.take_test(page)
    found += faults(page)
    found += faults(page, "/courses/os2/papers")
    found += faults(page, "/account")
    assert found == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_the_registrars_pages_have_no_fault(site, open_context, size):
    site.learner()
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    found = faults(page, "/editions")
    page.locator("main h2 a[href*='/editions/']").first.click()
    found += faults(page)
    edition = page.url
    page.locator("main th a[href*='/participants/']").first.click()
    found += faults(page)
    found += faults(page, f"{edition}/import")
    found += faults(page, f"{edition}/questionnaire")
    page.goto("/programmes")
    page.locator("main h2 a").first.click()
    found += faults(page)
    assert found == []
