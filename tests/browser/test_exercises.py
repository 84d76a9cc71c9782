"""An exercise being written: the line goes, the sign-in ends, two windows, a page left at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from lms import db
from lms.accounts.models import SignInSession
from lms.courses.models import Course, Lesson, Module
from lms.submissions.models import Submission, SubmissionVersion
from tests.browser import steps
from tests.browser.conftest import PATIENCE, SIZES
from tests.browser.test_accessibility import faults
from tests.os2 import Learner


@pytest.fixture
def path(site) -> str:
    """The address of the first exercise that is a text in the module that is open."""
    with site.app.app_context():
        rows = db.session().execute(
            sa.select(Course.slug, Module.slug, Lesson.slug, Lesson.exercise)
            .join(Module, Module.course_id == Course.id)
            .join(Lesson, Lesson.module_id == Module.id)
            .where(Module.position == 1, Lesson.exercise.is_not(None))
            .order_by(Lesson.position)
        )
        found = next(row for row in rows if row[3]["trace"] == "text")
        db.end_reading()
    return f"/courses/{found[0]}/{found[1]}/{found[2]}/exercise"


def field(page: Page):
    return page.locator("textarea[name=f-text]")


def is_saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("Salvat la", timeout=PATIENCE)


def draft_of(site, who: Learner) -> str | None:
    with site.app.app_context():
        found = db.session().scalar(
            sa.select(Submission.draft).where(Submission.enrolment_id == who.enrolment_id)
        )
        db.end_reading()
    return found["text"] if found else None


@pytest.mark.parametrize("size", SIZES)
def test_a_text_is_saved_while_it_is_written(site, open_context, path, size):
    page = open_context(site.learner(), size).new_page()
    page.goto(path)
    field(page).press_sequentially("O hartă cu cinci actori.", delay=5)
    is_saved(page)
    page.reload()
    assert field(page).input_value() == "O hartă cu cinci actori."


def test_what_is_written_while_the_line_is_down_arrives_when_it_is_back(site, open_context, path):
    who = site.learner()
    context = open_context(who)
    page = context.new_page()
    page.goto(path)
    context.set_offline(True)
    field(page).fill("Scris fără linie.")
    expect(page.locator(".saved-failed")).to_be_visible()
    context.set_offline(False)
    is_saved(page)
    assert draft_of(site, who) == "Scris fără linie."


def test_a_page_reloaded_while_nothing_arrives_still_has_the_text(site, open_context, path):
    page = open_context(site.learner()).new_page()
    page.goto(path)
    page.route("**/draft", lambda route: route.abort())
    field(page).fill("Încă nesalvat.")
    expect(page.locator(".saved-failed")).to_be_visible()
    page.unroute("**/draft")
    page.reload()
    assert field(page).input_value() == "Încă nesalvat."
    is_saved(page)


def test_a_text_written_after_the_sign_in_has_ended_arrives_once_signed_in_again(
    site, open_context, path
):
    who = site.learner()
    context = open_context(who)
    page = context.new_page()
    page.goto(path)
    with site.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(SignInSession)
            .where(SignInSession.person_id == who.person_id)
            .values(expires_at=datetime.now(UTC) - timedelta(minutes=1))
        )
    field(page).fill("Scris după ieșire.")
    expect(page.locator(".saved-failed")).to_be_visible()
    other = context.new_page()
    steps.sign_in(other, who.sign_in_name)
    other.wait_for_url("**/learn")
    is_saved(page)
    assert draft_of(site, who) == "Scris după ieșire."


def test_a_page_left_at_once_loses_nothing(site, open_context, path):
    who = site.learner()
    page = open_context(who).new_page()
    page.goto(path)
    field(page).fill("Ultimele cuvinte.")
    page.goto("/works")
    for _try in range(50):
        if draft_of(site, who) == "Ultimele cuvinte.":
            break
        page.wait_for_timeout(100)
    assert draft_of(site, who) == "Ultimele cuvinte."


def test_a_second_window_is_told_and_keeps_its_own_text_on_the_page(site, open_context, path):
    who = site.learner()
    context = open_context(who)
    first, second = context.new_page(), context.new_page()
    first.goto(path)
    second.goto(path)
    field(first).fill("din prima fereastră")
    is_saved(first)
    field(second).fill("din a doua fereastră")
    expect(second.locator("[data-saved]")).to_contain_text("Altă fereastră")
    assert field(second).input_value() == "din a doua fereastră"
    assert draft_of(site, who) == "din prima fereastră"
    second.get_by_role("button", name="Predați", exact=True).click()
    expect(second.locator("main")).to_contain_text("din prima fereastră")
    assert field(second).input_value() == "din a doua fereastră"


def test_a_double_click_hands_in_once(site, open_context, path):
    who = site.learner()
    page = open_context(who).new_page()
    page.goto(path)
    field(page).fill("Gata.")
    page.get_by_role("button", name="Predați", exact=True).dblclick()
    expect(page.locator(".version")).to_contain_text("Gata.")
    with site.app.app_context():
        count = db.session().scalar(
            sa.select(sa.func.count())
            .select_from(SubmissionVersion)
            .join(Submission, Submission.id == SubmissionVersion.submission_id)
            .where(Submission.enrolment_id == who.enrolment_id)
        )
        db.end_reading()
    assert count == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_a_work_is_read_and_commented_on_by_keyboard_and_no_page_has_a_fault(
    site, open_context, path, trainer, size
):
    who = site.learner()
    page = open_context(who, size).new_page()
    found = faults(page, path)
    field(page).fill("O lucrare de citit.")
    page.get_by_role("button", name="Predați", exact=True).click()
    expect(page.locator(".version")).to_be_visible()
    found += faults(page)
    desk = open_context(size=size).new_page()
    steps.sign_in(desk, trainer)
    desk.wait_for_load_state()
    found += faults(desk, "/submissions?show=handed_in")
    desk.locator("main th a").last.click()
    expect(desk.locator(".version")).to_contain_text("O lucrare de citit.")
    found += faults(desk)
    desk.locator("textarea[name=text]").fill("Bine lucrat.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".notice-ok")).to_be_visible()
    found += faults(page, path)
    expect(page.locator(".comment")).to_contain_text("Bine lucrat.")
    found += faults(page, "/works")
    office = open_context(size=size).new_page()
    steps.sign_in(office, site.registrar_name)
    office.wait_for_load_state()
    found += faults(office, f"/{path.split('/')[1]}/{path.split('/')[2]}/proposals")
    assert found == []
