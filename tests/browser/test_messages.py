"""A registrar in a real browser: from those who never came in to a message on its way."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from tests.browser import steps

CLICKS = 4


@pytest.mark.timeout(240)
def test_those_who_never_came_in_are_written_to_in_four_clicks(site, open_context):
    who = site.newcomer()
    address = f"{secrets.token_hex(4)}@exemplu.example"
    with site.app.app_context(), db.writing() as session:
        person = session.get_one(Person, who.person_id)
        person.password_hash, person.email, person.locale = None, address, "ro"
        slug = session.get_one(Enrolment, who.enrolment_id).edition.slug
        assert clock.now()
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/editions/{slug}")
    done = [
        page.locator(".figures a[href*='state=not_in']").click(),
        page.locator("main a[href*='/messages/new']").click(),
        page.locator("button[name=do][value=preview]").last.click(),
    ]
    expect(page.locator(".letter")).to_contain_text("Bună ziua, ")
    done.append(page.locator("button[name=do][value=send]").click())
    page.wait_for_url("**/messages/*")
    expect(page.locator("main")).to_contain_text("Mesajul pleacă")
    assert len(done) == CLICKS
    for _second in range(90):
        if address in (to for to, _link in site.mailbox.links()):
            break
        page.wait_for_timeout(1000)
    assert address in {to for to, _link in site.mailbox.links()}
