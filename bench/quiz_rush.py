"""A whole edition starts a test in one second, and submits it in one second, on the served site.

    python -m bench.quiz_rush --people 160
    python -m bench.quiz_rush --people 160 --postgresql

The server is a fresh one of our own, as `lms serve` runs it. Everybody starts within `--within`
seconds, saves answers to the first test (every third one of them is left empty, each person's own),
and all submit within the same time. A request's seconds count from the moment it was due, so that a
queue is not left out. Exit 1 where a request failed, or the store holds an attempt that is not
submitted or not marked as it must be.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from flask import Flask

from bench import answers
from bench.timing import Timings
from bench.visitor import Form, Visitor
from lms import db
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.rules.attempt_rules import AttemptState
from tests import postgres
from tests.faults import saving
from tests.os2 import Learner, make_os2
from tests.serving import Installation, new_database

PREPARING = 8  # people who come at once while nothing is measured
LEFT_OUT = 3


@dataclass
class Taker:
    """Somebody who takes the test: what is sent next, and what must come of it."""

    number: int
    visitor: Visitor
    form: Form | None = None
    paper: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    right: dict[int, bool] = field(default_factory=dict)  # by item

    def find_test(self) -> None:
        """Open the first test's page."""
        home = self.visitor.open("/learn")
        self.form = self.visitor.open(home.link(to="/quizzes/")).form(to="/start")

    def begin(self) -> httpx.Response:
        """Start the attempt."""
        assert self.form is not None
        return self.visitor.request("POST", self.form.action, data=self.form.filled({}))

    def answer(self) -> None:
        """Answer the paper and save it, as the page's script does; two of three questions."""
        page = self.visitor.open(self.paper)
        form = page.form(to="/submit")
        values: dict[str, list[str]] = {}
        for place, box in enumerate(form.element.xpath(".//fieldset[@data-item]")):
            item = int(box.get("data-item"))
            self.right[item] = (place + self.number) % LEFT_OUT != 0
            if self.right[item]:
                values |= answers.answer(box)
        secret = form.element.xpath(".//input[@name='csrf_token']")[0].get("value")
        items = [str(item) for item in self.right if self.right[item]]
        saved = self.visitor.request(
            "POST",
            form.element.get("data-save"),
            data={"item": items, "key": secrets.token_hex(8), "writer": "rush", **values},
            headers={"Accept": "application/json", "X-CSRF-Token": secret},
        )
        assert saved.status_code == 200, saved.text[:300]
        page = self.visitor.open(self.paper)
        self.form = page.form(to="/submit")
        self.data = {**self.form.filled({}), "confirmed": ["1"]}

    def submit(self) -> httpx.Response:
        """Send the whole form, what is left empty confirmed."""
        assert self.form is not None
        return self.visitor.request("POST", self.form.action, data=self.data)


