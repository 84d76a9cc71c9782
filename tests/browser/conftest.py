"""A real browser on the real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from bench import learner, registrar
from bench.timing import Timings
from bench.visitor import Visitor
from lms import clock, db
from lms.access import Role
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.services import attempts
from tests.browser import steps
from tests.faults.saving import application
from tests.os2 import Learner, enrol
from tests.serving import Installation, Mailbox, Serving, mail_server, set_up

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
SIZES = [pytest.param(PHONE, id="360"), pytest.param(DESK, id="1280")]
# Main ways are gone on a phone, at a desk, and where the browser runs no script.
WAYS = [
    pytest.param(PHONE, True, id="360"),
    pytest.param(DESK, True, id="1280"),
    pytest.param(PHONE, False, id="360 without script"),
]
PATIENCE = 20_000  # ms; of a loaded machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("The browser tests need Chromium: as root run “apt-get install chromium”.")


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield from _launched(playwright, chromium)


def _launched(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    yield browser
    browser.close()


@dataclass
class Site:
    """The server, its mails, and an application of our own on the same store."""

    installation: Installation
    serving: Serving
    mailbox: Mailbox
    app: Flask
    registrar_name: str

    def newcomer(self) -> Learner:
        """Enrol one more person, who is signed in."""
        return enrol(self.app, registrar.EDITION, 1, password=learner.PASSWORD)[0]

    def learner(self) -> Learner:
        """Enrol one more person, who has taken the initial test: the first module is open."""
        who = self.newcomer()
        with self.app.app_context(), db.writing() as session:
            test = session.scalars(sa.select(Quiz).where(Quiz.place == QuizPlace.START)).one()
            attempt = attempts.start_attempt(who.enrolment_id, test, now=clock.now())
            attempts.submit_attempt(attempt, now=clock.now())
        return who


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("browser")
    with mail_server() as (mailbox, smtp_url):
        installation = Installation(folder / "instance", smtp_url=smtp_url)
        set_up(installation)
        made = installation.lms_json(
            "user", "create", "--given", "Rodica", "--family", "Registru", "--role", "registrar"
        )
        with installation.serving() as serving, application(installation) as app:
            with Visitor(serving.url, Timings()) as office:
                learner.enter(office, made["link"])
                registrar.set_up_programme(office)
            yield Site(installation, serving, mailbox, app, made["sign_in_name"])


@pytest.fixture
def open_context(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of browsers' contexts: nobody's, or somebody's who is signed in."""
    made: list[BrowserContext] = []

    def make(
        who: Learner | None = None, size: dict[str, int] = DESK, **more: object
    ) -> BrowserContext:
        context = browser.new_context(
            viewport=size, locale="ro-RO", base_url=site.serving.url, **more
        )
        context.set_default_timeout(PATIENCE)
        if who is not None:
            context.add_cookies([{"name": "sid", "value": who.token, "url": site.serving.url}])
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def trainer(site: Site) -> str:
    """Make somebody who trains every course, and can sign in; return the name."""
    with site.app.app_context(), db.writing() as session:
        known = session.scalars(sa.select(Person).filter_by(sign_in_name="formator-nou")).first()
        if known is None:
            now = datetime.now(UTC)
            known = accounts.create_person(
                given_names="Filip", family_name="Formator", sign_in_name="formator-nou", now=now
            )
            accounts.grant_role(known, Role.TRAINER, by=None, now=now)
            office = session.scalars(
                sa.select(Person).filter_by(sign_in_name=site.registrar_name)
            ).one()
            known.password_hash, known.password_set_at = office.password_hash, now
            known.name_confirmed_at = known.welcomed_at = now
    return "formator-nou"


@pytest.fixture
def taken_back(site: Site) -> Iterator[None]:
    """Take the quizzes that a test adds out of use: the other tests share the course."""
    with site.app.app_context():
        before = set(db.session().scalars(sa.select(Quiz.id)))
        db.end_reading()
    yield
    with site.app.app_context(), db.writing() as session:
        for quiz in session.scalars(sa.select(Quiz).where(Quiz.id.not_in(before))):
            quiz.withdrawn_at = clock.now()
        for course in session.scalars(sa.select(Course)):
            course.version += 1


@pytest.fixture
def trainers_page(open_context: Callable[..., BrowserContext], trainer: str) -> Page:
    """A page of a trainer who is signed in."""
    page = open_context().new_page()
    steps.sign_in(page, trainer)
    expect(page.locator(".site-nav")).to_be_visible()
    return page


def is_at(page: Page, ending: str) -> bool:
    """Whether the page's address ends like this, what follows # or ? left out."""
    return page.url.split("#")[0].split("?")[0].endswith(ending)


def address(page: Page, href: str) -> str:
    return urljoin(page.url, href)
