"""No answer is ever lost: hours without a line, killed tabs, ended sign-ins, time that is up."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, expect

from bench.learner import PASSWORD
from lms import db
from lms.accounts.models import SignInSession
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.rules.merging import Standing
from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import faults

TYPED = "fieldset[data-item] input[type=text]"  # most papers have one, eight of ten are drawn


def attempt_of(page) -> int:
    return int(page.url.split("?")[0].rstrip("/").rsplit("/", 1)[1])


def versions(site, attempt_id: int) -> list[ResponseVersion]:
    with site.app.app_context():
        found = list(
            db.session().scalars(
                sa.select(ResponseVersion)
                .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
                .where(AttemptItem.attempt_id == attempt_id)
                .order_by(ResponseVersion.id)
            )
        )
        db.session().expunge_all()
        db.end_reading()
    return found


def end_sign_in(site, who) -> None:
    with site.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(SignInSession)
            .where(SignInSession.person_id == who.person_id)
            .values(expires_at=datetime.now(UTC) - timedelta(minutes=1))
        )


def test_five_minutes_without_a_line(site, open_context):
    context = open_context(site.learner())
    page = context.new_page()
    page.clock.install()
    steps.start_first_test(page)
    with site.app.app_context(), db.writing() as session:
        session.get_one(Attempt, attempt_of(page)).started_at -= timedelta(hours=1)
    context.set_offline(True)
    given = [steps.give(page, box) for box in steps.boxes(page)[:3]]
    page.clock.fast_forward(10_000)
    expect(page.locator(".saved-failed")).to_contain_text("Fără conexiune")
    page.clock.fast_forward(5 * 60_000)
    assert page.locator("form.exam").get_attribute("data-waiting") == "3"
    context.set_offline(False)
    page.clock.fast_forward(20_000)
    steps.is_all_saved(page)
    stored = versions(site, attempt_of(page))
    waited = [v.received_at - v.given_at for v in stored]
    assert [v.sequence for v in stored] == [1, 1, 1]
    assert min(waited) > timedelta(minutes=1)
    assert [v.given_at for v in stored] == sorted(v.given_at for v in stored)
    page.reload()
    for box, values in zip(steps.boxes(page), given, strict=False):
        assert steps.holds(box, values)


def test_a_tab_that_is_killed_offline_goes_on_where_it_stopped(site, open_context):
    context = open_context(site.learner())
    page = context.new_page()
    steps.start_first_test(page)
    address = page.url
    context.set_offline(True)
    values = steps.give(page, steps.boxes(page)[0])
    expect(page.locator(".saved-failed")).to_be_visible()
    stored = page.evaluate(
        """() => new Promise((done) => {
          const opening = indexedDB.open("atestat-answers", 1);
          opening.onsuccess = () => {
            const all = opening.result.transaction("waiting").objectStore("waiting").getAll();
            all.onsuccess = () => done(all.result.map(
              (r) => [r.id, new TextDecoder("latin1").decode(r.data)]));
          };
        })"""
    )
    assert len(stored) == 1
    for field in values:
        assert field not in stored[0][1], "what waits is readable for the next person"
    page.close()
    assert versions(site, int(address.rsplit("/", 1)[1])) == []
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    steps.is_all_saved(again)
    again.reload()
    assert steps.holds(steps.boxes(again)[0], values)


def test_another_person_at_the_same_computer_never_sends_what_waits(site, open_context):
    context = open_context(site.learner())
    page = context.new_page()
    steps.start_first_test(page)
    first = attempt_of(page)
    context.set_offline(True)
    steps.give(page, steps.boxes(page)[0])
    expect(page.locator(".saved-failed")).to_be_visible()
    page.close()
    context.set_offline(False)
    other = site.learner()
    context.add_cookies([{"name": "sid", "value": other.token, "url": site.serving.url}])
    page = context.new_page()
    steps.start_first_test(page)
    steps.give(page, steps.boxes(page)[1])
    steps.is_all_saved(page)
    assert len(versions(site, attempt_of(page))) == 1
    assert versions(site, first) == []


def test_a_sign_in_that_has_ended_asks_for_the_password_on_the_paper(site, open_context):
    who = site.learner()
    page = open_context(who, PHONE).new_page()
    steps.start_first_test(page)
    address = page.url
    end_sign_in(site, who)
    values = steps.give(page, steps.boxes(page)[0])
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[type=password]")).to_be_focused()
    assert faults(page) == []
    page.keyboard.type("nu e parola")
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-error]")).to_be_visible()
    dialog.locator("[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    steps.is_all_saved(page)
    assert page.url == address
    page.reload()
    assert steps.holds(steps.boxes(page)[0], values)


def test_signing_in_again_in_another_tab_is_noticed(site, open_context):
    who = site.learner()
    context = open_context(who)
    page = context.new_page()
    steps.start_first_test(page)
    end_sign_in(site, who)
    values = steps.give(page, steps.boxes(page)[0])
    expect(page.locator("dialog[open]")).to_be_visible()
    other = context.new_page()
    steps.sign_in(other, who.sign_in_name)
    other.wait_for_url("**/learn")
    steps.is_all_saved(page)
    page.reload()
    assert steps.holds(steps.boxes(page)[0], values)


def test_two_windows_answer_one_question_the_later_counts_and_both_hear_of_it(site, open_context):
    who = site.learner()
    first, second = open_context(who).new_page(), open_context(who).new_page()
    steps.start_first_test(first)
    second.goto(first.url)
    steps.is_ready(second)
    place, choices = two_choices(first)
    first.context.set_offline(True)
    pick(first, place, choices[0])
    expect(first.locator(".saved-failed")).to_be_visible()
    pick(second, place, choices[1])
    steps.is_all_saved(second)
    first.context.set_offline(False)
    steps.is_all_saved(first)
    expect(first.locator("[data-notice]")).to_contain_text("mai târziu în altă fereastră")
    expect(first.locator(f"[data-item] input[value='{choices[1]}']")).to_be_checked()
    stored = versions(site, attempt_of(first))
    assert [v.standing for v in stored] == [Standing.COUNTS, Standing.BESIDE]
    assert len({v.writer for v in stored}) == 2
    pick(second, place, choices[0])
    steps.is_all_saved(second)
    pick(first, place, choices[0])
    pick(first, place, choices[1])
    steps.is_all_saved(first)
    expect(first.locator("[data-notice]")).to_contain_text("dat mai târziu și contează")


def two_choices(page) -> tuple[int, list[str]]:
    for place, box in enumerate(steps.boxes(page)):
        found = box.locator("input[type=radio]").evaluate_all("all => all.map(e => e.value)")
        if len(found) > 2:
            return place, found
    raise AssertionError("no question with one answer of several")


def pick(page, place: int, value: str) -> None:
    steps.boxes(page)[place].locator(f"input[value='{value}']").check()


def test_answers_to_a_test_submitted_elsewhere_are_kept_and_said_not_to_count(site, open_context):
    who = site.learner()
    first, second = open_context(who).new_page(), open_context(who).new_page()
    steps.start_first_test(first)
    second.goto(first.url)
    steps.is_ready(second)
    second.context.set_offline(True)
    steps.give(second, steps.boxes(second)[0])
    expect(second.locator(".saved-failed")).to_be_visible()
    for box in steps.boxes(first)[1:]:
        steps.give(first, box)
    steps.is_all_saved(first)
    steps.submit(first)
    first.get_by_role("alert").locator("button[name=confirmed]").click()
    first.wait_for_url("**/result")
    second.context.set_offline(False)
    expect(second.locator("[data-notice]")).to_contain_text("nu contează")
    expect(second.locator("[data-notice] a")).to_be_visible()
    assert versions(site, attempt_of(second))[-1].standing is Standing.LATE
    second.reload()
    second.wait_for_url("**/result")
    first.go_back()
    first.wait_for_url("**/result")


def start_test_with_typing(site, open_context):
    """Start the test as one learner after another until the drawn paper asks for a number."""
    for _learner in range(10):
        page = open_context(site.learner()).new_page()
        steps.start_first_test(page)
        if page.locator(TYPED).count():
            return page
        page.context.close()
    raise AssertionError("the first test never asks for a number")


def test_typing_that_is_not_saved_yet_is_sent_when_the_time_is_up(site, open_context):
    page = start_test_with_typing(site, open_context)
    attempt_id = attempt_of(page)
    with site.app.app_context(), db.writing() as session:
        session.get_one(Attempt, attempt_id).due_at = datetime.now(UTC) + timedelta(seconds=20)
    page.reload()
    field = page.locator(TYPED).first
    field.press_sequentially("12", delay=50)
    for _key in range(80):  # on and on, so that nothing but the end itself sends the last keys
        if page.url.endswith("/result"):
            break
        with suppress(Error):  # the page leaves under the fingers
            field.press("7", timeout=1000)
        page.wait_for_timeout(300)
    page.wait_for_url("**/result")
    with site.app.app_context():
        due_at = db.session().get_one(Attempt, attempt_id).due_at
        db.end_reading()
    last = versions(site, attempt_id)[-1]
    assert last.standing is Standing.COUNTS
    assert abs(last.received_at - due_at) < timedelta(seconds=30)
    assert len(last.payload["text"]) > 20


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
def test_a_test_can_be_taken_with_the_keyboard_alone(site, open_context, scripted):
    page = open_context(site.learner(), java_script_enabled=scripted).new_page()
    steps.start_first_test(page, scripted=scripted)
    for box in steps.boxes(page):
        field = box.locator("input:not([type=hidden]), select").first
        field.focus()
        if field.evaluate("e => e.type") == "text":
            page.keyboard.type("1")
        elif field.evaluate("e => e.tagName") == "SELECT":
            for choice in box.locator("select").all():
                choice.focus()
                page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("Space")
    if scripted:
        steps.is_all_saved(page)
    attempt_id, asked = attempt_of(page), len(steps.boxes(page))
    page.locator(".exam-side button[type=submit]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert len({version.item_id for version in versions(site, attempt_id)}) == asked
