"""The reader: marks and notes, figures, reading offline, and two people at one computer."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from lms import db
from lms.accounts.models import SignInSession
from lms.courses.models import LessonNote, LessonProgress
from tests.browser import steps
from tests.browser.conftest import DESK, SIZES
from tests.browser.test_accessibility import faults

MODULE = "/courses/os2/1-parteneriatul-social"
LESSON = f"{MODULE}/1-1-ce-numim-parteneriat"
NEXT = f"{MODULE}/1-2-de-ce-esueaza-si-de-ce-reusesc"
WITH_FIGURE = f"{MODULE}/1-3-scara-participarii"
LIST = "/courses/kept"


def select_words(page: Page) -> str:
    """Select what stands in the lesson's second paragraph; return it as it reads."""
    return page.evaluate(
        """() => {
          const paragraph = document.querySelectorAll("article.prose > p")[1];
          const range = document.createRange();
          range.selectNodeContents(paragraph);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          paragraph.scrollIntoView({ block: "center" });
          return paragraph.textContent.replace(/\\s+/g, " ").trim();
        }"""
    )


def marked(page: Page) -> str:
    texts = page.locator("mark[data-note]").all_text_contents()
    return " ".join("".join(texts).split())


def held(site, model, who_column, number):
    with site.app.app_context():
        found = db.session().scalars(sa.select(model).where(who_column == number)).all()
        db.session().expunge_all()
        db.end_reading()
    return found


@pytest.mark.parametrize("size", SIZES)
def test_words_are_marked_and_found_again(site, open_context, size):
    page = open_context(site.learner(), size).new_page()
    page.goto(LESSON)
    words = select_words(page)
    page.locator(".select-tools button").first.click()
    expect(page.locator("mark[data-note]").first).to_be_visible()
    assert marked(page) == words
    expect(page.locator(".my-notes blockquote")).to_have_text(words)
    page.reload()
    expect(page.locator("mark[data-note]").first).to_be_visible()
    assert marked(page) == words
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert faults(page) == []


def test_words_that_are_gone_say_so_and_others_move_along(site, open_context):
    who = site.learner()
    page = open_context(who).new_page()
    page.goto(LESSON)
    select_words(page)
    page.locator(".select-tools button").first.click()
    expect(page.locator("mark[data-note]").first).to_be_visible()
    with site.app.app_context(), db.writing() as session:
        note = session.scalars(
            sa.select(LessonNote).where(LessonNote.person_id == who.person_id)
        ).one()
        note.quote = "cuvinte care nu stau nicăieri"
    page.reload()
    expect(page.locator(".note-gone")).to_be_visible()
    expect(page.locator("mark[data-note]")).to_have_count(0)


def test_a_figure_opens_and_closes_with_the_keyboard(site, open_context):
    page = open_context(site.learner()).new_page()
    page.goto(WITH_FIGURE)
    link = page.locator("a.enlarge").first
    expect(page.locator("html.js")).to_be_attached()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.figure-dialog[open]")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog.figure-dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_without_scripts_notes_are_written_and_figures_open(site, open_context):
    page = open_context(site.learner(), java_script_enabled=False).new_page()
    page.goto(WITH_FIGURE)
    page.locator(".reader-more summary").click()
    page.locator("#note-text").fill("De întrebat.")
    page.locator(".note-form button[type=submit], .note-form button:not([type])").first.click()
    expect(page.locator(".my-notes .note-words")).to_have_text("De întrebat.")
    page.locator("a.enlarge").first.click()
    assert "/figures/" in page.url


