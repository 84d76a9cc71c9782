"""The question bank as a trainer works in it: by mouse, and once with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from lms import clock, db
from lms.quizzes.models import Question, QuestionState
from tests.browser import steps
from tests.browser.conftest import Site
from tests.browser.test_accessibility import faults

BANK = "/courses/os2/bank"
MOST_TABS = 250
WRITTEN = """$CATEGORY: Harta băncii/Gară

// [tag:busolă]
1. Încotro arată acul busolei din gara Zvârlești?
a) spre apus
*b) spre nord

// [tag:busolă]
2. Câte linii are gara Zvârlești?
a) două
*b) trei

3. Cine ridică bariera din Zvârlești?
*a) cantonierul
b) nimeni

4. Cine ridică bariera din Zvârlești?
*a) cantonierul
b) nimeni
"""
OWN = "1. Unde este scris mersul trenurilor din Zvârlești?\n*a) pe perete\nb) pe tavan\n"


@pytest.fixture
def cleared(site: Site, taken_back: None) -> Iterator[None]:
    """Put the questions that a test adds out of use: the other tests share the bank."""
    with site.app.app_context():
        before = set(db.session().scalars(sa.select(Question.id)))
        db.end_reading()
    yield
    with site.app.app_context(), db.writing() as session:
        for row in session.scalars(sa.select(Question).where(Question.id.not_in(before))):
            row.state, row.quiz_id, row.changed_at = QuestionState.RETIRED, None, clock.now()


def lines(page: Page, *words: str) -> None:
    """Wait until the list shows these questions and no others, in any order."""
    rows = page.locator(".bank-table tbody tr")
    expect(rows).to_have_count(len(words))
    for each in words:
        expect(rows.filter(has_text=each)).to_have_count(1)


def write(page: Page, text: str, button: str) -> None:
    page.goto(f"{BANK}/text")
    expect(page.locator("form.workshop[data-ready]")).to_be_attached()
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name=button).click()
    expect(page.locator(".notice-ok")).to_be_visible()


def line(page: Page, words: str) -> Locator:
    return page.locator(".bank-table tbody tr", has_text=words)


def narrowed(page: Page, **values: str) -> None:
    """Choose filters as a trainer does, and ask for the list."""
    form = page.locator("form.bank-filters")
    fold = form.locator("details")
    if set(values) - {"text", "category"} and fold.get_attribute("open") is None:
        fold.locator("summary").click()
    for name, value in values.items():
        field = form.locator(f"[name={name}]")
        if name == "text":
            field.fill(value)
        else:
            field.select_option(value)
    form.locator("button").click()
    page.wait_for_url(re.compile(r"[?&]" + next(iter(values)) + "="))


@pytest.mark.timeout(400)
def test_a_trainer_finds_mends_tries_and_orders_questions(trainers_page, cleared):
    page = trainers_page
    quiz = steps.publish(page, OWN, "Testul gării")
    write(page, WRITTEN, "Salvați ca ciorne")

    # Found by words, category, tag and state.
    page.goto(BANK)
    narrowed(page, text="zvarlesti", category="Harta băncii")
    expect(page.locator(".bank-table tbody tr")).to_have_count(4)
    narrowed(page, tag="busolă", status="draft")
    lines(page, "Încotro arată", "Câte linii")
    narrowed(page, status="ready")
    expect(page.get_by_text("Nicio întrebare nu se potrivește")).to_be_visible()
    found = faults(page)
    page.get_by_role("link", name="Afișați tot").first.click()
    narrowed(page, tag="busolă")
    lines(page, "Încotro arată", "Câte linii")
    found += faults(page)

    # Two at once into another category.
    for words in ("Încotro arată", "Câte linii"):
        line(page, words).locator("input[data-tick]").check()
    bar = page.locator("[data-bulkbar]")
    bar.locator("select[name=do]").select_option("move")
    bar.locator("input[name=category]").fill("Harta băncii/Peron")
    bar.locator("button").click()
    expect(page.locator(".notice-ok")).to_contain_text("2 întrebări")
    expect(page.locator(".bank-table").get_by_text("Harta băncii › Peron")).to_have_count(2)

    # One is opened, mended twice, compared and brought back.
    line(page, "Câte linii").locator("a").first.click()
    question = page.url.split("?")[0]
    found += faults(page)
    for number in ("patru", "cinci"):
        page.goto(question)
        page.locator(".bank-acts a").first.click()
        expect(page.locator("form.workshop[data-ready]")).to_be_attached()
        box = page.locator("textarea[name=text]")
        box.fill(re.sub("trei|patru", number, box.input_value()))
        page.locator("button[name=do][value=save]").click()
        expect(page.locator(".notice-ok")).to_be_visible()
    page.goto(f"{question}/versions")
    changes = page.locator("#differences")
    expect(changes.locator("del").first).to_contain_text("patru")
    expect(changes.locator("ins").first).to_contain_text("cinci")
    found += faults(page)
    page.get_by_role("link", name="Readuceți…").last.click()
    expect(page.locator("main ins").first).to_contain_text("trei")
    found += faults(page)
    page.locator("main form button.button-primary").click()
    expect(page.locator(".notice-ok")).to_be_visible()
    page.goto(question)
    expect(page.locator(".text-options .is-right")).to_contain_text("trei")

    # Tried out: a wrong answer and a right one.
    page.goto(f"{question}/try")
    for words, said in (("două", ".state-bad"), ("trei", ".state-ok")):
        page.locator("label.option", has_text=words).click()
        page.locator("form.bench button").click()
        expect(page.locator(f"#result > p {said}")).to_be_visible()
    found += faults(page)

    # Looked over: a comment, and ready.
    page.goto(question)
    page.locator("#comments ~ form textarea, .bank-comments textarea").fill("Am numărat liniile.")
    page.locator(".bank-comments form:has(textarea) button").click()
    expect(page.locator(".bank-said")).to_have_text("Am numărat liniile.")
    page.locator("button[name=do][value=ready]").click()
    expect(page.locator("dl.facts .state-info")).to_be_visible()

    # Into a test, which stays with the first version.
    page.locator("select[name=quiz]").select_option(label="Testul gării")
    page.locator("form:has(select[name=quiz]) button").click()
    expect(page.locator("dl.facts").get_by_role("link", name="Testul gării")).to_be_visible()
    page.goto(f"{question}/versions")
    page.locator("select[name=version]").select_option("1")
    page.locator(".bank-asks button").click()
    expect(page.locator(".notice-ok")).to_contain_text("rămâne la versiunea 1")
    page.goto(f"{quiz}/questions")
    expect(page.locator(".text-question", has_text="Câte linii")).to_contain_text("versiunea 1")

    # A double is found and made one.
    page.goto(f"{BANK}/doubles")
    pair = page.locator("section.double", has_text="bariera din Zvârlești")
    expect(pair).to_have_count(1)
    found += faults(page)
    pair.get_by_role("link", name="Păstrați").first.click()
    found += faults(page)
    page.locator("form.double-acts button").click()
    expect(page.locator(".notice-ok")).to_be_visible()
    expect(pair).to_have_count(0)
    assert found == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus, as who has no mouse does."""
    wanted.wait_for()
    for _press in range(MOST_TABS):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("no Tab leads there")


