"""Learners who save answers without pause, and write down each acknowledgement before they go on.

What a learner was told is saved must be in the store, whatever is killed when. Each learner keeps
a journal: one line an acknowledgement, on the disk (fsync) before the next answer is sent.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from flask import Flask

from bench.timing import Timings
from bench.visitor import Visitor
from lms import checks, create_app, db, schema
from lms.config import read_settings
from lms.quizzes.models import ResponseVersion
from tests.os2 import Learner
from tests.serving import Installation, Serving

CLIENTS = 40


@contextmanager
def application(installation: Installation) -> Iterator[Flask]:
    """An application of our own on the same store: to prepare it, and to look into it after."""
    with checks.starting_leniently():  # there are no tables yet
        app = create_app(read_settings(installation.environment()))
    try:
        yield app
    finally:
        with app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()
        app.extensions["lms_huey"].storage.close()


def prepare(
    installation: Installation, lay_down: Callable[[Flask], list[Learner]]
) -> list[Learner]:
    """Make the tables and lay the data down."""
    with application(installation) as app:
        with app.app_context():
            schema.upgrade()
            db.db.session.remove()
        return lay_down(app)


@dataclass
class Question:
    """One question of an open paper, and answers to it that are surely not the stored one.

    An answer that equals the stored one adds no row, so it would leave nothing to look for.
    """

    item: str
    field: str
    values: Sequence[str]  # none: any number will do
    maybe_stored: set[str] = field(default_factory=set)
    count: int = 0

    def another(self) -> str | None:
        """Return an answer that can't be the stored one; None where there is none any more."""
        for _ in range(len(self.values) or 1):
            self.count += 1
            value = self.values[self.count % len(self.values)] if self.values else str(self.count)
            if value not in self.maybe_stored:
                return value
        return None


@dataclass
class Saver:
    """A learner who saves, as the page's script does."""

    visitor: Visitor
    journal: Path
    address: str = ""
    token: str = ""
    questions: list[Question] = field(default_factory=list)
    acknowledged: int = 0

    def open_paper(self) -> None:
        """Start the first test by its page, and see which questions it drew."""
        course = self.visitor.open(self.visitor.open("/learn").link(to="/courses/"))
        course = self.visitor.open(course.url.split("#")[0].rsplit("/", 2)[0])
        page = self.visitor.open(course.link(to="/quizzes/"))
        paper = self.visitor.submit(page.form(to="/start"))
        exam = paper.form(to="/submit").element
        self.address = exam.get("data-save")
        self.token = exam.xpath(".//input[@name='csrf_token']")[0].get("value")
        boxes = exam.xpath(".//fieldset[@data-item]")
        self.questions = [q for box in boxes if (q := _question(box)) is not None]
        assert self.questions

    def save_until(self, ended: threading.Event) -> None:
        """Save one answer after the other; what isn't acknowledged isn't journalled."""
        with self.journal.open("ab", buffering=0) as journal:
            for question in itertools.cycle(self.questions):
                if ended.is_set():
                    return
                value, key = question.another(), secrets.token_hex(8)
                if value is None:
                    continue
                is_saved = self._save(question, value, key)
                if is_saved is None:
                    question.maybe_stored.add(value)
                if not is_saved:
                    time.sleep(0.05)
                    continue
                journal.write(json.dumps([int(question.item), key]).encode() + b"\n")
                os.fsync(journal.fileno())
                question.maybe_stored = {value}
                self.acknowledged += 1

    def _save(self, question: Question, value: str, key: str) -> bool | None:
        """Send an answer: True where acknowledged, False where surely not stored, None unknown."""
        try:
            response = self.visitor.request(
                "POST",
                self.address,
                data={"item": question.item, "key": key, question.field: [value]},
                headers={"Accept": "application/json", "X-CSRF-Token": self.token},
            )
        except httpx.ConnectError:
            return False
        except httpx.HTTPError:
            return None
        if response.status_code == 200 and "saved_at" in response.json():
            return True
        return False if response.status_code < 500 else None


