"""What each page costs in process: CPU time, as a multiple of the constant page.

    python -m bench.pages
    python -m bench.pages --profile "/learn"

No server and no network: the application is called as a server would call it. The constant page
(/health) is measured twice, by a stranger and with the cookie of a learner who is signed in.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urljoin

from bench import learner
from bench.answers import answer
from bench.in_process import Insider, statements, wsgi_call
from bench.visitor import Page
from lms.certificates.numbering import normalise_code
from tests import postgres
from tests.faults.saving import application, prepare
from tests.os2 import Learner, make_os2
from tests.serving import Installation, new_database

ROUNDS = 15
AIM = 8.0


def cost(call: Callable[[], int], seconds: float = 0.05) -> float:
    """Return the CPU seconds of one call: the best round, since other work only ever adds."""
    for _ in range(5):
        call()
    begun = time.process_time()
    call()
    repeat = max(3, int(seconds / max(1e-6, time.process_time() - begun)))
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(repeat):
            call()
        rounds.append((time.process_time() - begun) / repeat)
    return min(rounds)


def main() -> None:
    """Lay down the course, walk one learner through, measure every page again."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a server of our own")
    parser.add_argument("--profile", metavar="PAGE", help="say what a page of the table costs")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="pages-") as folder,
        postgres.server() if asked.postgresql else nullcontext() as server,
    ):
        installation = Installation(Path(folder) / "instance", new_database(server))
        learners = prepare(installation, lambda app: make_os2(app, 2))
        with application(installation) as app:
            pages = pages_of_the_way(app, learners)
            if asked.profile:
                profile(pages[asked.profile])
            else:
                measure(app, pages)


def pages_of_the_way(app, learners: list[Learner]) -> dict[str, Callable[[], int]]:  # type: ignore[no-untyped-def]
    """Return a call for each page: of somebody in the middle, and of somebody who is done."""
    middle, done = learners
    half = f"sid={middle.token}"
    whole = f"sid={done.token}"
    with Insider(app, middle) as visitor:
        home = learner.take_first_test(visitor, visitor.open("/learn"))
        lesson = visitor.open(lesson_of(home))
        course = lesson.path.rsplit("/", 2)[0]
        tag = visitor.open(lesson.url).response.headers["ETag"]
        quiz = visitor.open(quiz_of(visitor.open(course)))
        paper = visitor.submit(quiz.form(to="/start"))
        for box in paper.form(to="/submit").element.xpath(".//fieldset[@data-item]")[:4]:
            learner.save(
                visitor, paper.form(to="/submit").element, box.get("data-item"), answer(box)
            )
    with Insider(app, done) as visitor:
        end = learner.learn(visitor, visitor.open("/learn"))
        results = [h for _w, h in visitor.open(quiz.path).links() if h.endswith("/result")]
        held = learner.fetch_certificate(visitor, end)
        certificate = next(h for _w, h in visitor.open("/certificates").links() if h[-1].isdigit())
    words = learner.words_of_pdf(held.pdf).split()
    code = next(c for t in words if (c := normalise_code(t)) is not None)
    path = certificate.replace("http://127.0.0.1:8000", "")
    return {
        "/health": wsgi_call(app, "/health"),
        "/health, signed in": wsgi_call(app, "/health", half),
        "/learn": wsgi_call(app, "/learn", half),
        "/learn, completed": wsgi_call(app, "/learn", whole),
        "course": wsgi_call(app, course, half),
        "lesson": wsgi_call(app, lesson.path, half),
        "lesson, unchanged": wsgi_call(app, lesson.path, half, HTTP_IF_NONE_MATCH=tag),
        "quiz": wsgi_call(app, quiz.path, half),
        "paper": wsgi_call(app, paper.path, half),
        "result": wsgi_call(app, results[0].replace("http://127.0.0.1:8000", ""), whole),
        "certificate": wsgi_call(app, path, whole),
        "certificate, PDF": wsgi_call(app, f"{path}/pdf", whole),
        "/verify": wsgi_call(app, "/verify"),
        "/v/…": wsgi_call(app, f"/v/{code}"),
        "/sign-in": wsgi_call(app, "/sign-in"),
    }


def lesson_of(home: Page) -> str:
    """Return the lesson that the home page leads to."""
    return next(h for _w, h in home.links() if h.count("/") >= 6 and "/quizzes/" not in h)


def quiz_of(course: Page) -> str:
    """Return the first module's quiz; the initial test stands in a section of its own before it."""
    found = course.tree.xpath("//main//section[not(@id='start')]//a[contains(@href, '/quizzes/')]")
    return urljoin(course.url, found[0].get("href"))


def measure(app, pages: dict[str, Callable[[], int]]) -> None:  # type: ignore[no-untyped-def]
    """Print the table."""
    constant = cost(pages["/health"])
    print(f"{'page':<20} {'µs':>8} {'× const':>8} {'queries':>8}")
    for name, call in pages.items():
        with statements(app) as seen:
            status = call()
        took = cost(call)
        if call() == 429:  # verification is limited by address; its own cost is then not seen
            status = 429
        multiple = took / constant
        note = "" if status in (200, 304) else f"  status {status}"
        over = "  over the aim" if multiple > AIM else ""
        print(f"{name:<20} {took * 1e6:>8.0f} {multiple:>8.1f} {len(seen):>8}{note}{over}")


def profile(call: Callable[[], int]) -> None:
    """Print where a page's time goes."""
    for _ in range(20):
        call()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(300):
        call()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats("lms", 25)


if __name__ == "__main__":
    main()
