"""When pages stand on a slow phone, and how soon they hear a tap: by Chromium's own figures.

    python -m bench.paint
    python -m bench.paint --rounds 5 --only lesson

The real server with the course, and a real Chromium at 360 px whose network and processor are
slowed by its own means (1.6 Mbit/s, 150 ms for an answer, a processor 4 times slower), each time
with an empty cache. Printed are the largest contentful paint and, of visits of their own, the delay
of a tap as soon as anything is painted, both as the median of the rounds with the extremes; beside
them the same of an empty page of HTML, which is what this phone costs anyway. Then bytes and
requests of each page as the first one of a visit, and as a later one.

Chromium adds the 150 ms to each answer, and nothing for opening the connection. A line that opens
with TCP and TLS 1.3 costs two more round trips; they are added in a column of their own.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from bench import learner
from bench.in_process import Insider
from bench.pages import lesson_of, quiz_of
from tests.faults.saving import application, prepare
from tests.os2 import Learner, make_os2
from tests.serving import Installation

PHONE = {"width": 360, "height": 740}
BITS, ROUND_TRIP, SLOWER = 1_600_000, 150, 4
HANDSHAKES = 2 * ROUND_TRIP
MOST_PAINT, MOST_DELAY = 1500.0, 100.0  # ms
FIRST_BYTES, FIRST_REQUESTS, LATER_BYTES = 60_000, 8, 15_000
PATIENCE = 60.0  # s
FLOOR = "empty page"
EMPTY = b"<!doctype html><html lang=ro><meta charset=utf-8><title>-</title><p>O pagina goala."
WATCH = """() => {
  window.seen = {paint: 0, delay: -1, long: 0};
  const watch = (type, act, more) => new PerformanceObserver(list => list.getEntries().forEach(act))
    .observe({type, buffered: true, ...more});
  watch("largest-contentful-paint", e => { seen.paint = e.startTime; });
  watch("first-input", e => { seen.delay = e.processingStart - e.startTime; });
  watch("longtask", e => { seen.long += Math.max(0, e.duration - 50); });
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"


@dataclass
class Traffic:
    """What came over the line; what lay in the cache did not."""

    bytes: int = 0
    requests: int = 0


@dataclass
class Measured:
    """A page's figures, one of each round; milliseconds."""

    paint: list[float] = field(default_factory=list)
    delay: list[float] = field(default_factory=list)
    long: list[float] = field(default_factory=list)
    first: Traffic = field(default_factory=Traffic)
    later: Traffic = field(default_factory=Traffic)


@dataclass(frozen=True)
class Site:
    """A server that runs, somebody signed in on it, and the pages that are measured."""

    url: str
    cookie: str
    pages: dict[str, str]  # name to address


def main() -> None:
    """Lay down, serve, measure, print; exit 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.paint", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a page's name")
    asked = parser.parse_args()
    with served(pages_of) as site, empty_page() as floor, chromium() as browser:
        pages = {FLOOR: floor, **site.pages}
        chosen = {n: a for n, a in pages.items() if asked.only in ("", n) or n == FLOOR}
        found = {name: Measured() for name in chosen}
        for _round in range(asked.rounds):  # in turn, so that a busy moment spares none
            for name, address in chosen.items():
                look_at(browser, site, address, found[name])
        for name in chosen:
            if name != FLOOR:
                weigh(browser, site, name, found[name])
    missed = print_tables(found)
    print("\n".join(missed) or "every aim is met")
    raise SystemExit(bool(missed))


# What is looked at ------------------------------------------------------------------------------


@contextmanager
def served(pages_of: Callable[[Any, Learner], dict[str, str]]) -> Iterator[Site]:
    """Serve the course to somebody, at the pages that `pages_of` walks to and names."""
    with tempfile.TemporaryDirectory(prefix="paint-") as folder:
        installation = Installation(Path(folder) / "instance")
        who = prepare(installation, lambda app: make_os2(app, 1))[0]
        with application(installation) as app:
            pages = pages_of(app, who)
        with installation.serving() as running:
            base = running.url
            yield Site(base, who.token, {name: base + path for name, path in pages.items()})


def pages_of(app: Any, who: Learner) -> dict[str, str]:
    """Walk to the pages: somebody's home, the first lesson, a test with its answers open."""
    with Insider(app, who) as visitor:
        home = learner.take_first_test(visitor, visitor.open("/learn"))
        lesson = visitor.open(lesson_of(home))
        quiz = visitor.open(quiz_of(visitor.open(lesson.path.rsplit("/", 2)[0])))
        paper = visitor.submit(quiz.form(to="/start"))
    return {
        "sign-in": "/sign-in",
        "home": "/learn",
        "lesson": lesson.path,
        "quiz": urlsplit(paper.url).path,
    }


@contextmanager
def empty_page() -> Iterator[str]:
    """Serve a page that holds one line."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(EMPTY)))
            self.end_headers()
            self.wfile.write(EMPTY)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


# Looking ----------------------------------------------------------------------------------------


@contextmanager
def phone(browser: Browser, site: Site, *, signed_in: bool) -> Iterator[tuple[Page, Traffic]]:
    """A phone with an empty cache on a slow line; says what came over the line."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    context.add_cookies([{"name": "lang", "value": "ro", "url": site.url}])
    if signed_in:
        context.add_cookies([{"name": "sid", "value": site.cookie, "url": site.url}])
    page, traffic, cached = context.new_page(), Traffic(), set()
    devtools = context.new_cdp_session(page)

    def asked(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            traffic.requests += 1

    def from_cache(event: dict[str, Any]) -> None:
        cached.add(event["requestId"])
        traffic.requests -= 1

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] not in cached:
            traffic.bytes += int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", asked)
    devtools.on("Network.requestServedFromCache", from_cache)
    devtools.on("Network.loadingFinished", came)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP,
            "downloadThroughput": BITS / 8,
            "uploadThroughput": BITS / 8,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({WATCH})()")
    try:
        yield page, traffic
    finally:
        context.close()


def look_at(browser: Browser, site: Site, address: str, found: Measured) -> None:
    """Load a page twice, each time for the first time: to see it painted, and to tap at once."""
    signed_in = not address.endswith("/sign-in")
    with phone(browser, site, signed_in=signed_in) as (page, traffic):
        page.goto(address, wait_until="load")
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("window.seen")
        found.paint.append(seen["paint"])
        found.long.append(seen["long"])
        found.first = Traffic(traffic.bytes, traffic.requests)
    with phone(browser, site, signed_in=signed_in) as (page, _traffic):
        page.goto(address, wait_until="commit")
        wait_until(page, PAINTED)
        page.touchscreen.tap(4, 300)  # where nothing is to be hit
        page.wait_for_load_state("load")
        page.touchscreen.tap(4, 300)
        wait_until(page, "window.seen.delay >= 0")
        found.delay.append(page.evaluate("window.seen.delay"))


def wait_until(page: Page, true: str) -> None:
    """Ask until something holds; the page's own policy forbids asking from within."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(true):
        if time.monotonic() > deadline:
            raise AssertionError(f"never true on {page.url}: {true}")
        time.sleep(0.02)


def weigh(browser: Browser, site: Site, name: str, found: Measured) -> None:
    """Say what a page costs as a later one: after another page of the same visit."""
    before = next(a for n, a in site.pages.items() if n not in (name, "sign-in"))
    with phone(browser, site, signed_in=name != "sign-in") as (page, traffic):
        page.goto(site.url if name == "sign-in" else before, wait_until="networkidle")
        traffic.bytes = traffic.requests = 0
        page.goto(site.pages[name], wait_until="networkidle")
        found.later = Traffic(traffic.bytes, traffic.requests)


# Telling ----------------------------------------------------------------------------------------


def spread(values: Sequence[float]) -> str:
    """The median, with the extremes."""
    return f"{statistics.median(values):.0f} ({min(values):.0f}–{max(values):.0f})"


def print_tables(found: dict[str, Measured]) -> list[str]:
    """Print both tables; return what misses its aim."""
    floor = statistics.median(found[FLOOR].paint)
    print(f"{'page':<12}{'painted, ms':>22}{'with TCP, TLS':>15}{'× empty':>9}", end="")
    print(f"{'tap heard, ms':>18}{'blocked, ms':>16}")
    for name, one in found.items():
        paint = statistics.median(one.paint)
        print(f"{name:<12}{spread(one.paint):>22}{paint + HANDSHAKES:>15.0f}", end="")
        print(f"{paint / floor:>9.1f}{spread(one.delay):>18}{spread(one.long):>16}")
    print(f"\n{'page':<12}{'first, bytes':>14}{'requests':>10}{'later, bytes':>14}{'requests':>10}")
    for name, one in found.items():
        if name != FLOOR:
            print(f"{name:<12}{one.first.bytes:>14}{one.first.requests:>10}", end="")
            print(f"{one.later.bytes:>14}{one.later.requests:>10}")
    return [line for name, one in found.items() if name != FLOOR for line in missed_by(name, one)]


def missed_by(name: str, one: Measured) -> Iterator[str]:
    """Say which aims a page misses."""
    for what, value, most in (
        ("painted after, ms", statistics.median(one.paint), MOST_PAINT),
        ("heard a tap after, ms", statistics.median(one.delay), MOST_DELAY),
        ("bytes as a first page", one.first.bytes, FIRST_BYTES),
        ("requests as a first page", one.first.requests, FIRST_REQUESTS),
        ("bytes as a later page", one.later.bytes, LATER_BYTES),
    ):
        if value > most:
            yield f"{name}: {what} {value:.0f}, aim {most:.0f}"


if __name__ == "__main__":
    main()
