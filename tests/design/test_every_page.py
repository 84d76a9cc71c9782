"""No page has a fault that axe can find: every GET route of the table of permissions is opened.

The pages are drawn in this process and handed to Chromium, so that no server is needed. Each page
is looked at in one of the eight combinations of width, theme and language here; all of them on a
filled site: `python -m bench.gallery --axe`.
"""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Iterator
from itertools import product
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, sync_playwright

from lms.web.templating import STATIC
from tests.access.asking import SUBJECTS, address
from tests.access.conftest import world  # noqa: F401 -- the world of the table of permissions
from tests.access.table import Row, read_table
from tests.access.world import World

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(900)]

SITE = "http://site.test"
LOOKS = list(product((360, 1280), ("light", "dark"), ("ro", "en")))
# Whose page shows most, first; a learner's own pages are theirs.
PERSONS = ("learner", "owner", "registrar", "trainer", "anonymous")
PARTS = 4  # so that two processes share the work
# A small screen of 4:3, a desk at 400 %, and letters twice as large at a desk: width, their size.
TIGHT = ((1024, ""), (320, ""), (1280, "200%"))
STICKS_OUT = """() => {
  const edge = document.documentElement.clientWidth;
  const hidden = (e) =>
    e && (getComputedStyle(e).overflowX !== "visible" || hidden(e.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > edge + 1 && !hidden(e.parentElement))
    .map((e) => e.outerHTML.slice(0, 120))[0] || "";
}"""
VIOLATIONS_ALONE = {"resultTypes": ["violations"]}


class Screen:
    """A browser that asks an application in this process instead of a network."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.client: FlaskClient | None = None
        self.foreign: list[str] = []
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != SITE:
            self.foreign.append(route.request.url)
            route.abort()
        elif url.path.startswith("/static/"):
            file = STATIC / url.path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            assert self.client is not None
            answer = self.client.get(f"{url.path}?{url.query}" if url.query else url.path)
            headers = {k: v for k, v in answer.headers if k != "Content-Length"}
            route.fulfill(status=answer.status_code, body=answer.data, headers=headers)


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        context = browser.new_context(base_url=SITE, reduced_motion="reduce")
        yield Screen(context.new_page())
        browser.close()


def rows_of(part: int) -> list[tuple[int, Row]]:
    """One row of every GET route, and its place."""
    rows = list({r.endpoint: r for r in reversed(read_table()) if r.method == "GET"}.values())
    return [(n, row) for n, row in enumerate(rows) if n % PARTS == part]


def whose(number: int, row: Row) -> str:
    """A learner here, one of the office there: where both are answered they take turns."""
    answered = [p for p in PERSONS if row.answers.get(p) in ("yes", "own")][:2]
    return answered[number // PARTS % len(answered)] if answered else ""


def too_wide(page: Page) -> Iterator[str]:
    """Say where the page as it stands would have to be scrolled sideways."""
    for width, letters in TIGHT:
        page.set_viewport_size({"width": width, "height": 768})
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            size = f" with letters of {letters}" if letters else ""
            yield f"{wide} px wide at {width}{size}: {page.evaluate(STICKS_OUT)}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_fault(world: World, screen: Screen, part: int) -> None:  # noqa: F811
    faults, opened = [], 0
    for number, row in rows_of(part):
        person = whose(number, row)
        if not person:
            continue
        width, theme, locale = LOOKS[number // PARTS * 3 % len(LOOKS)]
        client = world.client(person)
        client.set_cookie("lang", locale)
        path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue  # a file, or a way on
        opened += 1
        screen.client = client
        screen.page.set_viewport_size({"width": width, "height": 800})
        screen.page.emulate_media(color_scheme=theme)
        screen.page.goto(path)
        where = f"{row.endpoint} ({person}, {width}, {theme}, {locale})"
        found = Axe().run(screen.page, options=VIOLATIONS_ALONE).response["violations"]
        faults += [f"{where}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
        if (wide := screen.page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"{where}: {wide} px wide")
        if screen.page.locator("html").get_attribute("lang") != locale:
            faults.append(f"{where}: in another language")
        faults += [f"{where}: {told}" for told in too_wide(screen.page)]
    assert faults == [], "\n" + "\n".join(faults)
    assert screen.foreign == [], "no page asks another host"
    assert opened > 15
