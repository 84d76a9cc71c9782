"""Many people start a test at once: what creating an attempt costs beside the bare writes.

    python -m bench.quiz_start --people 160
    python -m bench.quiz_start --people 1600

Everything is in one process on SQLite: the page's own request (POST …/start) and the service inside
its transaction, each as a multiple of the database's driver doing the same writes (an attempt, its
items, the enrolment's two dates, one commit each) on a copy of the same file. Exit 1 where the
service costs more than `--most` times the driver.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench.in_process import Insider, statements
from lms import clock, db
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.services import attempts
from tests.faults import saving
from tests.os2 import Learner, make_os2
from tests.serving import Installation


def _timed(calls: Iterable[Callable[[], Any]]) -> list[float]:
    spent = []
    for call in calls:
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return spent


def _of_service(app: Flask, learners: list[Learner]) -> list[float]:
    """Start the first test for everybody by the service, a transaction each."""

    def start(who: Learner) -> None:
        with db.writing() as session:
            quiz = session.scalars(
                sa.select(Quiz)
                .options(sa.orm.joinedload(Quiz.current_version))
                .where(Quiz.place == QuizPlace.START)
            ).one()
            attempts.start_attempt(who.enrolment_id, quiz, now=clock.now())

    with app.app_context():
        start(learners[0])  # words are parsed once per process
        spent = _timed([lambda who=who: start(who) for who in learners[1:]])  # type: ignore[misc]
        db.db.session.remove()
    return spent


def _of_page(app: Flask, learners: list[Learner]) -> tuple[list[float], int]:
    """Start it by the page; return the seconds and one start's statements."""
    spent, most = [], 0
    for who in learners:
        with Insider(app, who) as visitor:
            course = visitor.open("/learn")
            quiz = visitor.open(course.link(to="/quizzes/"))
            form = quiz.form(to="/start")
            with statements(app) as seen:
                begun = time.perf_counter()
                visitor.submit(form)
                spent.append(time.perf_counter() - begun)
            most = max(most, len(seen))
    return spent, most


def _of_driver(path: Path, enrolments: list[int]) -> list[float]:
    """Do the same writes with nothing between them and the file."""
    base = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        base.execute(f"PRAGMA {pragma}")
    made = base.execute("SELECT * FROM attempts ORDER BY id DESC LIMIT 1")
    columns = [c[0] for c in made.description]
    model = dict(zip(columns, made.fetchone(), strict=True))
    rows = base.execute(
        "SELECT position, question_version_id, option_order FROM attempt_items WHERE attempt_id=?",
        [model.pop("id")],
    ).fetchall()
    names = ", ".join(model)
    marks = ", ".join("?" * len(model))
    now = model["started_at"]

    def write(enrolment_id: int) -> None:
        base.execute("BEGIN IMMEDIATE")
        values = {**model, "enrolment_id": enrolment_id, "seed": secrets.randbits(62)}
        made = base.execute(
            f"INSERT INTO attempts ({names}) VALUES ({marks})",
            list(values.values()),
        )
        base.executemany(
            "INSERT INTO attempt_items (attempt_id, position, question_version_id, option_order)"
            " VALUES (?, ?, ?, ?)",
            [(made.lastrowid, *row) for row in rows],
        )
        base.execute(
            "UPDATE enrolments SET first_activity_at=?, last_activity_at=? WHERE id=?",
            [now, now, enrolment_id],
        )
        base.execute("COMMIT")

    base.execute("DELETE FROM attempt_items")
    base.execute("DELETE FROM attempts")
    spent = _timed([lambda one=one: write(one) for one in enrolments])  # type: ignore[misc]
    base.close()
    return spent


def main() -> int:
    """Measure; exit 1 where the service is dearer than allowed."""
    parser = argparse.ArgumentParser(prog="python -m bench.quiz_start", description=__doc__)
    parser.add_argument("--people", type=int, default=160)
    parser.add_argument("--pages", type=int, default=40, help="how many of them by the page")
    parser.add_argument("--most", type=float, default=12.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        installation = Installation(Path(folder) / "instance")
        learners = saving.prepare(
            installation, lambda app: make_os2(app, asked.people + asked.pages)
        )
        with saving.application(installation) as app:
            by_page, most = _of_page(app, learners[asked.people :])
            by_service = _of_service(app, learners[: asked.people])
            stored = Path(folder) / "instance" / "atestat.sqlite3"
            copy = Path(folder) / "copy.sqlite3"
            with sqlite3.connect(stored) as source, sqlite3.connect(copy) as target:
                source.backup(target)
        by_driver = _of_driver(copy, [who.enrolment_id for who in learners[1 : asked.people]])
        shutil.rmtree(folder, ignore_errors=True)
    floor = statistics.median(by_driver)
    ratio = statistics.median(by_service) / floor
    told = {
        "people": asked.people,
        "driver_ms": round(floor * 1e3, 2),
        "service_ms": round(statistics.median(by_service) * 1e3, 2),
        "service_ratio": round(ratio, 1),
        "all_by_service_s": round(sum(by_service), 2),
        "page_ms": round(statistics.median(by_page) * 1e3, 2),
        "page_ratio": round(statistics.median(by_page) / floor, 1),
        "page_statements": most,
    }
    print(json.dumps(told))
    return 0 if ratio <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
