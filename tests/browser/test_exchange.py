"""Questions come into a quiz from a file, looked at first; they go out as files; and back."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lms.quizzes.exchange.formats import Format, read_questions
from tests.browser import steps

OWN = """\
1. Câți membri are o asociație?
a) doi
*b) trei

2. Cine semnează?
*a) directorul
b) nimeni
"""
FILE = """\
::nou-1:: Unde se depune cererea? {=la registratură ~la poartă}

::nou-2:: Cine verifică dosarul? {=comisia ~vecinul}

::stricat:: Cât costă? {=zece lei ~doi lei

::nou-3:: În câte zile? {#30}
"""


def stems(page: Page, quiz: str) -> int:
    """Count the questions of a quiz on the page that edits them."""
    page.goto(f"{quiz}/questions")
    shown = page.locator(".text-question")
    expect(shown.first).to_be_visible()
    return shown.count()


def exported(page: Page, quiz: str, form: Format, *, keeps_out: bool = False) -> bytes:
    """Download the quiz's questions in a format, by its button.

    Where it keeps some out, they are named first.
    """
    page.goto(f"{quiz}/exchange")
    link = page.locator(f"a[href$='/exchange/file/{form.value}']")
    if keeps_out:
        link.click()
        link = page.get_by_role("link", name="Descărcați ce")
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.timeout(300)
def test_good_questions_of_a_file_come_in_go_out_and_are_taken_back(trainers_page, taken_back):
    page = trainers_page
    quiz = steps.publish(page, OWN, "Schimb de întrebări")
    assert stems(page, quiz) == 2
    page.get_by_role("link", name="Import și export").click()
    file = {"name": "intrebari.gift", "mimeType": "text/plain", "buffer": FILE.encode()}
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Vedeți ce conține").click()

    expect(page.locator(".big-number")).to_have_text("3 întrebări de preluat")
    expect(page.get_by_text("Nu s-a schimbat încă nimic")).to_be_visible()
    broken = page.locator("tr", has_text="Linia 5")
    expect(broken.locator("input[name=question]")).to_have_count(0)
    looked_at = page.url
    assert stems(page, quiz) == 2  # looking changes nothing

    page.goto(looked_at)
    page.locator("tr", has_text="Cine verifică dosarul?").locator("input[name=question]").uncheck()
    page.locator("input[name=as_drafts]").uncheck()
    page.get_by_role("button", name="Preluați întrebările bifate").click()
    expect(page.locator(".notice-ok")).to_contain_text("2 întrebări au fost preluate.")
    assert stems(page, quiz) == 4

    for form in (Format.GIFT, Format.MOODLE_XML):
        found = list(read_questions(exported(page, quiz, form), f"x.{form.value}").questions)
        words = " ".join(each.question.stem for each in found if each.question)
        assert len(found) == 4
        assert "Unde se depune cererea?" in words
        assert "Cine verifică dosarul?" not in words
    assert (
        "word/document.xml"
        in zipfile.ZipFile(BytesIO(exported(page, quiz, Format.DOCX, keeps_out=True))).namelist()
    )

    page.goto(f"{quiz}/exchange")
    page.get_by_role("link", name="Retrageți importul").click()
    expect(page.locator(".big-number")).to_have_text("2 întrebări se retrag")
    page.get_by_role("button", name="Retrageți importul").click()
    expect(page.locator(".notice-ok")).to_contain_text("2 întrebări au fost retrase.")
    expect(page.get_by_text("retras", exact=False).first).to_be_visible()
    assert stems(page, quiz) == 2
