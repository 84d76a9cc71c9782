"""A learner in a real browser: from the invitation to a certificate that a stranger verifies."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from bench.learner import PASSWORD
from lms import clock, db
from lms.accounts import services as accounts
from lms.accounts.models import Person
from tests.browser import steps
from tests.browser.conftest import PHONE, WAYS


def invitation(site) -> str:
    """Invite somebody who has no password yet; return the mail's link."""
    who = site.newcomer()
    with site.app.app_context(), db.writing() as session:
        person = session.get(Person, who.person_id)
        person.password_hash = person.welcomed_at = person.name_confirmed_at = None
        return accounts.invite(person, by=None, now=clock.now())


@pytest.mark.timeout(400)
def test_from_invitation_to_a_certificate_that_is_verified_and_refused_when_changed(
    site, open_context, tmp_path: Path
):
    page = open_context().new_page()
    page.goto(invitation(site))
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/welcome")
    page.locator("main form[action$='/welcome'] button").click()
    page.wait_for_url("**/welcome/notice")
    page.locator("main form[action$='/notice'] button").click()
    steps.learn(page)
    steps.give_opinion(page)

    page.goto("/learn")
    with page.expect_download() as started:
        page.locator("a[href$='/pdf']").first.click()
    original = tmp_path / "certificat.pdf"
    started.value.save_as(original)
    changed = tmp_path / "schimbat.pdf"
    data = bytearray(original.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(bytes(data))

    stranger = open_context(size=PHONE).new_page()
    assert verdict(stranger, original) == "ok"
    expect(stranger.locator(".verdict-name")).to_contain_text("Învățăcel")
    assert verdict(stranger, changed) != "ok"


def verdict(page, file: Path) -> str:
    """Upload a file to the public page; return the kind of answer."""
    page.goto("/verify")
    page.locator("input[name=file]").set_input_files(file)
    classes = page.locator(".verdict").get_attribute("class")
    return classes.rpartition("verdict-")[2]


@pytest.mark.parametrize(("size", "scripted"), WAYS)
def test_a_module_is_learned(site, open_context, size, scripted):
    page = open_context(site.newcomer(), size, java_script_enabled=scripted).new_page()
    page.goto("/learn")
    steps.learn(page, tests=2, scripted=scripted)
    expect(page.locator(".verdict-ok")).to_be_visible()
