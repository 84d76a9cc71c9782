"""The trainer's workshop in a browser: clicks and page loads counted from text to taken quiz."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from lms import db
from lms.quizzes.models import Quiz, QuizPlace
from tests.browser import steps
from tests.browser.conftest import DESK, PATIENCE, Site

TEN = "\n\n".join(
    f"{n}. Care este răspunsul al {n}-lea?\na) primul\n*b) al doilea ({n})\nc) al treilea"
    for n in range(1, 11)
)
MOST_CLICKS, MOST_LOADS = 5, 2
FLOWS = Path(__file__).parents[2] / "docs" / "workshop.md"
# Counted in the page itself, so that nothing that the test does escapes.
COUNTING = """
const more = (what) => sessionStorage.setItem(what, Number(sessionStorage.getItem(what) || 0) + 1);
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail) more("clicks");
}, true);
const filled = new Set();
addEventListener("input", (event) => {
  const isTyped = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  if (!event.isTrusted || !isTyped || filled.has(event.target)) return;
  filled.add(event.target);
  more("fields");
}, true);
"""


@pytest.fixture
def desk(site: Site, open_context: Callable[..., BrowserContext], trainer: str) -> Page:
    """A trainer's page, on the course, ready to be counted on."""
    context = open_context(size=DESK)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(COUNTING)
    page = context.new_page()
    steps.sign_in(page, trainer)
    expect(page.locator(".site-nav")).to_be_visible()
    page.goto("/courses/os2")
    return page