@dataclass
class Rush:
    """How one rush went."""

    what: str
    seconds: list[float]
    sent_within: float
    all_answered: float
    errors: list[str]

    def quantile(self, share: float) -> float:
        """Return the seconds within which this share was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        return (
            f"{self.what:<7} {len(self.seconds)} sent within {self.sent_within:.2f} s, all answered"
            f" after {self.all_answered:.2f} s: p50 {self.quantile(0.5) * 1e3:.0f} ms, p95"
            f" {self.quantile(0.95) * 1e3:.0f} ms, max {max(self.seconds) * 1e3:.0f} ms;"
            f" {len(self.errors)} errors"
        )


def rush(what: str, calls: Sequence[Callable[[], httpx.Response]], within: float) -> Rush:
    """Send all requests within so many seconds, each on its own; time them from when they are due.

    A request is answered well where it is sent on to the next page.
    """
    answered, errors = [0.0] * len(calls), []
    sent = [0.0] * len(calls)
    ready = threading.Barrier(len(calls) + 1)
    begun = 0.0

    def one(number: int) -> None:
        ready.wait()
        ready.wait()  # between the two the moment is set from which all count
        due = begun + within * number / len(calls)
        time.sleep(max(0.0, due - time.perf_counter()))
        sent[number] = time.perf_counter() - begun
        try:
            response = calls[number]()
            if not response.is_redirect:
                errors.append(f"{response.status_code}: {response.text[:200]}")
        except httpx.HTTPError as error:
            errors.append(repr(error))
        answered[number] = time.perf_counter() - due

    threads = [threading.Thread(target=one, args=[n]) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    ready.wait()
    for thread in threads:
        thread.join()
    return Rush(what, answered, max(sent), time.perf_counter() - begun, errors)


def run(
    installation: Installation, learners: Sequence[Learner], *, within: float = 1.0
) -> tuple[list[Rush], list[str]]:
    """Let everybody start, answer and submit; return both rushes, and what the store has wrong."""
    takers = [_taker(installation, number, who) for number, who in enumerate(learners)]
    with installation.serving("--no-worker"), ThreadPoolExecutor(PREPARING) as pool:
        list(pool.map(Taker.find_test, takers))
        starts: dict[int, httpx.Response] = {}

        def begin(taker: Taker) -> httpx.Response:
            starts[taker.number] = taker.begin()
            return starts[taker.number]

        rushes = [rush("start", [lambda t=t: begin(t) for t in takers], within)]  # type: ignore[misc]
        if not rushes[0].errors:
            for taker in takers:
                taker.paper = starts[taker.number].headers["Location"]
            list(pool.map(Taker.answer, takers))
            rushes.append(rush("submit", [t.submit for t in takers], within))
    for taker in takers:
        taker.visitor.client.close()
    with saving.application(installation) as app:
        return rushes, wrong_in_store(app, takers)


def _taker(installation: Installation, number: int, who: Learner) -> Taker:
    address = f"10.0.{number // 250}.{number % 250 + 1}"  # people come from different places
    visitor = Visitor(installation.url, Timings(), address=address)
    visitor.client.cookies.set("sid", who.token, domain="127.0.0.1")
    return Taker(number, visitor)


def wrong_in_store(app: Flask, takers: Sequence[Taker]) -> list[str]:
    """Compare every attempt and every mark with what was answered."""
    with app.app_context():
        rows = db.session().execute(
            sa.select(AttemptItem.id, AttemptItem.fraction, Attempt.state, Attempt.earned).join(
                Attempt, Attempt.id == AttemptItem.attempt_id
            )
        )
        stored = {item_id: (fraction, state, earned) for item_id, fraction, state, earned in rows}
        db.db.session.remove()
    wrong = []
    for taker in takers:
        if not taker.right:
            wrong.append(f"{taker.number}: never answered")
        for item, is_right in taker.right.items():
            expected = (int(is_right), AttemptState.SUBMITTED, sum(taker.right.values()))
            if stored.get(item) != expected:
                wrong.append(f"{taker.number}: {stored.get(item)} instead of {expected}")
    return wrong


def main() -> int:
    """Run both rushes; exit 1 where a request failed or a mark is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.quiz_rush", description=__doc__)
    parser.add_argument("--people", type=int, default=160)
    parser.add_argument("--within", type=float, default=1.0, help="seconds")
    parser.add_argument("--postgresql", action="store_true", help="on a durable server of our own")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="rush-") as folder,
        postgres.server(durable=True) if asked.postgresql else nullcontext() as server,
    ):
        installation = Installation(Path(folder) / "instance", new_database(server))
        learners = saving.prepare(installation, lambda app: make_os2(app, asked.people))
        rushes, wrong = run(installation, learners, within=asked.within)
    for each in rushes:
        print(each)
        for error in each.errors[:5]:
            print(f"  {error}")
    print(f"{asked.people} attempts, {len(wrong)} wrong in the store")
    for line in wrong[:5]:
        print(f"  {line}")
    return 1 if wrong or any(each.errors for each in rushes) else 0


if __name__ == "__main__":
    sys.exit(main())
