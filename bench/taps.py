"""How soon a slow phone hears a tap and shows it: by Chromium's own event timing.

    python -m bench.taps
    python -m bench.taps --rounds 5 --only "long test"

The phone of `bench.paint` (360 px, a slow line, a processor 4 times slower) opens a lesson, a test
of the course, a test of fifty questions and an essay that is long already, and does what people do
there: opens the contents, chooses options, jumps by the navigator, types. For each kind of act are
printed the delay until the page's own work for it began and the time until the screen showed it, as
Chromium tells them (the second in steps of 8 ms; what is shown within 16 ms it does not tell):
the median, what nine of ten are within, and the worst. The aim: nine of ten heard within 100 ms.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page

from bench import learner
from bench.in_process import Insider
from bench.pages import lesson_of, quiz_of
from bench.paint import MOST_DELAY, chromium, phone, served
from lms import db
from lms.courses.models import Module
from tests.factories import make_quiz
from tests.os2 import Learner

ACTS = 12  # of a kind, on one page
WORDS = "Parteneriatul aduce apa în sat. "
LONG_ESSAY = 60  # times these words stand there already
QUESTIONS = 50
CHOICE = """\
// [id:lung-{n}]
A {n}-a întrebare: câți membri are o asociație? {{
=trei
~doi
~zece
~unu
}}

"""
ESSAY = "// [id:eseu-1] [type:essay]\nDescrieți o problemă a comunității. {}\n"
WATCH = """() => {
  window.acts = [];
  new PerformanceObserver(list => list.getEntries().forEach(e => {
    if (e.interactionId) acts.push([e.processingStart - e.startTime, e.duration]);
  })).observe({type: "event", durationThreshold: 16, buffered: true});
}"""


@dataclass
class Heard:
    """What was measured of one kind of act; milliseconds."""

    delay: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


def main() -> None:
    """Lay down, serve, act, print; exit 1 where an act waits longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m bench.taps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of an act's name")
    asked = parser.parse_args()
    found = {name: Heard() for name in ACTING if asked.only in name}
    with served(pages_of) as site, chromium() as browser:
        for _round in range(asked.rounds):
            for name, heard in found.items():
                address, act = ACTING[name]
                with phone(browser, site, signed_in=True) as (page, _traffic):
                    page.add_init_script(f"({WATCH})()")
                    page.goto(site.pages[address], wait_until="load")
                    measure(page, act, heard)
    print_table(found)
    slow = [name for name, heard in found.items() if nine_of_ten(heard.delay) > MOST_DELAY]
    print("\n".join(f"{name}: heard too late" for name in slow) or "every act is heard in time")
    raise SystemExit(bool(slow))


def pages_of(app: Any, who: Learner) -> dict[str, str]:
    """Walk to the first lesson and open the tests."""
    long = "".join(CHOICE.format(n=n) for n in range(1, QUESTIONS + 1))
    with app.app_context(), db.writing() as session:
        module = session.scalars(sa.select(Module).order_by(Module.position)).first()
        assert module is not None
        for slug, text in (("lung", long), ("eseu", ESSAY)):
            make_quiz(module.id, text=text, slug=slug)
    with Insider(app, who) as visitor:
        home = learner.take_first_test(visitor, visitor.open("/learn"))
        lesson = visitor.open(lesson_of(home))
        course = visitor.open(lesson.path.rsplit("/", 2)[0])
        found = {"lesson": lesson.path}
        for name, href in (
            ("test", quiz_of(course)),
            ("long test", "/courses/os2/quizzes/lung"),
            ("essay", "/courses/os2/quizzes/eseu"),
        ):
            found[name] = visitor.submit(visitor.open(href).form(to="/start")).path
    return found


# What people do ---------------------------------------------------------------------------------


def tap(page: Page, selector: str, which: int = 0) -> None:
    """Tap in the middle of something that is there, wherever it has to be scrolled to."""
    place = page.locator(selector).nth(which)
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None, selector
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def opens_contents(page: Page, at: int) -> None:
    tap(page, ".lesson-contents summary")


def chooses(page: Page, at: int) -> None:
    questions = page.locator("fieldset[data-item]:has(label.option)").count()
    tap(page, "fieldset[data-item] label.option:first-of-type", at * 5 % questions)


def jumps(page: Page, at: int) -> None:
    page.evaluate("document.querySelector('.navigator').scrollIntoView()")
    tap(page, ".navigator a", at * 7 % page.locator(".navigator a").count())


def types(page: Page, at: int) -> None:
    area = page.locator("textarea.essay")
    if at == 0:
        area.fill(WORDS * LONG_ESSAY)
        area.focus()
    page.keyboard.press("abcdefghij "[at % 11])


ACTING: dict[str, tuple[str, Callable[[Page, int], None]]] = {
    "opens the contents of a lesson": ("lesson", opens_contents),
    "chooses an option in a test": ("test", chooses),
    "chooses an option in a long test": ("long test", chooses),
    "jumps by the navigator of a long test": ("long test", jumps),
    "types in a long essay": ("essay", types),
}


def measure(page: Page, act: Callable[[Page, int], None], heard: Heard) -> None:
    """Act and wait until Chromium has told of it, time after time."""
    for at in range(ACTS):
        act(page, at)
        # What is shown within 16 ms Chromium does not tell; two frames later it is known.
        page.evaluate("new Promise(on => requestAnimationFrame(() => requestAnimationFrame(on)))")
    told = page.evaluate("window.acts")
    heard.delay += [delay for delay, _shown in told] or [0.0]
    heard.shown += [shown for _delay, shown in told] or [0.0]


def nine_of_ten(values: list[float]) -> float:
    """Return what nine of ten are within."""
    return sorted(values)[max(0, math.ceil(0.9 * len(values)) - 1)]


def print_table(found: dict[str, Heard]) -> None:
    """Print for each kind of act the median, nine of ten, and the worst."""
    print(f"{'act':<40}{'heard after, ms':>24}{'shown after, ms':>24}{'told':>6}")
    for name, heard in found.items():
        delay, shown = (
            f"{statistics.median(values):.0f}, {nine_of_ten(values):.0f}, {max(values):.0f}"
            for values in (heard.delay, heard.shown)
        )
        print(f"{name:<40}{delay:>24}{shown:>24}{len(heard.delay):>6}")


if __name__ == "__main__":
    main()
