"""No page of a trainer's quiz has a fault that axe can find, on a phone or at a desk."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from lms import clock, db
from lms.demo.answers import FormAnswer, right_answer
from lms.quizzes import queries
from lms.quizzes.models import Quiz
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.services import attempts, disputes
from tests.browser import steps
from tests.browser.conftest import SIZES, Site
from tests.browser.test_accessibility import faults
from tests.browser.test_exchange import FILE
from tests.quizzes.types.cases import EVERY_TYPE

OPENED = "all => all.forEach(each => { each.open = true; })"
BROKEN = "1. Câți?\na) doi\nb) trei\n\n2. Cine?\na) eu\n*b) eu\n\nCe rămâne?"


def answered(question: Question) -> FormAnswer:
    """Answer an essay with words, a short one rightly, and leave the others empty."""
    if question.type == "essay":
        return {"text": ["Satul nu are apă."]}
    return right_answer(question) if question.type == "short_answer" else {}


def taken(site: Site, slug: str, people: int) -> int:
    """Let so many new people take a quiz, the last of whom contests; return the last attempt."""
    for _number in range(people):
        who = site.learner()
        with site.app.app_context(), db.writing() as session:
            quiz = session.scalars(sa.select(Quiz).where(Quiz.slug == slug)).one()
            attempt = attempts.start_attempt(who.enrolment_id, quiz, now=clock.now())
            paper = queries.paper_of(attempt.id)
            given = {item.item_id: answered(item.question) for item in paper}
            attempts.save_answers(attempt, given, key="k", now=clock.now())
            attempts.submit_attempt(attempt, now=clock.now())
            attempt_id = attempt.id
            contested = next(i.item_id for i in paper if i.question.type == "kprim")
    with site.app.app_context(), db.writing():
        attempt = attempts.locked_attempt(attempt_id)
        disputes.raise_dispute(attempt, contested, "Nu este limpede.", now=clock.now())
    return attempt_id


def every_type(prefix: str) -> str:
    """Return questions of every type; a course holds each name once."""
    return EVERY_TYPE.replace("[id:t-", f"[id:{prefix}-")


def forms_have_no_fault(page: Page) -> list[str]:
    """Open each type's form from a text, look at it with one row more, and go back."""
    found = []
    page.goto("/courses/os2/new-quiz")
    add = page.locator("button[name=add]")
    types = add.evaluate_all("all => all.map(button => button.value)")
    assert len(types) > 10
    for name in types:
        page.locator(".text-add details").evaluate_all(OPENED)
        page.locator(f"button[name=add][value={name}]").click()
        expect(page.locator("form.question-form[data-ready]")).to_be_attached()
        for more in page.locator("form.question-form [data-add]").all():
            more.click()
        page.locator("form.question-form details").evaluate_all(OPENED)
        found += [f"{name}: {fault}" for fault in faults(page)]
        page.locator("button[name=do][value=back]").click()
        expect(page.locator("form.workshop[data-ready]")).to_be_attached()
    return found


@pytest.mark.timeout(400)
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_that_write_questions_have_no_fault(trainers_page, taken_back, size):
    page = trainers_page
    page.set_viewport_size(size)
    quiz = steps.publish(page, every_type(f"scris{size['width']}"), "De scris")
    found = faults(page)
    found += faults(page, "/courses/os2/quizzes")
    found += forms_have_no_fault(page)
    page.locator("textarea[name=text]").fill(BROKEN)
    expect(page.locator(".text-faults")).to_be_visible()
    found += faults(page)
    found += faults(page, f"{quiz}/questions")
    found += faults(page, f"{quiz}/preview")
    found += faults(page, f"{quiz}/settings")
    found += faults(page, f"{quiz}/try")
    page.locator("button[name=do][value=submit]").click()
    found += faults(page)
    found += faults(page, f"{quiz}/exchange")
    held = FILE.replace("nou-", f"nou-{size['width']}-").replace("?", f" ({size['width']})?")
    file = {"name": "intrebari.gift", "mimeType": "text/plain", "buffer": held.encode()}
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Vedeți ce conține").click()
    expect(page.locator(".big-number")).to_be_visible()
    found += faults(page)
    page.get_by_role("button", name="Preluați întrebările bifate").click()
    expect(page.locator(".notice-ok")).to_be_visible()
    found += faults(page)
    page.get_by_role("link", name="Retrageți importul").click()
    expect(page.locator(".big-number")).to_be_visible()
    found += faults(page)
    assert found == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_what_was_answered_have_no_fault(site, trainers_page, taken_back, size):
    page = trainers_page
    page.set_viewport_size(size)
    quiz = steps.publish(page, every_type(f"citit{size['width']}"), "De citit")
    attempt_id = taken(site, quiz.rsplit("/", 1)[1], 4)
    found = faults(page, f"{quiz}/attempts")
    found += faults(page, f"{quiz}/statistics")
    page.locator("main .stem-cell a").first.click()
    found += faults(page)
    found += faults(page, f"{quiz}/marking")
    page.locator(".marking-title").first.click()
    expect(page.locator("[data-keys]")).to_be_visible()
    found += faults(page)
    found += faults(page, f"/attempts/{attempt_id}/result")
    found += faults(page, f"/attempts/{attempt_id}/timeline")
    found += faults(page, "/disputes")
    page.locator("main th a").first.click()
    found += faults(page)
    page.get_by_role("link", name="Corectați întrebarea").click()
    found += faults(page)
    page.get_by_role("button", name="Vedeți ce s-ar schimba").first.click()
    expect(page.locator("dl.figures")).to_be_visible()
    found += faults(page)
    page.locator("textarea[name=reason]").fill("Neclară.")
    page.get_by_role("button", name="Corectați pentru toți").click()
    expect(page.locator(".notice-ok")).to_be_visible()
    found += faults(page)
    found += faults(page, f"{quiz}/corrections")
    assert found == []
