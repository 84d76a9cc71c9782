"""A test whose questions are checked one by one, in a browser; and the pages that set it so."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from lms import clock, db
from lms.quizzes.models import Attempt, AttemptItem, Quiz, QuizPlace, ResponseTry
from lms.quizzes.rules.settings import Behaviour, FeedbackTime
from lms.quizzes.services import ruling
from lms.quizzes.services.attempts import settings_of
from tests.browser import steps
from tests.browser.conftest import SIZES
from tests.browser.test_accessibility import faults


@pytest.fixture
def quiz_is(site):
    """Give the first module's test other rules for a while."""
    before = {}

    def change(settings):
        with site.app.app_context(), db.writing() as session:
            quiz = session.scalars(
                sa.select(Quiz).where(Quiz.place == QuizPlace.MODULE).order_by(Quiz.id)
            ).first()
            before.setdefault("settings", settings_of(quiz.current_version))
            wanted = settings(before["settings"]) if callable(settings) else settings
            ruling.change_settings(quiz, wanted, by=1, now=clock.now())
            return quiz.slug, quiz.id

    yield lambda **more: change(lambda usual: replace(usual, **more))
    change(before["settings"])


def tries(site, who) -> list[dict]:
    with site.app.app_context():
        found = db.session().scalars(
            sa.select(ResponseTry.payload)
            .join(AttemptItem, AttemptItem.id == ResponseTry.item_id)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .where(Attempt.enrolment_id == who.enrolment_id)
        )
        made = list(found)
        db.end_reading()
    return made


@pytest.mark.parametrize("size", SIZES)
def test_what_was_chosen_a_moment_ago_is_what_is_checked(site, open_context, quiz_is, size):
    quiz_is(behaviour=Behaviour.IMMEDIATE, feedback=FeedbackTime.AT_ONCE)
    who = site.learner()
    page = open_context(who, size).new_page()
    steps.start_first_test(page)
    assert faults(page) == []
    box = steps.boxes(page)[0]
    place = box.get_attribute("id")
    steps.give(page, box)
    box.locator("button[name=check]").click()  # no waiting for the save
    expect(page.locator(f"#{place}[disabled] .notice-ok")).to_be_visible()
    assert len(tries(site, who)) == 1
    assert faults(page) == []


def test_a_check_waits_for_the_line_and_loses_nothing(site, open_context, quiz_is):
    quiz_is(behaviour=Behaviour.IMMEDIATE, feedback=FeedbackTime.AT_ONCE)
    who = site.learner()
    context = open_context(who)
    page = context.new_page()
    steps.start_first_test(page)
    box = steps.boxes(page)[0]
    place = box.get_attribute("id")
    context.set_offline(True)
    values = steps.give(page, box)
    box.locator("button[name=check]").click()
    expect(page.locator(".saved-failed")).to_be_visible()
    assert steps.holds(box, values)
    assert tries(site, who) == []
    context.set_offline(False)
    steps.is_all_saved(page)
    box.locator("button[name=check]").click()
    expect(page.locator(f"#{place}[disabled] .notice-ok")).to_be_visible()
    assert len(tries(site, who)) == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_that_set_a_test_have_no_fault(site, open_context, quiz_is, size):
    slug, quiz_id = quiz_is(time_limit=30)
    who = site.learner()
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    found = faults(page, f"/courses/os2/quizzes/{slug}/settings")
    found += faults(page, f"/courses/os2/quizzes/{slug}/try")
    page.locator("button[value=submit]").click()
    found += faults(page)
    found += faults(page, f"/enrolments/{who.enrolment_id}/quizzes/{quiz_id}/terms")
    assert found == []
