"""A paper's own comforts: questions marked for later, and the time left hidden."""

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import expect

from lms import clock, db
from lms.quizzes.models import Attempt
from tests.browser import steps


def test_a_mark_set_while_the_line_is_down_arrives_when_it_is_back(site, open_context):
    context = open_context(site.learner())
    page = context.new_page()
    steps.start_first_test(page)
    marks, listed = page.locator("[data-flag]"), page.locator(".navigator .is-flagged")
    with page.expect_response("**/flag"):
        marks.nth(0).click()
    context.set_offline(True)
    marks.nth(1).click()
    expect(listed).to_have_count(2)
    with page.expect_response("**/flag"):
        context.set_offline(False)
    page.reload()
    expect(listed).to_have_count(2)
    expect(page.locator("[data-flag].is-on")).to_have_count(2)


def test_the_time_stays_hidden_until_its_last_minutes(site, open_context):
    page = open_context(site.learner()).new_page()
    steps.start_first_test(page)
    attempt_id = int(page.url.split("?")[0].rpartition("/")[2])
    ends_in(site, attempt_id, timedelta(minutes=40))
    opened(page)
    page.locator("#hide-time").check()
    expect(page.locator(".time-words")).to_be_hidden()
    opened(page)
    expect(page.locator(".time-words")).to_be_hidden()
    ends_in(site, attempt_id, timedelta(minutes=4))
    opened(page)
    expect(page.locator(".time-words")).to_be_visible()


def opened(page):
    page.reload()
    expect(page.locator("form.exam[data-ready]")).to_be_attached()


def ends_in(site, attempt_id, left):
    with site.app.app_context(), db.writing() as session:
        mine = sa.update(Attempt).where(Attempt.id == attempt_id)
        session.execute(mine.values(due_at=clock.now() + left))