def keep_module(page: Page) -> None:
    page.goto(LESSON)
    page.locator(".reader-more summary").click()
    page.locator("[data-keep-module]").click()
    expect(page.locator("[data-keep-module]")).to_be_hidden()
    expect(page.locator("[data-keep-lesson]")).to_be_hidden()
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def kept_names(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def test_a_module_is_read_without_a_line_and_told_later(site, open_context):
    who = site.learner()
    context = open_context(who)
    page = context.new_page()
    keep_module(page)
    context.set_offline(True)
    page.goto(LESSON)
    expect(page.locator(".reading-status")).not_to_be_empty()
    page.locator("form[action$='/read'] button").click()
    page.wait_for_url(f"**{NEXT}")
    expect(page.locator("h1")).to_be_visible()
    page.goto("/learn")  # not kept: the list of what is
    expect(page.locator(".kept-list a")).to_have_count(5)
    page.goto(f"{MODULE}/quizzes/nimic".replace("/1-parteneriatul-social", ""))
    expect(page.locator(".kept-list a")).to_have_count(5)  # never an old test
    progress = held(site, LessonProgress, LessonProgress.enrolment_id, who.enrolment_id)
    assert all(row.read_at is None for row in progress)
    context.set_offline(False)
    with page.expect_response(lambda r: r.url.endswith("/offline-reading") and r.ok):
        page.goto("/learn")
    page.wait_for_function("() => localStorage.getItem('atestat-reading') === null")
    progress = held(site, LessonProgress, LessonProgress.enrolment_id, who.enrolment_id)
    assert [row.read_at is not None for row in progress].count(True) == 1
    page.goto(LIST)
    assert faults(page) == []
    page.locator("[data-remove-kept]").click()
    expect(page.locator(".kept-list")).to_have_count(0)
    assert kept_names(page) == []


def test_who_signs_in_next_finds_nothing_of_it(site, open_context):
    first, second = site.learner(), site.learner()
    context = open_context(first)
    page = context.new_page()
    keep_module(page)
    assert len(kept_names(page)) == 1
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_function("async () => (await caches.keys()).length === 0")
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistrations()).length === 0"
    )
    keep_again = context.new_page()
    context.add_cookies([{"name": "sid", "value": second.token, "url": site.serving.url}])
    keep_module(keep_again)
    (mine,) = kept_names(keep_again)
    with site.app.app_context(), db.writing() as session:  # another sign-in, nobody signed out
        session.execute(
            sa.update(SignInSession)
            .where(SignInSession.person_id == second.person_id)
            .values(is_own_device=False)
        )
    keep_again.goto("/learn")
    keep_again.wait_for_function("async () => (await caches.keys()).length === 0")
    assert mine not in kept_names(keep_again)


def waiting_records(page: Page) -> int:
    return page.evaluate(
        """() => new Promise((done) => {
          const opening = indexedDB.open("atestat-answers", 1);
          opening.onupgradeneeded = () =>
            opening.result.createObjectStore("waiting", { keyPath: "id" });
          opening.onsuccess = () => {
            const all = opening.result.transaction("waiting").objectStore("waiting").getAll();
            all.onsuccess = () => {
              opening.result.close();
              done(all.result.length);
            };
          };
        })"""
    )


def test_two_people_at_one_computer_never_get_each_other_s_answers(site, open_context):
    first, second = site.learner(), site.learner()
    context = open_context(first)
    page = context.new_page()
    steps.start_first_test(page)
    paper = page.url
    context.set_offline(True)
    box = steps.boxes(page)[0]
    given = steps.give(page, box)
    page.wait_for_function("() => document.querySelector('form.exam').dataset.waiting !== '0'")
    page.wait_for_function(
        """async () => {
          const names = (await indexedDB.databases()).map((d) => d.name);
          return names.includes("atestat-answers");
        }"""
    )
    page.close()
    context.set_offline(False)

    other = context.new_page()
    context.add_cookies([{"name": "sid", "value": second.token, "url": site.serving.url}])
    sent: list[str] = []
    other.on("request", lambda r: r.method == "POST" and sent.append(r.url))
    steps.start_first_test(other)
    assert other.url != paper
    expect(other.locator("form.exam[data-waiting='0']")).to_be_visible()
    expect(other.locator("form.exam input:checked")).to_have_count(0)
    assert [u for u in sent if u.endswith("/answers")] == []
    other.goto(paper)
    expect(other.locator("form.exam")).to_have_count(0)  # not theirs
    other.goto("/learn")
    other.locator("form[action$='/sign-out'] button").click()
    expect(other.locator("a[href*='/sign-in']").first).to_be_visible()
    assert waiting_records(other) == 1  # locked, and still there
    other.close()

    context.add_cookies([{"name": "sid", "value": first.token, "url": site.serving.url}])
    again = context.new_page()
    again.goto(paper)
    steps.is_all_saved(again)
    assert steps.holds(steps.boxes(again)[0], given)


def test_a_shared_computer_left_alone_asks_and_then_signs_out(site, open_context):
    who = site.learner()
    with site.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(SignInSession)
            .where(SignInSession.person_id == who.person_id)
            .values(is_own_device=False)
        )
    page = open_context(who, DESK).new_page()
    page.clock.install()
    page.goto("/learn")
    page.clock.run_for(31_000)
    page.wait_for_function("() => document.getElementById('idle').dataset.ready === 'yes'")
    page.clock.run_for(28 * 60_000)
    dialog = page.locator("dialog[aria-labelledby=idle-ask]")
    expect(dialog).to_be_visible()
    dialog.locator("button").click()
    expect(dialog).to_have_count(0)
    page.clock.run_for(31 * 60_000)
    expect(page.locator("a[href*='/sign-in']").first).to_be_visible()
    page.goto("/learn")
    assert "/sign-in" in page.url
