"""Every page of the demonstration as a picture: 360 and 1280 wide, light and dark, ro and en.

    python -m bench.gallery --out gallery
    python -m bench.gallery --out gallery --persona formator --only quizzes --locale ro --axe

It starts the demonstration, signs in as each persona, follows every link that their pages offer and
keeps one page of each route. `index.html` beside the pictures says how heavy and how tall each is.
`--url` looks at a demonstration that runs already.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from bench.timing import Timings
from bench.visitor import NotOffered, Visitor
from lms.app import create_app
from lms.config import Mode, Settings
from lms.demo.services import PASSWORD
from tests.serving import Installation

NOBODY = "nimeni"
PERSONAS = (NOBODY, "cursant", "formator", "secretariat", "auditor", "proprietar")
SIZES = {360: 740, 1024: 768, 1280: 800, 1366: 768}
USUAL = (360, 1280)
THEMES = ("light", "dark")
LOCALES = ("ro", "en")
FIRST = ("/", "/sign-in", "/code", "/verify", "/privacy", "/accessibility", "/account")
# First of all: pages that say more of their route than the first one that a link leads to.
TELLING = {
    "cursant": ("/courses/os2/quizzes/os2-q1",),
    "formator": ("/courses/os2/quizzes/os2-q1",),
}
MOST_PAGES = 900  # that a persona's links are followed to
WEIGH = """() => {
  const all = [performance.getEntriesByType("navigation")[0],
               ...performance.getEntriesByType("resource")];
  return {requests: all.length, bytes: all.reduce((sum, e) => sum + e.encodedBodySize, 0),
          page: all[0].encodedBodySize, wide: document.documentElement.scrollWidth,
          tall: document.documentElement.scrollHeight};
}"""


@dataclass(frozen=True)
class Sight:
    """One page of one persona."""

    persona: str
    endpoint: str
    path: str

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", f"{self.persona}-{self.endpoint}".lower())


@dataclass
class Look:
    """What was seen of a page in one language."""

    sight: Sight
    locale: str
    weight: dict[str, int]
    heights: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def main() -> None:
    """Walk, look, write the index; exit with 1 where axe or a width finds a fault."""
    parser = argparse.ArgumentParser(prog="python -m bench.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--url", help="a demonstration that runs already")
    parser.add_argument("--persona", nargs="*", default=PERSONAS, choices=PERSONAS)
    parser.add_argument("--only", default="", help="part of a route's name, as a pattern")
    parser.add_argument("--size", nargs="*", type=int, default=USUAL, choices=list(SIZES))
    parser.add_argument("--theme", nargs="*", default=THEMES, choices=THEMES)
    parser.add_argument("--locale", nargs="*", default=LOCALES, choices=LOCALES)
    parser.add_argument("--axe", action="store_true", help="also ask axe for faults")
    parser.add_argument("--once", action="store_true", help="a page for the first who has it")
    parser.add_argument("--list", action="store_true", help="only say which pages there are")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with _demonstration(asked.url) as url:
        sights = [
            s
            for persona in asked.persona
            for s in walk(url, persona)
            if re.search(asked.only, s.endpoint)
        ]
        if asked.once:
            sights = list({s.endpoint: s for s in reversed(sights)}.values())[::-1]
        if asked.list:
            print("\n".join(f"{s.persona:<12} {s.endpoint:<40} {s.path}" for s in sights))
            return
        looks = look_at(url, sights, asked)
    write_index(asked.out, looks)
    broken = [line for look in looks for line in look.faults]
    print("\n".join(broken) or f"{len(looks)} pages looked at, nothing found")
    raise SystemExit(bool(broken))


@contextmanager
def _demonstration(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
        site = Installation(Path(folder) / "instance")
        with site.serving("--demo", LMS_MODE="demo", LMS_BEHIND_PROXY="0") as running:
            yield running.url


# Which pages there are --------------------------------------------------------------------------


def _routes() -> MapAdapter:
    folder = tempfile.mkdtemp(prefix="routes-")
    app = create_app(Settings(mode=Mode.TEST, instance=Path(folder)))
    shutil.rmtree(folder)
    return app.url_map.bind("localhost")


def _endpoint(routes: MapAdapter, path: str) -> str:
    """Return the route of an address, with those of its parts that are words for a kind of page."""
    try:
        endpoint, args = routes.match(path)
    except HTTPException:
        return ""
    kinds = [str(v) for k, v in args.items() if k in ("kind", "page")]
    return ".".join([str(endpoint), *kinds])


def walk(url: str, persona: str) -> list[Sight]:
    """Follow every link from the first pages on; return one page of each route."""
    routes = _routes()
    found: dict[str, Sight] = {}
    known: set[str] = set()
    asked = 0
    with Visitor(url, Timings()) as visitor:
        if persona != NOBODY:
            page = visitor.open("/sign-in")
            form = page.form(having="password")
            visitor.submit(form, {"identifier": persona, "password": PASSWORD})
        waiting = deque((*TELLING.get(persona, ()), *FIRST))
        while waiting and asked < MOST_PAGES:
            path = waiting.popleft()
            endpoint = _endpoint(routes, path)
            if path in known or not endpoint or endpoint in found:
                continue
            known.add(path)
            asked += 1
            try:
                page = visitor.open(path)
            except NotOffered:
                continue
            kind = page.response.headers.get("Content-Type", "")
            if page.status != 200 or not kind.startswith("text/html"):
                continue
            here = urlsplit(page.url)
            endpoint = _endpoint(routes, here.path)
            found.setdefault(endpoint, Sight(persona, endpoint, here.path))
            for _words, href in page.links():
                target = urlsplit(urldefrag(href).url)
                if target.netloc == here.netloc and target.path not in known:
                    waiting.append(target.path)
    return sorted(found.values(), key=lambda s: s.endpoint)


# Looking ----------------------------------------------------------------------------------------


def look_at(url: str, sights: list[Sight], asked: argparse.Namespace) -> list[Look]:
    """Take every picture that was asked for: a page is loaded once per language and size."""
    looks = []
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for persona in dict.fromkeys(s.persona for s in sights):
            for locale in asked.locale:
                page = _signed_in(browser, url, persona, locale)
                looks += [
                    _look(page, sight, locale, asked)
                    for sight in sights
                    if sight.persona == persona
                ]
                page.context.close()
        browser.close()
    return looks


def _signed_in(browser: Browser, url: str, persona: str, locale: str) -> Page:
    context = browser.new_context(base_url=url, reduced_motion="reduce")
    page = context.new_page()
    if persona != NOBODY:
        page.goto("/sign-in")
        page.fill("[name=identifier]", persona)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
    # After the sign-in, which chooses the person's own language.
    context.add_cookies([{"name": "lang", "value": locale, "url": url}])
    return page


def _look(page: Page, sight: Sight, locale: str, asked: argparse.Namespace) -> Look:
    look = Look(sight, locale, {})
    for size in asked.size:
        page.set_viewport_size({"width": size, "height": SIZES[size]})
        page.goto(sight.path)  # anew for each size, as a page may fold on a narrow screen
        if (said := page.locator("html").get_attribute("lang")) != locale:
            look.faults.append(f"{sight.name}: speaks {said}, not {locale}")
        look.weight = seen = page.evaluate(WEIGH)
        look.heights[size] = seen["tall"]
        if seen["wide"] > size:
            look.faults.append(f"{sight.name}: {seen['wide']} px wide at {size}")
        for theme in asked.theme:
            page.emulate_media(color_scheme=theme)
            name = f"{sight.name}-{size}-{theme}-{locale}.png"
            page.screenshot(path=asked.out / name, full_page=True, animations="disabled")
            look.pictures.append(name)
            if asked.axe:
                look.faults += [f"{sight.name} {size} {theme} {locale}: {f}" for f in _axe(page)]
    return look


def _axe(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def write_index(out: Path, looks: list[Look]) -> None:
    """Write the table of all that was seen, and the same for other programs to read."""
    rows = "\n".join(
        f"<tr><td>{html.escape(k.sight.persona)}<td>{html.escape(k.sight.endpoint)}<td>{k.locale}"
        f"<td>{k.weight['page']}<td>{k.weight['bytes']}<td>{k.weight['requests']}"
        f"<td>{' / '.join(map(str, k.heights.values()))}"
        f"<td>{' '.join(f'<a href={p}>{p[-17:-4]}</a>' for p in k.pictures)}"
        f"<td>{html.escape('; '.join(k.faults))}"
        for k in looks
    )
    names = "who page language page,bytes all,bytes requests height pictures faults"
    head = "".join(f"<th>{name}" for name in names.split())
    (out / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Gallery</title><table><tr>{head}{rows}</table>",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
