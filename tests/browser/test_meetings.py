"""A meeting in a real browser: ticked in clicks, and a code typed on a phone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from bench import registrar
from lms import db
from lms.courses.models import Edition, Enrolment
from lms.meetings.models import Meeting
from lms.meetings.services import meetings
from lms.meetings.services.meetings import MeetingData
from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import faults


@pytest.fixture
def meeting(site) -> tuple[int, str]:
    """A meeting of everybody that is going on; its id and code."""
    now = datetime.now(UTC)
    with site.app.app_context(), db.writing() as session:
        edition = session.scalars(sa.select(Edition).filter_by(slug=registrar.EDITION)).one()
        wanted = MeetingData(
            group_id=None,
            title="Limitele din art. 6",
            starts_at=now - timedelta(minutes=30),
            ends_at=now + timedelta(hours=2),
            place="Sala de consiliu",
            link=None,
            trainers=(),
            hours=Decimal(3),
            module_ids=(),
            grace_minutes=15,
        )
        made = meetings.create_meeting(edition, wanted, by=None, now=now)
        return made.id, made.code


def hours_of(site, enrolment_id: int) -> Decimal:
    with site.app.app_context():
        return db.session().get_one(Enrolment, enrolment_id).hours_attended


@pytest.mark.timeout(300)
def test_a_group_is_ticked_in_a_few_clicks_and_one_taken_out_again(site, open_context, meeting):
    people = [site.learner() for _ in range(3)]
    page = open_context(size=PHONE).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/editions/{registrar.EDITION}/meetings")
    page.locator(f"main th a[href$='/{meeting[0]}']").click()  # 1: the meeting
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("label:has([data-tick-all])").click()  # 2: everybody
    page.locator(
        f"ul.presence input[name=present][value='{people[0].enrolment_id}']"
    ).click()  # 3: but one
    page.locator(".presence-save button").click()  # 4: saved
    expect(page.locator("[role=status]").first).to_contain_text("A fost consemnată prezența")
    assert [hours_of(site, p.enrolment_id) for p in people] == [0, 3, 3]


@pytest.mark.timeout(300)
def test_a_long_list_narrows_as_one_types_and_keeps_the_ticks(site, open_context, meeting):
    for _ in range(6):
        site.learner()
    page = open_context(size=PHONE).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/meetings/{meeting[0]}")
    lines = page.locator("ul.presence > li")
    everybody = lines.count()
    assert everybody > 5
    name = lines.nth(3).locator(".choice > span").inner_text().split("\n")[0]
    lines.nth(0).locator("input[name=present]").check()
    page.locator("[data-narrows]").fill(name.upper())
    expect(lines.nth(3)).to_be_visible()
    expect(page.locator("label:has([data-tick-all])")).to_be_hidden()
    assert faults(page) == []
    page.locator("[data-narrows]").fill("nimeni de aici")
    expect(page.locator("[data-nobody]")).to_be_visible()
    expect(page.locator("ul.presence > li:visible")).to_have_count(0)
    page.locator("[data-narrows]").fill("")
    expect(page.locator("ul.presence > li:visible")).to_have_count(everybody)
    expect(lines.nth(0).locator("input[name=present]")).to_be_checked()


@pytest.mark.timeout(300)
def test_a_learner_types_the_code_on_a_phone(site, open_context, meeting):
    meeting_id, code = meeting
    learner = site.learner()
    page = open_context(learner, PHONE).new_page()
    page.goto("/learn")
    page.locator("input[name=code]").fill(f"{code[:3].lower()} {code[3:].lower()}")
    page.locator("form[action$='/learn/presence'] button").click()
    expect(page.locator("[role=status]").first).to_contain_text("3 ore")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert hours_of(site, learner.enrolment_id) == 3
    with site.app.app_context():
        assert db.session().get_one(Meeting, meeting_id).code == code
