"""What a quiz's statistics cost beside reading the same rows with the bare driver.

    python -m bench.quiz_statistics                      # 160 attempts of 50 questions
    python -m bench.quiz_statistics --people 10000

Everything is in one process on SQLite: the whole report (reading, every figure, answers counted,
groups, advice) against the database's driver fetching the same columns and nothing else. It also
measures the pages of 160 attempts: bytes and CPU of „Rezultate” and „Statistici”. Exit 1 where the
report takes more CPU than `--most-seconds`, or costs more than `--most` times the driver.
"""

from __future__ import annotations

import argparse
import gzip
import json
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench.in_process import statements
from lms import db, schema
from lms.accounts.models import SignInSession
from lms.accounts.sessions import hash_token
from lms.courses.models import Course, Edition
from lms.quizzes.models import Quiz
from lms.quizzes.results.report import QuizReport, report_of
from lms.quizzes.results.scope import Scope, Which
from tests.cast import EPOCH, make_cast
from tests.factories import make_quiz
from tests.faults.saving import application
from tests.quizzes.statistics.made import make_attempts, single_choice_quiz
from tests.serving import Installation

_ROWS = """
SELECT i.attempt_id, i.position, i.question_version_id, i.fraction, r.payload
FROM attempt_items i JOIN attempts a ON a.id = i.attempt_id
LEFT JOIN response_versions r ON r.item_id = i.id AND r.sequence = (
  SELECT max(o.sequence) FROM response_versions o WHERE o.item_id = i.id AND o.standing = 'counts')
WHERE a.quiz_id = ? AND a.state = 'submitted'
"""


def _prepared(app: Flask, people: int, questions: int) -> tuple[Scope, str]:
    """Lay the attempts down; return what they are of, and a trainer's open sign-in."""
    with app.app_context():
        schema.upgrade()
        db.db.session.remove()
    cast = make_cast(app)
    token = secrets.token_urlsafe(32)
    with app.app_context(), db.writing() as session:
        quiz_id = make_quiz(cast.module_ids[0], text=single_choice_quiz(questions), pass_mark="70")
        make_attempts(quiz_id, cast.edition_id, people)
        session.add(
            SignInSession(
                token_hash=hash_token(token),
                person_id=cast.persons["owner"],
                created_at=EPOCH,
                last_seen_at=datetime.now(UTC),
                expires_at=datetime.now(UTC) + timedelta(days=1),
                device="bench",
            )
        )
        quiz = session.get_one(Quiz, quiz_id)
        editions = session.execute(
            sa.select(Edition.id, Edition.title).where(Edition.course_id == quiz.course_id)
        )
        return Scope(quiz_id, quiz.course_id, tuple((row[0], row[1]) for row in editions)), token


def _median(runs: int, call: Callable[[], Any]) -> float:
    spent = []
    for _run in range(runs):
        begun = time.process_time()  # SQLite works in this process: others' load is left out
        call()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


def _driver(path: Path, quiz_id: int) -> Callable[[], int]:
    def read() -> int:
        with sqlite3.connect(path) as base:
            return len(base.execute(_ROWS, [quiz_id]).fetchall())

    return read


def _pages(app: Flask, token: str) -> dict[str, Any]:
    """Measure the two pages as their reader gets them."""
    told: dict[str, Any] = {}
    with app.app_context():
        slug = db.session().scalars(sa.select(Course.slug).join(Quiz, Quiz.course_id == Course.id))
        base = f"/courses/{slug.first()}/quizzes/proba"
        db.db.session.remove()
    client = app.test_client()
    client.set_cookie("sid", token, domain="127.0.0.1")
    url = app.config["LMS"].base_url
    for name in ("attempts", "statistics"):
        client.get(f"{base}/{name}", base_url=url)
        with statements(app) as seen:
            answer = client.get(f"{base}/{name}", base_url=url)
        assert answer.status_code == 200, answer.status
        begun = time.process_time()
        for _run in range(10):
            client.get(f"{base}/{name}", base_url=url)
        told[name] = {
            "bytes": len(answer.data),
            "gzipped": len(gzip.compress(answer.data)),
            "cpu_ms": round((time.process_time() - begun) * 100, 1),
            "statements": len(seen),
        }
    return told


def main() -> int:
    """Measure; exit 1 where it is slower or dearer than allowed."""
    parser = argparse.ArgumentParser(prog="python -m bench.quiz_statistics", description=__doc__)
    parser.add_argument("--people", type=int, default=160)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most", type=float, default=12.0)
    parser.add_argument("--most-seconds", type=float, default=0.0, help="1, or 10 of many people")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statistics-") as folder:
        installation = Installation(Path(folder) / "instance")
        with application(installation) as app:
            scope, token = _prepared(app, asked.people, asked.questions)

            def whole() -> QuizReport:
                with app.app_context():
                    found = report_of(scope, Which.FIRST, None, locale="ro")
                    db.db.session.remove()
                    return found

            report = whole()
            assert report.statistics.whole.attempts == asked.people
            by_report = _median(asked.runs, whole)
            read = _driver(Path(folder) / "instance" / "atestat.sqlite3", scope.quiz_id)
            assert read() == asked.people * asked.questions
            by_driver = _median(asked.runs, read)
            pages = _pages(app, token) if asked.people <= 1000 else {}
    most = asked.most_seconds or (1.0 if asked.people <= 1000 else 10.0)
    told = {
        "people": asked.people,
        "questions": asked.questions,
        "driver_s": round(by_driver, 3),
        "report_s": round(by_report, 3),
        "ratio": round(by_report / by_driver, 1),
        "pages": pages,
    }
    print(json.dumps(told))
    return 0 if by_report <= most and by_report / by_driver <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
