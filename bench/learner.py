"""A learner's way through the site, from the first link to the certificate."""

from __future__ import annotations

import re
import secrets
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from bench import answers
from bench.visitor import NotOffered, Page, Visitor

PASSWORD = "patru cai verzi pe pereti"
MOST_STEPS = 400  # lessons, tests and pages between them; a way that is longer leads nowhere


@dataclass(frozen=True)
class Code:
    """What a printed letter says."""

    sign_in_name: str
    code: str


@dataclass(frozen=True)
class Held:
    """A certificate as its holder has it."""

    pdf: bytes
    page_words: str


def enter(visitor: Visitor, entry: str | Code) -> Page:
    """Come in by the link of a mail or by a letter's code, choose a password, be welcomed."""
    if isinstance(entry, str):
        page = visitor.open(entry)
    else:
        page = visitor.open(visitor.open(visitor.url).link(to="/sign-in"))
        page = visitor.open(page.link(to="/code"))
        form = page.form(to="/code", having="code")
        page = visitor.submit(form, {"identifier": entry.sign_in_name, "code": entry.code})
    page = visitor.submit(page.form(having="password"), {"password": PASSWORD})
    for _screen in range(2):
        if page.path.startswith("/welcome"):  # staff are not led through these screens
            page = visitor.submit(page.form(to=page.path))
    return page


def sign_in(visitor: Visitor, name: str, password: str = PASSWORD) -> Page:
    """Sign in with a name and a password."""
    page = visitor.open(visitor.open(visitor.url).link(to="/sign-in"))
    form = page.form(to="/sign-in", having="password")
    return visitor.submit(form, {"identifier": name, "password": password})


def learn(visitor: Visitor, page: Page, *, saves_each: bool = True) -> Page:
    """Read every lesson and pass every test that the pages lead to; return the last page."""
    for _step in range(MOST_STEPS):
        if page.has_form(to="/read"):
            page = visitor.submit(page.form(to="/read"))
        elif page.has_form(to="/questionnaire"):
            page = give_opinion(visitor, page)
        elif page.has_form(to="/submit"):
            page = _sit(visitor, page, saves_each=saves_each)
        elif page.path.endswith("/result") or page.path == "/":
            page = visitor.open(page.link(to="/learn"))
        elif page.has_form(to="/start") and "secondary" not in _start_kind(page):
            page = visitor.submit(page.form(to="/start"))
        elif (step := _next_step(page)) is not None:
            page = visitor.open(step)
        elif page.path == "/learn":
            return page
        else:
            page = visitor.open(page.link(to="/learn"))
    raise AssertionError(f"the way does not end; it is at {page.url}")


def give_opinion(visitor: Visitor, page: Page) -> Page:
    """Answer the questionnaire: the best of each scale and choice, and no text."""
    form = page.form(to="/questionnaire")
    values: dict[str, str] = {}
    for box in form.element.xpath(".//input[@type='radio'][not(@value='')]"):
        values[box.get("name")] = box.get("value")
    return visitor.submit(form, values)


def take_first_test(visitor: Visitor, home: Page) -> Page:
    """Take the test before the first module; return one's home after it."""
    step = _next_step(home)
    assert step is not None
    page = visitor.open(step)
    _sit(visitor, visitor.submit(page.form(to="/start")), saves_each=False)
    return visitor.open("/learn")


def _start_kind(page: Page) -> str:
    button = page.form(to="/start").element.xpath(".//button")[0]
    return str(button.get("class", ""))


def _next_step(page: Page) -> str | None:
    """Return where the card „continue” leads, if the page has one that leads on in the course."""
    for link in page.tree.xpath("//section[contains(@class,'continue')]//a/@href"):
        if "/courses/" in link:
            return str(link)
    return None


def _sit(visitor: Visitor, paper: Page, *, saves_each: bool) -> Page:
    """Answer a paper: each answer saved as the page's script would, then everything submitted."""
    form = paper.form(to="/submit")
    values: dict[str, Any] = {}
    for fieldset in form.element.xpath(".//fieldset[@data-item]"):
        given = answers.answer(fieldset)
        values |= given
        if saves_each:
            said = save(visitor, form.element, fieldset.get("data-item"), given)
            assert "saved_at" in said, said
    return visitor.submit(form, values)


def save(visitor: Visitor, exam: Any, item: str, given: answers.Values) -> dict[str, Any]:
    """Save one answer as the page's script does; raise where it isn't acknowledged."""
    token = exam.xpath(".//input[@name='csrf_token']")[0].get("value")
    response = visitor.request(
        "POST",
        exam.get("data-save"),
        data={"item": item, "key": secrets.token_hex(8), **given},
        headers={"Accept": "application/json", "X-CSRF-Token": token},
    )
    response.raise_for_status()
    said: dict[str, Any] = response.json()
    return said


def fetch_certificate(visitor: Visitor, home: Page, *, patience: float = 90) -> Held:
    """Follow the pages to one's certificate and take its file; wait while it is being made."""
    deadline = time.monotonic() + patience
    while True:
        try:
            page = visitor.open(home.link(to="/certificates"))
            if not re.search(r"/certificates/\d+$", page.path):
                numbered = [h for _w, h in page.links() if re.search(r"/certificates/\d+$", h)]
                page = visitor.open(numbered[0]) if numbered else page
            file = visitor.request("GET", page.link(to="/pdf"))
            if file.status_code == 200:
                return Held(file.content, page.text)
        except NotOffered:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "no certificate came"
        time.sleep(1)
        home = visitor.open(home.link(to="/learn"))


def words_of_pdf(pdf: bytes) -> str:
    """Return the words of a PDF, in the order in which they stand on the page."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()
