"""The questions before the first lesson, in a real browser on a phone, without JavaScript."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bench import registrar
from lms import db
from lms.courses.models import Edition, IssuingMode
from lms.entry.services import settings
from lms.entry.services.settings import Wanted
from tests.browser.conftest import PHONE, Site
from tests.cast import EPOCH, make_programme
from tests.entry.asked import ESF_PLUS
from tests.os2 import Learner, enrol

SLUG = "cu-intrebari"


@pytest.fixture
def newcomer(site: Site) -> Learner:
    """Somebody on an edition whose programme asks at entry, who has not begun."""
    with site.app.app_context(), db.writing() as session:
        known = session.scalars(sa.select(Edition).where(Edition.slug == registrar.EDITION)).one()
        programme = make_programme("INTRARE")
        session.add(
            Edition(
                programme_id=programme.id,
                course_id=known.course_id,
                title="Ediția care întreabă",
                slug=SLUG,
                starts_on=date(2026, 3, 1),
                ends_on=date(2026, 12, 20),
                issuing=IssuingMode.AUTOMATIC,
                hours_required=0,
                created_at=EPOCH,
            )
        )
        instance = site.app.config["LMS"].instance
        settings.choose(programme, Wanted(ESF_PLUS), instance=instance, by=None, now=EPOCH)
    return enrol(site.app, SLUG, 1)[0]


class Clicks:
    """Does what a finger does, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.count += 1

    def tick(self, question: str, answer: str) -> None:
        self.page.locator(f"input[name='q-{question}'][value='{answer}']").check()
        self.count += 1


def test_a_learner_answers_and_begins_in_twelve_clicks(newcomer, open_context):
    page = open_context(newcomer, size=PHONE, java_script_enabled=False).new_page()
    page.goto("/learn")
    expect(page.locator("main")).to_contain_text("Înainte de prima lecție")
    clicks = Clicks(page)
    clicks.on("section.continue a.button")
    for part, typed in (("day", "27"), ("month", "3"), ("year", "1985")):
        page.locator(f"#q-birth-{part}").fill(typed)
    clicks.tick("gender", "woman")
    clicks.tick("labour", "employed")
    page.locator("#q-education").select_option("isced-6")
    clicks.count += 1
    clicks.tick("rural", "village")
    clicks.on("form.form button[type=submit]")  # one question was passed over
    expect(page.locator(".error-summary")).to_contain_text("Aveți o locuință")
    expect(page.locator("#q-birth-year")).to_have_value("1985")
    clicks.tick("homeless", "housed")
    clicks.on("form.form button[type=submit]")
    expect(page.locator("main")).to_contain_text("pagina 2 din 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for question in ("disability", "origin", "minority"):
        clicks.tick(question, "refused")
    clicks.on("form.form button[type=submit]")
    expect(page).to_have_url(f"{page.url.split('/learn')[0]}/learn")
    expect(page.locator("section.continue a.button")).to_be_visible()
    assert "/learn/entry" not in page.locator("section.continue a.button").get_attribute("href")
    assert clicks.count == 12  # eleven, and one for the question passed over
