"""The questionnaire in a real browser: no faults that axe finds, one submission, no script."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from lms import clock, db
from lms.demo.opinions import opinion
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.models.quiz import QuizPlace
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.surveys import queries, services
from lms.surveys.models import SurveySubmission
from lms.surveys.questions import load
from tests.browser import steps
from tests.browser.conftest import PHONE, SIZES
from tests.browser.test_accessibility import faults
from tests.cast import EPOCH
from tests.os2 import complete_course

FORM = "/courses/os2/questionnaire"


def learner_at_the_end(site):
    who = site.learner()
    complete_course(site.app, [who])
    take_final_test(site.app, who)
    return who


def take_final_test(app, who) -> None:
    """Write down the final test as submitted: the questionnaire opens after it."""
    with app.app_context(), db.writing() as session:
        for quiz in session.query(Quiz).filter(Quiz.place == QuizPlace.END):
            session.add(
                Attempt(
                    enrolment_id=who.enrolment_id,
                    quiz_id=quiz.id,
                    quiz_version_id=quiz.current_version_id,
                    number=1,
                    seed=1,
                    state=AttemptState.SUBMITTED,
                    started_at=EPOCH,
                    submitted_at=EPOCH,
                )
            )


def answer_all(page: Page) -> None:
    names = page.locator("form.survey input[type=radio]:not([value=''])").evaluate_all(
        "all => [...new Set(all.map(e => e.name))]"
    )
    for name in names:
        page.locator(f"input[name='{name}']:not([value=''])").last.check()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_form_faults_and_thanks_have_no_fault(site, open_context, size):
    page = open_context(learner_at_the_end(site), size).new_page()
    found = faults(page, FORM)
    page.locator("textarea").first.fill("Un text care rămâne.")
    page.locator("form.survey button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("Un text care rămâne.")
    found += faults(page)
    answer_all(page)
    page.locator("form.survey button[type=submit]").click()
    page.wait_for_url("**/thanks")
    found += faults(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_double_click_sends_it_once(site, open_context):
    who = learner_at_the_end(site)
    page = open_context(who).new_page()
    page.goto(FORM)
    answer_all(page)
    page.locator("form.survey button[type=submit]").dblclick()
    page.wait_for_url("**/thanks")
    with site.app.app_context():
        statement = sa.select(sa.func.count()).where(
            SurveySubmission.enrolment_id == who.enrolment_id
        )
        assert db.session().scalar(statement) == 1
        db.end_reading()


def test_it_is_filled_in_on_a_phone_without_javascript(site, open_context):
    page = open_context(learner_at_the_end(site), PHONE, java_script_enabled=False).new_page()
    page.goto(FORM)
    for group in page.locator("fieldset.survey-question").all():
        group.locator("input[type=radio]").first.check()
    page.locator("form.survey button[type=submit]").click()
    expect(page.locator(".verdict-ok")).to_be_visible()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_results_have_no_fault(site, open_context, size):
    learners = [learner_at_the_end(site) for _each in range(10)]
    with site.app.app_context():
        for number, who in enumerate(learners):
            with db.writing():
                version = queries.shown_version("os2", locked=True)
                given = opinion(load(version.content), number)
                services.submit(
                    who.enrolment_id, version, given, now=clock.now(), zone="Europe/Bucharest"
                )
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto("/editions")
    page.locator("main h2 a[href*='/editions/']").first.click()
    page.locator("nav.tabs a[href$='/reports']").click()
    page.locator("nav.tabs a[href$='/questionnaire']").click()
    expect(page.locator("table.bars").first).to_be_visible()
    found = faults(page) + faults(page, f"{FORM}/results")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
