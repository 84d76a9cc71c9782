"""What the measurements of quizzes share: people with open attempts, and how a step is measured.

A step (start, save, submit) is done by the service in its transaction, by the page's own request in
process, and by the database's driver alone, which does the very writes that the service did.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import bare
from bench.in_process import Insider, statements
from bench.visitor import Page
from lms import clock, db
from lms.demo.answers import FormAnswer, right_answer
from lms.quizzes import queries
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.services import attempts
from tests import postgres
from tests.faults import saving
from tests.os2 import Learner, make_os2
from tests.serving import Installation, new_database


def asked(name: str, description: str | None, *, most: float) -> argparse.Namespace:
    """Read what the command line asks for."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=description)
    parser.add_argument("--people", type=int, default=160)
    parser.add_argument("--pages", type=int, default=40, help="how many more do it by the page")
    parser.add_argument("--most", type=float, default=most, help="times the bare driver")
    parser.add_argument("--postgresql", action="store_true", help="on a durable server of our own")
    return parser.parse_args()


@contextmanager
def prepared(people: int, *, postgresql: bool) -> Iterator[tuple[Flask, list[Learner]]]:
    """Lay the course down with so many people enrolled, on a store that keeps what it is told."""
    with (
        postgres.server(durable=True) if postgresql else nullcontext() as server,
        tempfile.TemporaryDirectory(prefix="quiz-") as folder,
    ):
        installation = Installation(Path(folder) / "instance", new_database(server))
        learners = saving.prepare(installation, lambda app: make_os2(app, people))
        with saving.application(installation) as app:
            yield app, learners


def start(who: Learner) -> int:
    """Start the first test for somebody by the service; return the attempt's number."""
    with db.writing() as session:
        quiz = session.scalars(
            sa.select(Quiz)
            .options(sa.orm.joinedload(Quiz.current_version))
            .where(Quiz.place == QuizPlace.START)
        ).one()
        attempt = attempts.start_attempt(who.enrolment_id, quiz, now=clock.now())
        return attempt.id


def started(app: Flask, learners: Sequence[Learner]) -> list[int]:
    """Start the first test for everybody; return the attempts, in the people's order."""
    with app.app_context():
        made = [start(who) for who in learners]
        db.db.session.remove()
    return made


def right_answers(attempt_id: int) -> dict[int, FormAnswer]:
    """Return an attempt's questions with what is filled in to have them right."""
    found = {item.item_id: right_answer(item.question) for item in queries.paper_of(attempt_id)}
    db.end_reading()
    return found


def paper(visitor: Insider, attempt_id: int) -> tuple[Page, str]:
    """Open the paper by its page; return it and the secret that its script sends along."""
    page = visitor.open(f"/attempts/{attempt_id}")
    exam = page.form(to="/submit").element
    return page, str(exam.xpath(".//input[@name='csrf_token']")[0].get("value"))


@dataclass
class Measured:
    """Seconds of each doing, and the most statements that one by the page needed."""

    by_service: list[float]
    by_driver: list[float]
    by_page: list[float]
    statements: int

    @property
    def ratio(self) -> float:
        """The service's cost in those of the driver."""
        return statistics.median(self.by_service) / statistics.median(self.by_driver)

    def told(self, people: int, *, postgresql: bool) -> str:
        """Write the figures as one line of JSON."""
        floor = statistics.median(self.by_driver)
        return json.dumps(
            {
                "database": "postgresql" if postgresql else "sqlite",
                "people": people,
                "done": len(self.by_service),
                "driver_ms": round(floor * 1e3, 2),
                "service_ms": round(statistics.median(self.by_service) * 1e3, 2),
                "service_ratio": round(self.ratio, 1),
                "all_by_service_s": round(sum(self.by_service), 2),
                "page_ms": round(statistics.median(self.by_page) * 1e3, 2),
                "page_ratio": round(statistics.median(self.by_page) / floor, 1),
                "page_statements": self.statements,
            }
        )


def by_service(app: Flask, calls: Sequence[Callable[[], Any]]) -> tuple[list[float], list[float]]:
    """Do everything by the service, then its writes by the driver on a copy; seconds of both."""
    spent = []
    with bare.copied(app) as open_copy:
        with app.app_context(), bare.writes(app) as transactions:
            for call in calls:
                begun = time.perf_counter()
                call()
                spent.append(time.perf_counter() - begun)
            db.db.session.remove()
        assert len(transactions) == len(calls), "each call writes, and in one transaction"
        # the first of a process reads words and compiles statements once and for all
        return spent[1:], bare.replayed(open_copy, transactions)[1:]


def by_page(app: Flask, calls: Sequence[Callable[[], Any]]) -> tuple[list[float], int]:
    """Do everything by the page; return the seconds, and the most statements of one."""
    spent, most = [], 0
    for call in calls:
        with statements(app) as seen:
            begun = time.perf_counter()
            call()
            spent.append(time.perf_counter() - begun)
        most = max(most, len(seen))
    return spent[1:], most


def a_key() -> str:
    """Make a key for one delivery."""
    return secrets.token_hex(8)
