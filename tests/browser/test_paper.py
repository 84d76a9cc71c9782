"""Paper, by clicks: marked as signed, handed over with a scan, called back after a new name."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from lms import db
from lms.certificates import issuing
from lms.certificates.models import Certificate
from tests.access.samples import PNG
from tests.browser import steps
from tests.os2 import complete_course


class Clicks:
    """Clicks, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state("domcontentloaded")
        self.count += 1


def certified(app: Flask, site) -> tuple[int, str]:
    """Enrol somebody who has completed the course and holds a certificate."""
    learner = site.learner()
    complete_course(app, [learner])
    with app.app_context():
        certificate_id = issuing.issue(learner.enrolment_id).certificate_id
        assert certificate_id
        number = db.session().get_one(Certificate, certificate_id).number
        db.end_reading()
    return learner.enrolment_id, number


@pytest.mark.timeout(300)
def test_paper_is_signed_handed_over_and_called_back_by_clicks(site, open_context):
    enrolment_id, number = certified(site.app, site)
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/register?q={number}&paper=undelivered")
    clicks = Clicks(page)
    row = page.locator("input[name=certificate]")
    expect(row).to_have_count(1)
    with page.expect_download():
        row.check()
        clicks(".bulkbar button[formaction$='/print']")
    page.goto(f"/register?q={number}&paper=unsigned")
    page.locator("input[name=certificate]").check()
    clicks(".bulkbar button[formaction$='/signatures']")
    clicks("main form button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Semnate de mână")
    page.goto(f"/register?q={number}&paper=undelivered")
    page.locator("input[name=certificate]").check()
    clicks(".bulkbar button[formaction$='/hand-overs']")
    page.locator("select[name=document]").select_option("identity_card")
    scan = {"name": "lista.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("input[name=scan]").set_input_files([scan])
    clicks("main form button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Predate")
    expect(page.locator("main")).to_contain_text("lista.png")
    assert clicks.count == 5  # print, signed and its day, handed over and its day

    page.goto(f"/participants/{enrolment_id}")
    renaming = Clicks(page)
    renaming(f"a[href='/participants/{enrolment_id}/name']")
    page.locator("input[name=family_name]").fill("Nume-Nou")
    page.locator("input[name=reason]").fill("certificat de căsătorie văzut")
    renaming("main form button[type=submit]")
    renaming("main form button[value=change]")
    expect(page.locator("h1")).to_contain_text("Nume-Nou")
    assert renaming.count == 3
    page.goto("/register?paper=to_call_back")
    expect(page.locator("main")).to_contain_text(number)
    page.locator("input[name=certificate]").first.check()
    page.locator(".bulkbar button[formaction$='/returns']").click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("Hârtie înapoiată")
    page.goto(f"/register?q={number}&paper=to_call_back")
    expect(page.locator("main h2")).to_contain_text(f"Nimic pentru „{number}”")
