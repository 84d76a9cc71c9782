"""A test that is being taken: the line goes, tabs and clicks double."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from lms import db
from lms.quizzes.models import Attempt, Quiz, QuizPlace
from tests.browser import steps
from tests.browser.conftest import SIZES


@pytest.mark.parametrize("size", SIZES)
def test_answers_given_while_the_line_is_down_arrive_when_it_is_back(site, open_context, size):
    context = open_context(site.learner(), size)
    page = context.new_page()
    steps.start_first_test(page)
    given = [steps.give(page, box) for box in steps.boxes(page)[:2]]
    steps.is_all_saved(page)
    context.set_offline(True)
    given += [steps.give(page, box) for box in steps.boxes(page)[2:5]]
    expect(page.locator(".saved-failed")).to_be_visible()
    context.set_offline(False)
    steps.is_all_saved(page)
    page.reload()
    for box, values in zip(steps.boxes(page), given, strict=False):
        assert steps.holds(box, values)


def test_a_page_that_is_reloaded_while_the_line_is_down_still_has_the_answers(site, open_context):
    context = open_context(site.learner())
    page = context.new_page()
    steps.start_first_test(page)
    page.route("**/answers", lambda route: route.abort())
    values = steps.give(page, steps.boxes(page)[0])
    expect(page.locator(".saved-failed")).to_be_visible()
    page.unroute("**/answers")
    page.reload()
    steps.is_all_saved(page)
    page.reload()
    assert steps.holds(steps.boxes(page)[0], values)


def test_a_double_click_submits_once(site, open_context):
    who = site.learner()
    page = open_context(who).new_page()
    steps.start_first_test(page)
    for box in steps.boxes(page):
        steps.give(page, box)
    steps.is_all_saved(page)
    page.locator(".exam-side button[type=submit]").first.dblclick()
    page.wait_for_url("**/result")
    expect(page.locator(".verdict-ok")).to_be_visible()
    assert attempts(site, who) == 1


def test_a_double_click_starts_one_attempt(site, open_context):
    who = site.learner()
    page = open_context(who).new_page()
    steps.start_first_test(page)
    page.go_back()
    page.reload()
    page.locator("form[action$='/start'] button").dblclick()
    expect(page.locator("form.exam")).to_be_visible()
    assert attempts(site, who) == 1


def attempts(site, who) -> int:
    with site.app.app_context():
        statement = (
            sa.select(sa.func.count())
            .select_from(Attempt)
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .where(Attempt.enrolment_id == who.enrolment_id, Quiz.place == QuizPlace.MODULE)
        )
        found = db.session().scalar(statement)
        db.end_reading()
    return found


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
def test_a_test_submitted_from_one_tab_keeps_what_another_tab_answered(
    site, open_context, scripted
):
    context = open_context(site.learner(), java_script_enabled=scripted)
    first, second = context.new_page(), context.new_page()
    steps.start_first_test(first, scripted=scripted)
    second.goto(first.url)
    half = len(steps.boxes(first)) // 2
    for box in steps.boxes(second)[half:]:
        steps.give(second, box)
    save(second, scripted)
    for box in steps.boxes(first)[:half]:
        steps.give(first, box)
    steps.submit(first)
    first.wait_for_url("**/result")
    expect(first.locator(".verdict-head")).to_contain_text("8 din 8")


def save(page, scripted: bool) -> None:
    if scripted:
        steps.is_all_saved(page)
    else:
        page.locator(".exam-side button[formaction]").click()
        page.wait_for_load_state()
