"""Each person's main way: on a phone, at a desk, and on a phone whose browser runs no script.

The learner's from the invitation to the certificate stands in `test_learner`, the stranger's in
`test_verify`; here are the trainer's and the registrar's, and a learner's on a poor line.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from lms import db
from lms.courses.models import LessonProgress
from tests.browser import steps
from tests.browser.conftest import PHONE, WAYS, Site
from tests.browser.test_reader import LESSON, NEXT, keep_module

SLOW_PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 200_000,
}
TWO = (
    "1. Câți membri are o asociație?\na) doi\n*b) trei\n\n2. Cererea se depune.\nRăspuns: adevărat"
)


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} sticks out by {wide} px"


# The learner, where the line is poor -------------------------------------------------------------


def test_a_learner_on_a_slow_line_reads_and_passes_a_test(site, open_context):
    page = open_context(site.learner(), PHONE).new_page()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_PHONE)
    page.goto("/learn")
    page.locator("section.continue a[href*='/courses/']").click()
    page.locator("form[action$='/read'] button").click()
    page.wait_for_url(f"**{NEXT}")
    steps.start_first_test(page)
    steps.take_test(page)
    expect(page.locator(".verdict-ok")).to_be_visible()


def test_a_learner_whose_line_goes_in_the_middle_goes_on_and_loses_nothing(site, open_context):
    who = site.learner()
    context = open_context(who, PHONE)
    page = context.new_page()
    keep_module(page)
    context.set_offline(True)
    page.goto(LESSON)
    page.locator("form[action$='/read'] button").click()
    page.wait_for_url(f"**{NEXT}")
    context.set_offline(False)
    with page.expect_response(lambda r: r.url.endswith("/offline-reading") and r.ok):
        page.goto("/learn")

    steps.start_first_test(page)
    boxes = steps.boxes(page)
    half = len(boxes) // 2
    for box in boxes[:half]:
        steps.give(page, box)
    steps.is_all_saved(page)
    context.set_offline(True)
    for box in boxes[half:]:
        steps.give(page, box)
    expect(page.locator(".saved-failed")).to_be_visible()
    steps.submit(page)  # into nowhere: the page stays, and goes once the line is back
    expect(page.locator(".saved-failed")).to_be_visible()
    context.set_offline(False)
    with suppress(Error):  # where the first press is still waiting, the page leaves by itself
        steps.is_all_saved(page)
        steps.submit(page)
    page.wait_for_url("**/result")
    expect(page.locator(".verdict-ok")).to_be_visible()
    assert [row.read_at is not None for row in progress(site, who.enrolment_id)].count(True) == 1


def progress(site: Site, enrolment_id: int) -> list[LessonProgress]:
    with site.app.app_context():
        rows = db.session().query(LessonProgress).filter_by(enrolment_id=enrolment_id).all()
        db.session().expunge_all()
        db.end_reading()
    return rows


# The trainer -------------------------------------------------------------------------------------


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("size", "scripted"), WAYS)
def test_a_trainer_publishes_a_test_and_sees_how_it_went(
    site: Site,
    open_context: Callable[..., BrowserContext],
    trainer: str,
    taken_back: None,
    size: dict[str, int],
    scripted: bool,
) -> None:
    page = open_context(size=size, java_script_enabled=scripted).new_page()
    steps.sign_in(page, trainer)
    page.locator("main a[href$='/courses/os2']").first.click()
    page.locator("section.card:not(#start)").first.get_by_role(
        "link", name="Adăugați un test"
    ).click()
    if scripted:
        expect(page.locator("form.workshop[data-ready]")).to_be_attached()
    page.locator("input[name=title_ro]").fill("Despre asociații")
    page.locator("textarea[name=text]").fill(TWO)
    if not scripted:
        page.locator("button.no-js-only[value=preview]").click()
    expect(page.locator(".text-question")).to_have_count(2)
    if scripted:
        fits(page)
    page.get_by_role("button", name="Publicați testul").click()
    expect(page.locator(".notice-ok")).to_contain_text("publicat")
    quiz = page.url.split("?")[0].rsplit("/", 1)[0]

    learner = open_context(site.learner(), size, java_script_enabled=scripted).new_page()
    learner.goto(quiz)
    learner.locator("form[action$='/start'] button").click()
    if scripted:
        steps.is_ready(learner)
    learner.locator("label.option", has_text="trei").locator("input").check()
    learner.locator("label.option", has_text="Adevărat").locator("input").check()
    if scripted:
        steps.is_all_saved(learner)
    steps.submit(learner)
    expect(learner.locator(".verdict-ok")).to_contain_text("2 din 2")

    page.locator(".tabs a[href$='/attempts']").click()
    expect(page.locator("main table")).to_contain_text("100")
    if scripted:
        fits(page)


# The registrar -----------------------------------------------------------------------------------


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("size", "scripted"), WAYS)
def test_a_registrar_brings_a_list_in_finds_somebody_and_prints_the_letter(
    site: Site, open_context: Callable[..., BrowserContext], size: dict[str, int], scripted: bool
) -> None:
    page = open_context(size=size, java_script_enabled=scripted).new_page()
    steps.sign_in(page, site.registrar_name)
    page.locator("a[href$='/editions']").first.click()
    page.locator("main h2 a[href*='/editions/']").first.click()
    edition = page.url
    page.locator("main a[href$='/import']").first.click()
    family = f"Calea{size['width']}{'da' if scripted else 'nu'}"
    rows = f"Nume;Prenume;E-mail\n{family};Ana;\n{family};Ion;ion.{family.lower()}@example.org\n"
    file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("input[name=file]").set_input_files([file])
    page.locator("main form[enctype] button").click()
    page.locator("button[name=do][value=enrol]").click()
    page.wait_for_url(edition)
    page.locator("input[type=search]").first.fill(family)
    page.locator("input[type=search]").first.press("Enter")
    expect(page.locator("main th a[href*='/participants/']")).to_have_count(2)
    if scripted:
        fits(page)
    page.locator("main th a[href*='/participants/']").first.click()
    expect(page.locator("h1")).to_contain_text(family)
    with page.expect_download() as started:
        page.locator("form[action$='/letter'] button").click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
