"""A registrar in a real browser: a list of 160 people, by clicks."""

import pytest
from playwright.sync_api import expect

from lms.demo_people import ROSTER_FILE_NAME, demo_roster_xlsx
from tests.browser import steps


@pytest.mark.timeout(300)
def test_a_list_of_160_people_is_imported_and_everybody_invited_by_clicks(site, open_context):
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    page.locator("a[href$='/editions']").first.click()
    page.locator("main h2 a[href*='/editions/']").first.click()
    edition = page.url
    page.locator("main a[href$='/import']").first.click()
    workbook = {
        "name": ROSTER_FILE_NAME,
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": demo_roster_xlsx(),
    }
    page.locator("input[name=file]").set_input_files([workbook])
    page.locator("main form[enctype] button").click()
    page.wait_for_url("**/import/*")
    for question in page.locator("input[type=radio][value=different]").all():
        question.check()
    page.locator(".actions button[name=show]").click()
    page.locator("button[name=do][value=enrol]").click()
    page.wait_for_url(edition)
    people = page.locator(".figures dd").first
    assert int(people.inner_text()) >= 160
    before = len(site.mailbox.links())
    page.locator("form[action$='/invitations'] button").first.click()
    expect(page.locator("main")).to_contain_text("invitați")
    with page.expect_download() as started:
        page.locator("form[action$='/letters'] button").first.click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    for _second in range(90):
        if len(site.mailbox.links()) >= before + 100:
            break
        page.wait_for_timeout(1000)
    assert len(site.mailbox.links()) >= before + 100