class Count:
    """Page loads from now on, clicks, and fields typed or pasted into."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.loads = 0
        page.evaluate("sessionStorage.clear()")
        page.on("load", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def _counted(self, what: str) -> int:
        return int(self.page.evaluate("what => sessionStorage.getItem(what) || 0", what))

    @property
    def clicks(self) -> int:
        """How often something was clicked."""
        return self._counted("clicks")

    def is_as_told(self, flow: str) -> None:
        """Compare with the row of the guide that tells how much this takes."""
        rows = [line.strip("| ").split(" | ") for line in FLOWS.read_text().splitlines()]
        told = next(row[1:4] for row in rows if row[0] == flow)
        counted = [self.clicks, self._counted("fields"), self.loads]
        assert counted == [int(number) for number in told], (flow, counted)


def copied(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def is_ready(page: Page) -> None:
    expect(page.locator("form.workshop[data-ready]")).to_be_attached()


def test_ten_questions_from_the_clipboard_to_a_published_quiz(
    site: Site, desk: Page, open_context: Callable[..., BrowserContext], taken_back: None
) -> None:
    copied(desk, TEN)
    count = Count(desk)
    desk.locator("section.card:not(#start)").first.get_by_role(
        "link", name="Adăugați un test"
    ).click()
    is_ready(desk)
    desk.keyboard.press("Control+v")
    expect(desk.locator(".text-question")).to_have_count(10)
    expect(desk.locator("[data-summary]")).to_have_text("10 întrebări")
    desk.get_by_role("button", name="Publicați testul").click()
    expect(desk.locator(".notice-ok")).to_contain_text("publicat")
    assert count.clicks <= MOST_CLICKS
    assert count.loads <= MOST_LOADS
    count.is_as_told("10 questions from pasted text to a published quiz")

    with site.app.app_context():
        slug = db.session().scalars(sa.select(Quiz.slug).order_by(Quiz.id.desc())).first()
        db.end_reading()
    learner = open_context(site.learner()).new_page()
    learner.goto(f"/courses/os2/quizzes/{slug}")
    learner.locator("form[action$='/start'] button").click()
    expect(learner.locator("form.exam")).to_be_visible()
    for box in steps.boxes(learner):
        box.locator("label.option", has_text="al doilea").locator("input").check()
    learner.locator(".exam-side button[type=submit]").first.click()
    expect(learner.locator(".verdict-ok")).to_contain_text("10 din 10", timeout=PATIENCE)


def test_a_hundred_and_twenty_questions_over_eight_modules_in_one_paste(
    site: Site, desk: Page, taken_back: None
) -> None:
    parts = []
    for module in range(1, 9):
        asked = "\n".join(
            f"{n}. Modulul {module}, întrebarea {n}?\na) una\nb) alta {n}\nc) a treia"
            for n in range(1, 16)
        )
        key = ", ".join(f"{n} b" for n in range(1, 16))
        parts.append(f"Modulul {module}\n\n{asked}\n\nRăspunsuri: {key}")
    copied(desk, "\n\n".join(parts))
    desk.goto("/courses/os2/quizzes")
    count = Count(desk)
    desk.get_by_role("link", name="Adăugați un test").click()
    is_ready(desk)
    desk.keyboard.press("Control+v")
    expect(desk.locator(".text-question")).to_have_count(120)
    expect(desk.locator(".text-target")).to_have_count(8)
    desk.get_by_role("button", name="Publicați testul").click()
    expect(desk.locator(".notice-ok")).to_contain_text("8 teste")
    count.is_as_told("120 questions over eight modules, pasted, to eight published quizzes")
    with site.app.app_context():
        made = db.session().execute(
            sa.select(Quiz.module_id).where(
                Quiz.place == QuizPlace.MODULE,
                Quiz.withdrawn_at.is_(None),
                Quiz.published_at.is_not(None),
                Quiz.position == 2,
            )
        )
        assert len({row[0] for row in made}) == 8
        db.end_reading()


def test_five_questions_by_their_form(desk: Page, taken_back: None) -> None:
    count = Count(desk)
    desk.locator("section.card:not(#start)").first.get_by_role(
        "link", name="Adăugați un test"
    ).click()
    is_ready(desk)
    for number in range(1, 6):
        desk.get_by_role("button", name="Un singur răspuns corect").click()
        expect(desk.locator("form.question-form[data-ready]")).to_be_attached()
        desk.keyboard.insert_text(f"Care este răspunsul al {number}-lea?")
        boxes = desk.locator("[data-row] textarea[id$='-text']")
        for place in range(4):
            boxes.nth(place).focus()  # Tab, without a mouse
            desk.keyboard.insert_text(f"răspunsul {number}.{place}")
            if place < 3 and boxes.count() == place + 1:
                desk.keyboard.press("Enter")  # one row more
        desk.locator("[data-row] input[type=radio]").nth(1).click()
        desk.get_by_role("button", name="Puneți în text").click()
        is_ready(desk)
        desk.wait_for_load_state("networkidle")  # the preview comes anew, and moves the buttons
    expect(desk.locator(".text-question")).to_have_count(5)
    desk.get_by_role("button", name="Publicați testul").click()
    expect(desk.locator(".notice-ok")).to_contain_text("publicat")
    count.is_as_told("5 questions with four answers each by their form, to a published quiz")


def test_what_is_unclear_is_cleared_up_beside_the_text(desk: Page) -> None:
    desk.goto("/courses/os2/new-quiz?module=nothing")
    is_ready(desk)
    box = desk.locator("textarea[name=text]")
    box.fill("1. Câți?\na) doi\nb) trei")
    desk.get_by_role("button", name="Acesta este corect (trei)").click()
    expect(box).to_have_value("1. Câți?\na) doi\n*b) trei")
    box.fill("1. Câți?\na) doi\n*b) doi\n")
    expect(desk.locator(".text-mirror .is-bad")).to_have_text("*b) doi")
    desk.locator(".text-faults a").first.click()
    assert desk.evaluate("getSelection().toString()") == "*b) doi"


def test_typing_survives_a_closed_tab_and_goes_once_it_is_saved(
    desk: Page, taken_back: None
) -> None:
    context = desk.context
    desk.locator("section.card:not(#start)").nth(1).get_by_role(
        "link", name="Adăugați un test"
    ).click()
    is_ready(desk)
    address = desk.url
    desk.locator("textarea[name=text]").fill("1. Câți?\na) doi\n*b) trei")
    expect(desk.locator("[data-kept-at]")).to_contain_text("Păstrat")
    desk.close()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("textarea[name=text]")).to_have_value("1. Câți?\na) doi\n*b) trei")
    expect(page.locator("[data-restored]")).to_be_visible()
    page.get_by_role("button", name="Publicați testul").click()
    expect(page.locator(".notice-ok")).to_be_visible()
    is_ready(page)
    page.goto(address)
    is_ready(page)
    expect(page.locator("textarea[name=text]")).to_have_value("")


def test_a_sign_in_that_ends_keeps_the_text_and_goes_on(site: Site, desk: Page, trainer) -> None:
    desk.goto("/courses/os2/new-quiz")
    is_ready(desk)
    cookies = desk.context.cookies()
    desk.context.clear_cookies()
    box = desk.locator("textarea[name=text]")
    box.fill("1. Câți?\na) doi\n*b) trei")
    expect(desk.locator("[data-kept-at]")).to_contain_text("Sesiunea s-a încheiat")
    expect(box).to_have_value("1. Câți?\na) doi\n*b) trei")
    desk.context.add_cookies(cookies)  # signed in again in another tab
    expect(desk.locator(".text-question")).to_have_count(1, timeout=PATIENCE)


def test_a_question_is_made_by_the_keyboard_alone(desk: Page) -> None:
    desk.goto("/courses/os2/new-quiz")
    is_ready(desk)
    desk.get_by_role("button", name="Mai multe răspunsuri corecte").press("Enter")
    expect(desk.locator("form.question-form[data-ready]")).to_be_attached()
    keyboard = desk.keyboard
    keyboard.type("Care?")
    boxes = desk.locator("[data-row] textarea[id$='-text']")
    boxes.first.focus()
    keyboard.type("una")
    keyboard.press("Enter")
    keyboard.type("doua")
    expect(boxes.nth(1)).to_have_value("doua")
    keyboard.press("Alt+ArrowUp")
    expect(boxes.first).to_have_value("doua")
    for number in (0, 1):
        desk.locator("[data-row] input[type=checkbox]").nth(number).press("Space")
    shares = desk.locator("[data-row] input[id$='-percent']")
    shares.first.fill("30")
    expect(desk.locator("[data-sum]")).to_contain_text("30")
    desk.get_by_role("button", name="Împărțiți egal").press("Enter")
    expect(shares.first).to_have_value("50")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("textarea[name=text]")).to_have_value("Care? {\n~%50%doua\n~%50%una\n}\n")


def test_what_word_lays_on_the_clipboard_keeps_its_marks(desk: Page) -> None:
    desk.goto("/courses/os2/new-quiz")
    is_ready(desk)
    html = "<ol><li>Câți?<ol type='a'><li>doi</li><li><b>trei</b></li></ol></li></ol>"
    desk.evaluate(
        """async ([html, plain]) => navigator.clipboard.write([new ClipboardItem({
            "text/html": new Blob([html], { type: "text/html" }),
            "text/plain": new Blob([plain], { type: "text/plain" }),
        })])""",
        [html, "Câți? doi trei"],
    )
    desk.locator("textarea[name=text]").focus()
    desk.keyboard.press("Control+v")
    box = desk.locator("textarea[name=text]")
    expect(box).to_have_value("1. Câți?\na) doi\n*b) trei\n", timeout=PATIENCE)
    expect(desk.locator(".text-question .is-right")).to_contain_text("trei", timeout=PATIENCE)


def test_whole_questions_stand_by_themselves_wherever_the_cursor_is(
    desk: Page, tmp_path: Path
) -> None:
    first, second = "1. Câți?\na) doi\n*b) trei", "::M2::Unde? {=aici ~acolo}"
    desk.goto("/courses/os2/new-quiz")
    is_ready(desk)
    box, added = desk.locator("textarea[name=text]"), desk.locator("[data-added]")
    box.fill(second)
    box.evaluate("box => box.setSelectionRange(0, 0)")  # where nobody has put it
    file = tmp_path / "una.txt"
    file.write_text(first, encoding="utf-8")
    desk.locator("input[type=file]").set_input_files(file)
    expect(box).to_have_value(f"{second}\n\n{first}\n")
    expect(added).to_have_text("1 întrebare adăugată la sfârșit, încă nesalvată.")
    expect(desk.locator(".text-question")).to_have_count(2)

    copied(desk, "7. Când?\na) azi\n*b) mâine")
    box.click(position={"x": 120, "y": 20})  # inside the first question
    desk.keyboard.press("Control+v")
    third = "7. Când?\na) azi\n*b) mâine"
    expect(box).to_have_value(f"{second}\n\n{third}\n\n{first}\n")
    expect(added).to_have_text("1 întrebare adăugată la rândul 3, încă nesalvată.")
    desk.keyboard.press("Control+z")
    expect(box).to_have_value(f"{second}\n\n{first}\n")

    copied(desk, "și când")
    box.evaluate("box => box.setSelectionRange(10, 10)")
    desk.keyboard.press("Control+v")  # a few words go where the cursor is
    expect(box).to_have_value(f"{second[:10]}și când{second[10:]}\n\n{first}\n")


def test_a_question_put_into_the_text_is_where_one_stands(desk: Page) -> None:
    desk.goto("/courses/os2/new-quiz")
    is_ready(desk)
    help_box = desk.locator(".text-help")
    help_box.locator("summary").click()
    expect(help_box).to_have_attribute("open", "")
    box = desk.locator("textarea[name=text]")
    box.click(position={"x": 60, "y": 200})
    expect(help_box).not_to_have_attribute("open", "")
    box.fill(TEN)
    desk.get_by_role("button", name="Modificați întrebarea 9 în formular").click()
    expect(desk.locator("form.question-form[data-ready]")).to_be_attached()
    desk.get_by_role("button", name="Puneți în text").click()
    is_ready(desk)
    expect(desk.locator("[data-added]")).to_have_text("Pusă în text, încă nesalvată.")
    assert "al 9-lea" in box.evaluate(
        "box => box.value.slice(box.selectionStart, box.selectionStart + 200)"
    )
