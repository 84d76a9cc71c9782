"""A lesson written in a browser: by buttons, from Word, by two at once, and without a script."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import ContentItem, Lesson, LessonDraft
from lms.exchange import lesson_saving as saving
from tests.access.samples import make_picture
from tests.browser import steps
from tests.browser.conftest import DESK, PATIENCE, PHONE, Site, is_at

MODULE = "/courses/os2/8-monitorizare-si-propuneri"
LESSON = f"{MODULE}/8-3-dupa-finantare"
TABLE = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>
<p class=MsoNormal>Cine <b>ce</b> aduce:<o:p></o:p></p><table class=MsoTableGrid><tbody>
<tr><td><p>Cine</p></td><td><p>Ce</p></td></tr>
<tr><td><p>primăria</p></td><td><p>sala</p></td></tr></tbody></table></body></html>"""
# What is on the clipboard when a picture is copied: laid there and pasted as a browser does it.
PASTE = """([base64, type]) => {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], "image.png", { type }));
  const box = document.querySelector("textarea[name=body]");
  const how = { clipboardData: held, bubbles: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def text_of(site: Site) -> str:
    with site.app.app_context():
        source = db.session().scalars(sa.select(ContentItem.source).where(wanted())).one()
        db.end_reading()
    return source.decode()


def wanted() -> sa.ColumnElement[bool]:
    return ContentItem.path.endswith("8-3-dupa-finantare.md")


@pytest.fixture
def as_it_was(site: Site) -> Iterator[str]:
    """Give the lesson's text, and put it back: the other tests share the course."""
    before = text_of(site)
    yield before
    with site.app.app_context():
        lesson = db.session().scalars(sa.select(Lesson).filter_by(slug="8-3-dupa-finantare")).one()
        bench = saving.bench_of(lesson.id)
        read = saving.read_text(bench, before)
        by = (
            db.session()
            .scalars(sa.select(Person.id).filter_by(sign_in_name=site.registrar_name))
            .one()
        )
        db.end_reading()
        with db.writing() as session:
            saving.save_lesson(bench, read, base=bench.base, by=by, now=clock.now())
            session.execute(sa.delete(LessonDraft))


def opened(page: Page, address: str = f"{LESSON}/edit") -> Page:
    page.goto(address)
    is_ready(page)
    return page


def is_ready(page: Page) -> None:
    expect(page.locator("form[data-lesson-editor][data-ready]")).to_be_attached()


def is_kept(page: Page) -> None:
    """Wait until what stands in the form is a draft on the server."""
    expect(page.locator("form[data-lesson-editor][data-state=kept]")).to_be_attached()


def body(page: Page):
    return page.locator("textarea[name=body]")