def _question(box: Any) -> Question | None:
    """Return a question that has three answers or more."""
    item = box.get("data-item")
    if text := box.xpath(".//input[@type='text']"):
        return Question(item, text[0].get("name"), [])
    if selects := box.xpath(".//select"):
        values = [v for v in selects[0].xpath(".//option/@value") if v]
        return Question(item, selects[0].get("name"), values) if len(values) > 2 else None
    ticks = box.xpath(".//input[@type='checkbox' or @type='radio']")
    values = [t.get("value") for t in ticks]
    return Question(item, ticks[0].get("name"), values) if len(values) > 2 else None


@dataclass
class Findings:
    """What a run of kills showed."""

    acknowledged: int
    lost: list[tuple[int, str]]
    kills: int
    rows: int

    def __str__(self) -> str:
        bound = 300 / self.acknowledged if self.acknowledged and not self.lost else 0
        return (
            f"{len(self.lost)} lost of {self.acknowledged} acknowledged in {self.kills} kills"
            + (f" (95 %: below {bound:.3f} %)" if bound else "")
        )


def run(
    installation: Installation,
    learners: Sequence[Learner],
    folder: Path,
    kills: Sequence[str],
    *,
    seed: int = 0,
    **environment: str,
) -> Findings:
    """Let everybody save while processes die, then compare journals with the store.

    `kills` names what dies in each round: „workers” (they are started again by what is left) or
    „all” (and the server is started anew).
    """
    chance = random.Random(seed)
    savers = [_saver(installation, one, folder) for one in learners]
    ended = threading.Event()
    threads = [threading.Thread(target=s.save_until, args=[ended]) for s in savers]
    rounds = list(kills)
    try:
        while rounds:
            with installation.serving("--no-worker", **environment) as serving:
                if not savers[0].questions:
                    for saver in savers:
                        saver.open_paper()
                    for thread in threads:
                        thread.start()
                _kill_in_turn(serving, rounds, savers, chance)
        # a last start: recovery must work, and the clients go on a little
        with installation.serving("--no-worker", **environment):
            _wait_for_acknowledgements(savers, more=100)
            ended.set()
            for thread in threads:
                thread.join()
    finally:
        ended.set()
        for saver in savers:
            saver.visitor.client.close()
    with application(installation) as app:
        return _compare(app, savers, len(kills))


def _saver(installation: Installation, who: Learner, folder: Path) -> Saver:
    visitor = Visitor(installation.url, Timings())
    visitor.client.cookies.set("sid", who.token, domain="127.0.0.1")
    return Saver(visitor, folder / f"{who.sign_in_name}.journal")


def _kill_in_turn(
    serving: Serving, rounds: list[str], savers: Sequence[Saver], chance: random.Random
) -> None:
    """Kill at random moments, each time after somebody got an answer; return once all is dead."""
    while rounds:
        _wait_for_acknowledgements(savers)
        time.sleep(chance.uniform(0, 2))
        if rounds.pop(0) == "all":
            serving.kill_all()
            return
        serving.kill_web_workers()


def _wait_for_acknowledgements(
    savers: Sequence[Saver], more: int = 20, seconds: float = 120
) -> None:
    before, deadline = sum(s.acknowledged for s in savers), time.monotonic() + seconds
    while sum(s.acknowledged for s in savers) < before + more:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.02)


def _compare(app: Flask, savers: Sequence[Saver], kills: int) -> Findings:
    with app.app_context():
        rows = db.session().execute(
            sa.select(ResponseVersion.item_id, ResponseVersion.idempotency_key)
        )
        stored = {(item, key) for item, key in rows}
        db.end_reading()
    told = [
        (item, key)
        for saver in savers
        for item, key in map(json.loads, saver.journal.read_text().splitlines())
    ]
    lost = [entry for entry in told if entry not in stored]
    return Findings(len(told), lost, kills, len(stored))