def chosen(page: Page, field: Locator, letters: str) -> None:
    """Choose an option by its first letters."""
    tab_to(page, field)
    page.keyboard.type(letters)


def pressed(page: Page, button: Locator) -> None:
    tab_to(page, button)
    page.keyboard.press("Enter")


@pytest.mark.timeout(400)
def test_the_bank_is_worked_in_with_the_keyboard_alone(trainers_page, cleared):
    page = trainers_page
    page.goto(f"{BANK}/text")
    expect(page.locator("form.workshop[data-ready]")).to_be_attached()
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.insert_text(WRITTEN)
    pressed(page, page.locator("button[name=do][value=save]"))
    expect(page.locator(".notice-ok")).to_be_visible()

    page.goto(BANK)
    words = page.locator("form.bank-filters [name=text]")
    tab_to(page, words)
    page.keyboard.type("zvarlesti")
    page.keyboard.press("Enter")
    expect(page.locator(".bank-table tbody tr")).to_have_count(4)
    for each in ("Încotro arată", "Câte linii"):
        tab_to(page, line(page, each).locator("input[data-tick]"))
        page.keyboard.press("Space")
        expect(line(page, each).locator("input[data-tick]")).to_be_checked()
    bar = page.locator("[data-bulkbar]")
    chosen(page, bar.locator("select[name=do]"), "Mutați")
    category = bar.locator("input[name=category]")
    tab_to(page, category)
    page.keyboard.type("Harta băncii/Peron")
    pressed(page, bar.locator("button"))
    expect(page.locator(".notice-ok")).to_contain_text("2 întrebări")

    pressed(page, line(page, "Câte linii").locator("a").first)
    tab_to(page, page.locator(".bank-comments textarea"))
    page.keyboard.type("Am numărat liniile.")
    pressed(page, page.locator(".bank-comments form:has(textarea) button"))
    expect(page.locator(".bank-said")).to_have_text("Am numărat liniile.")
    pressed(page, page.locator("button[name=do][value=ready]"))
    expect(page.locator("dl.facts .state-info")).to_be_visible()
    pressed(page, page.locator(".tabs a[href$='/try']"))
    tab_to(page, page.locator("form.bench label.option input").first)
    page.keyboard.press("ArrowDown")
    pressed(page, page.locator("form.bench button"))
    expect(page.locator("#result > p .state-ok")).to_be_visible()

    page.goto(f"{BANK}/doubles")
    pair = page.locator("section.double", has_text="bariera din Zvârlești")
    pressed(page, pair.locator("button[value=alternatives]"))
    expect(page.locator(".notice-ok")).to_contain_text("rămân amândouă")
    expect(pair).to_have_count(0)