def press(page: Page, name: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def choose(page: Page, words: str) -> None:
    """Mark words in the text."""
    body(page).evaluate(
        "(box, words) => { const at = box.value.indexOf(words); box.focus();"
        " box.setSelectionRange(at, at + words.length); }",
        words,
    )


@pytest.mark.timeout(300)
def test_a_lesson_is_written_kept_outdone_compared_brought_back_and_published(
    site: Site, trainers_page: Page, open_context: Callable[..., BrowserContext], as_it_was: str
) -> None:
    page, context = trainers_page, trainers_page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])

    # From the course to the text, and back by the keyboard.
    page.goto("/courses/os2")
    page.locator(f"main a[href='{LESSON}']").first.click()
    page.get_by_role("link", name="Modificați lecția").click()
    is_ready(page)

    # By buttons.
    body(page).fill("titlu\n\ncuvânt tare\n\nunu\ndoi\n\nlege\n")
    choose(page, "titlu")
    press(page, "Titlu")
    choose(page, "tare")
    press(page, "Aldin")
    choose(page, "unu\ndoi")
    press(page, "Listă")
    choose(page, "lege")
    press(page, "Legătură")
    page.keyboard.type("https://exemplu.ro/lege")
    expect(body(page)).to_have_value(
        "## titlu\n\ncuvânt **tare**\n\n- unu\n- doi\n\n[lege](https://exemplu.ro/lege)\n"
    )
    drawn = page.locator("[data-preview-box] .prose")
    expect(drawn.locator("h2")).to_have_text(["titlu"])
    expect(drawn.locator("strong")).to_have_text(["tare"])
    expect(drawn.locator("li")).to_have_count(2)
    expect(drawn.locator("a")).to_have_attribute("href", "https://exemplu.ro/lege")

    # From Word, and a picture.
    page.evaluate(
        """async (html) => navigator.clipboard.write([new ClipboardItem({
            "text/html": new Blob([html], { type: "text/html" }),
            "text/plain": new Blob(["Cine ce aduce"], { type: "text/plain" }),
        })])""",
        TABLE,
    )
    body(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+v")
    expect(drawn.locator("table td").first).to_have_text("primăria")
    expect(drawn.locator("table th").first).to_have_text("Cine")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    coded = base64.b64encode(make_picture("#225588")).decode()
    page.evaluate(PASTE, [coded, "image/png"])
    expect(page.locator(".text-faults")).to_contain_text("ce arată imaginea")  # asked for
    expect(page.locator("[data-kept-at]")).not_to_contain_text("Se citește")
    page.keyboard.type("harta satului nostru")  # where the words of the picture stand
    expect(drawn.locator("img")).to_have_attribute("alt", "harta satului nostru")
    is_kept(page)

    # The tab is closed; what was written is there again, for its writer alone.
    page.close()
    page = opened(context.new_page())
    expect(body(page)).to_have_value(_holding("harta satului nostru"))
    expect(page.locator(".notice-info")).to_contain_text("ciorna dumneavoastră")
    assert text_of(site) == as_it_was

    # Somebody else comes, is warned, and is first.
    other = open_context(size=PHONE).new_page()
    steps.sign_in(other, site.registrar_name)
    expect(other.locator(".site-nav")).to_be_visible()
    opened(other)
    expect(other.locator("[data-others]")).to_contain_text("Filip Formator")
    body(other).fill("Scris de celălalt.")
    other.get_by_role("button", name="Salvați lecția").click()
    expect(other.locator(".notice-ok")).to_contain_text("salvată")

    # Who saves second loses nothing, and sees what differs.
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".error-summary")).to_contain_text("Altcineva a salvat")
    expect(page.locator(".diff-theirs")).to_contain_text("Scris de celălalt.")
    is_ready(page)
    expect(body(page)).to_have_value(_holding("harta satului nostru"))
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".notice-ok")).to_contain_text("salvată")
    assert "harta satului nostru" in text_of(site)

    # As a learner sees it, and hidden for a while.
    is_ready(page)
    page.get_by_label("Ciornă: cursanții nu văd lecția").check()
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".notice-ok")).to_contain_text("ca ciornă")
    is_ready(page)
    page.get_by_label("Ciornă: cursanții nu văd lecția").uncheck()
    page.get_by_role("button", name="Vedeți ca un cursant").click()
    expect(page.locator("article.prose img")).to_be_visible()
    page.get_by_role("link", name="Înapoi în text").click()
    is_ready(page)
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".notice-ok")).to_contain_text("Cursanții o citesc")

    # What it was is there, word by word, and comes back.
    page.get_by_role("link", name="Istoric", exact=True).first.click()
    page.locator("tbody tr").last.locator("a").click()
    expect(page.locator("main h2")).to_contain_text("Ce s-a schimbat de atunci")
    expect(page.locator(".lesson-diff ins").first).to_be_visible()
    page.get_by_role("button", name="Aduceți înapoi această versiune").click()
    expect(page.locator(".notice-ok")).to_contain_text("adusă înapoi")
    assert text_of(site) == as_it_was


def _holding(words: str):
    return re.compile(re.escape(words))


def test_a_sign_in_that_ends_and_a_second_window_take_nothing(
    trainers_page: Page, as_it_was: str
) -> None:
    page, context = opened(trainers_page), trainers_page.context
    cookies = context.cookies()
    context.clear_cookies()
    body(page).fill("Scris după ce sesiunea s-a încheiat.")
    expect(page.locator("[data-kept-at]")).to_contain_text("Ați ieșit din cont")
    page.get_by_role("button", name="Salvați lecția").click()  # stays, and so does the text
    expect(body(page)).to_have_value("Scris după ce sesiunea s-a încheiat.")
    context.add_cookies(cookies)  # signed in again in another tab
    is_kept(page)

    second = opened(context.new_page())
    body(second).fill("Scris în a doua fereastră.")
    is_kept(second)
    body(page).press("End")
    page.keyboard.type(" Încă ceva.")
    expect(page.locator("[data-others]")).to_contain_text("în altă fereastră")
    page.locator("[data-others]").get_by_role("button", name="Ce diferă").click()
    expect(page.locator(".diff-theirs")).to_contain_text("a doua fereastră")
    is_ready(page)
    expect(body(page)).to_have_value("Scris după ce sesiunea s-a încheiat. Încă ceva.")
    second.close()


