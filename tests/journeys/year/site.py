"""An installation in this process whose days are turned by hand, and the people who come to it.

Everything else is real: the database, the folder, the pages over WSGI, the commands, the worker's
work, and the mails, which a mail server takes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from flask import Flask

from bench import learner
from bench.timing import Timings
from bench.visitor import Page, Visitor
from lms import checks, clock, create_app, db
from lms.cli import main
from lms.config import Mode, Settings
from lms.courses import outline
from lms.exchange import facts
from lms.jobs import queue
from lms.jobs.worker import sign_of_life
from lms.papers import shelf
from lms.quizzes import queries
from tests.serving import Mailbox

BUCHAREST = ZoneInfo("Europe/Bucharest")
URL = "http://127.0.0.1:8000"
LEFT_ALONE = timedelta(minutes=32)  # then a sign-in shows no page any more
NIGHTLY = frozenset({"backup.daily", "upkeep.daily"})  # slow: done where a night is told of


class Calendar:
    """The one clock of the story: it stands still until somebody moves it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._held = ExitStack()
        stack.callback(self._held.close)

    def set(self, moment: str) -> None:
        """Go to a moment, said in Bucharest's time: „2025-03-04 18:30”."""
        self._hold(datetime.fromisoformat(moment).replace(tzinfo=BUCHAREST))

    def tick(self) -> None:
        """Let a second pass: nobody does two things at once."""
        self._hold(clock.now() + timedelta(seconds=1))

    def _hold(self, moment: datetime) -> None:
        self._held.close()
        self._held.enter_context(clock.stopped_at(moment.astimezone(clock.UTC)))


class _Ticking(httpx.WSGITransport):
    """Carries a request to the pages; each takes a second of the story's time."""

    def __init__(self, app: Flask, calendar: Calendar) -> None:
        super().__init__(app=app)
        self._calendar = calendar

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._calendar.tick()
        answer = super().handle_request(request)
        answer.read()
        answer.close()
        return answer


class Person(Visitor):
    """Somebody at a browser: signs in anew after a pause, counts what they open and press."""

    clicks = 0
    sign_in_name = ""  # once they have an account
    _used_at: datetime | None = None

    def has_entered(self, sign_in_name: str) -> None:
        """Note how somebody signs in who has just come in by a link or a letter."""
        self.sign_in_name, self._used_at = sign_in_name, clock.now()

    def open(self, url: str) -> Page:
        before, self._used_at = self._used_at, clock.now()
        is_left = before is None or self._used_at - before >= LEFT_ALONE
        if self.sign_in_name and is_left:
            clicks = self.clicks
            page = learner.sign_in(self, self.sign_in_name)
            assert not page.has_form(to="/sign-in"), page.text
            self.clicks = clicks
        self.clicks += 1
        return super().open(url)

    def submit(self, *arguments: Any, **more: Any) -> Page:
        self.clicks += 1
        self._used_at = clock.now()
        page = super().submit(*arguments, **more)
        assert page.status < 400, f"{page.url} ({page.status}): {page.text[:1500]}"
        return page


@dataclass
class Site:
    """One machine of the story."""

    app: Flask
    calendar: Calendar
    mailbox: Mailbox
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Return somebody's browser, the same each time; everybody comes from an address."""
        if name not in self.people:
            transport = _Ticking(self.app, self.calendar)
            address = f"10.9.{len(self.people)}.7"
            self.people[name] = Person(URL, Timings(), address=address, transport=transport)
        return self.people[name]

    def lms(self, *arguments: str) -> str:
        """Run a command of the shell to its end and return what it said."""
        self.calendar.tick()
        done = self.app.test_cli_runner().invoke(main, [str(a) for a in arguments])
        assert done.exit_code == 0, f"lms {' '.join(arguments)}: {done.output} {done.exception!r}"
        return done.stdout

    def work(self, *, nightly: str = "") -> None:
        """Do what the worker does: what it was told, every sweep, and what those tell."""
        alive = sign_of_life(self.app.config["LMS"])
        alive.touch()
        os.utime(alive, (clock.now().timestamp(),) * 2)
        self._do_what_was_told()
        for sweep in queue.SWEEPS:
            if sweep.name == nightly or sweep.name not in NIGHTLY:
                self._do(queue.TASKS[sweep.name])
        self._do_what_was_told()

    def _do_what_was_told(self) -> None:
        huey = self.app.extensions["lms_huey"]
        while (told := huey.dequeue()) is not None:
            huey.execute(told)

    def _do(self, work: Callable[..., None]) -> None:
        with self.app.app_context():
            try:
                work()
            finally:
                db.db.session.remove()

    def mails_to(self, address: str) -> list[str]:
        """Return subject and text of the mails to an address, the oldest first."""
        found = []
        for mail in self.mailbox.messages:
            if address in str(mail["To"]):
                body = mail.get_body(("plain",))
                text = body.get_content() if body is not None else ""
                found.append(f"{mail['Subject']}\n{text}")
        return found

    def close(self) -> None:
        for person in self.people.values():
            person.client.close()
        with self.app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()
        self.app.extensions["lms_huey"].storage.close()


def machine(
    stack: ExitStack,
    folder: Path,
    database_url: str,
    smtp_url: str,
    calendar: Calendar,
    mailbox: Mailbox,
    **more: Any,
) -> Site:
    """Start an installation in production mode; it is left with the stack."""
    for cache in (outline, queries, facts, shelf):
        cache.forget()  # a machine knows nothing of another's ids
    settings = Settings(
        mode=Mode.PRODUCTION,
        instance=folder,
        database_url=database_url,
        base_url=URL,
        smtp_url=smtp_url,
        mail_from="Cursuri <cursuri@example.org>",
        mail_per_hour=100_000,
        contact_email="secretariat@example.org",
        contact_phone="0700 000 000",
        behind_proxy=1,
        table_seconds=0,
        **more,
    )
    with checks.starting_leniently():
        app = create_app(settings)
    site = Site(app, calendar, mailbox)
    stack.callback(site.close)
    return site
