"""Reports in a real browser, counted in clicks: a figure's people, and a report as PDF."""

import pytest

from bench import registrar
from lms import db
from lms.accounts.models import Person
from tests.browser import steps
from tests.browser.conftest import SIZES
from tests.browser.test_accessibility import faults
from tests.browser.test_registrars_lists import Clicks

KINDS = ("participants", "progress", "results", "tests", "hours", "satisfaction", "certificates")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_people_are_one_click_from_a_figure_and_the_pdf_one_from_its_report(
    site, open_context, size
):
    who = site.learner()
    with site.app.app_context():
        family_name = db.session().get_one(Person, who.person_id).family_name
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/editions/{registrar.EDITION}")
    page.locator(".tabs a[href$='/reports']").click()
    found = faults(page)
    page.locator("main table a[href$='/reports/progress']").click()
    report = page.url

    click = Clicks(page)
    click(".figures a[href*='figure=']")
    assert click.number == 1
    assert family_name in page.locator("main table tbody").inner_text()
    found += faults(page)

    page.goto(report)
    click = Clicks(page)
    with page.expect_download() as download:
        click("main a[href*='progress.pdf']")
    assert click.number == 1
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    for kind in KINDS:
        found += faults(page, f"/editions/{registrar.EDITION}/reports/{kind}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], kind
    assert found == []