def test_the_buttons_are_reached_and_left_by_the_keyboard(
    trainers_page: Page, as_it_was: str
) -> None:
    page = opened(trainers_page)
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button").first.focus()
    for _times in range(2):
        page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Titlu", exact=True)).to_be_focused()
    body(page).fill("rând")
    bar.get_by_role("button", name="Titlu", exact=True).press("Enter")
    expect(body(page)).to_have_value("## rând")
    expect(body(page)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+i")
    expect(body(page)).to_have_value("*## rând*")
    page.keyboard.press("Control+z")
    expect(body(page)).to_have_value("## rând")
    page.keyboard.press("Control+s")
    expect(page.locator(".notice-ok, .error-summary")).to_be_visible()


@pytest.mark.timeout(300)
def test_without_a_script_a_lesson_is_written_too(
    site: Site, open_context: Callable[..., BrowserContext], trainer: str, as_it_was: str
) -> None:
    page = open_context(size=PHONE, java_script_enabled=False).new_page()
    steps.sign_in(page, trainer)
    expect(page.locator(".site-nav")).to_be_visible()
    page.goto(f"{LESSON}/edit")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    body(page).fill("## Fără script\n\nRând **tare**.")
    page.get_by_role("button", name="Previzualizați").click()
    expect(page.locator("[data-preview-box] strong")).to_have_text(["tare"])
    page.locator("input[name=file]").set_input_files(
        [{"name": "../../poza.png", "mimeType": "image/png", "buffer": make_picture("#885522")}]
    )
    page.get_by_role("button", name="Puneți-o la sfârșitul textului").click()
    expect(page.locator("[data-preview-box] img")).to_have_count(1)
    assert text_of(site) == as_it_was

    # What stands in the way is said at its place; nothing of the text is lost.
    written = body(page).input_value()
    body(page).fill(written + "\n\n[x](pagina.html)")
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".error-summary")).to_contain_text("pagina.html")
    body(page).fill(written)

    # The sign-in ends: the text is handed back, and the last draft waits.
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator("#body")).to_have_value(re.compile("Fără script"))
    page.context.add_cookies(cookies)
    page.get_by_role("link", name="Deschideți din nou lecția").click()
    body(page).fill(written)
    page.get_by_role("button", name="Salvați lecția").click()
    expect(page.locator(".notice-ok")).to_contain_text("salvată")
    page.goto(LESSON)
    expect(page.locator("article.prose")).to_contain_text("Fără script")
    assert is_at(page, LESSON)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
def test_pictures_are_added_seen_and_taken_out(
    site: Site, open_context: Callable[..., BrowserContext], trainer: str, size
) -> None:
    page = open_context(size=size).new_page()
    steps.sign_in(page, trainer)
    expect(page.locator(".site-nav")).to_be_visible()
    page.goto("/courses/os2/library")
    before = page.locator(".library > li").count()
    page.locator("#add-file").set_input_files(
        [
            {
                "name": "Harta Satului.png",
                "mimeType": "image/png",
                "buffer": make_picture("#117733"),
            },
            {
                "name": "pagina.svg",
                "mimeType": "image/svg+xml",
                "buffer": b"<html><script/></html>",
            },
        ]
    )
    page.get_by_role("button", name="Adăugați", exact=True).click()
    expect(page.locator(".notice-ok")).to_contain_text("harta-satului.png")
    expect(page.locator("main")).to_contain_text("pagina.svg")  # said that it was not taken
    expect(page.locator(".library > li")).to_have_count(before + 1)
    mine = page.locator(".library > li").filter(has_text="harta-satului.png")
    expect(mine).to_contain_text("nu apare nicăieri")
    mine.get_by_role("button", name="Scoateți").click()
    expect(page.locator(".library > li")).to_have_count(before, timeout=PATIENCE)
