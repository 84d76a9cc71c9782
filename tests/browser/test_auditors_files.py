"""What an auditor and a participant take along, by clicks: what is inside is said before."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from lms import db
from lms.courses.models import Programme
from tests.browser import steps
from tests.browser.conftest import PHONE, SIZES

ARCHIVE_CLICKS = 4  # the group of tabs, the tab, „make”, „download”
OWN_DATA_CLICKS = 2  # the link on the account, the button
ERASE_CLICKS = 3  # the link on the participant, the fold, the button


@pytest.fixture
def kept_papers(site) -> Iterator[None]:
    """Let every programme keep its papers again after the test."""
    with site.app.app_context():
        kept = dict(db.session().execute(sa.select(Programme.id, Programme.retain_until)).all())
    yield
    with site.app.app_context(), db.writing() as session:
        for programme_id, until in kept.items():
            session.get_one(Programme, programme_id).retain_until = until


def let_the_papers_go(app: Flask) -> None:
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(Programme).values(retain_until=date(2020, 1, 1)))


class Clicks:
    """A hand on the mouse that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0

    def __call__(self, selector: str) -> None:
        self.number += 1
        self.page.locator(selector).first.click()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_an_archive_is_asked_for_waited_for_and_fetched(
    site, open_context, tmp_path: Path, size
) -> None:
    page = open_context(size=size).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto("/editions")
    page.locator("main h2 a[href*='/editions/']").first.click()
    click = Clicks(page)
    click(".tabs a[href$='/reports']")
    click(".tabs a[href$='/archive']")
    inside = page.locator("section[aria-labelledby=inside]")
    expect(inside).to_contain_text("fiecare certificat sigilat")
    expect(inside).to_contain_text("Nu conține: parole")
    click("form[action$='/archive'] button")
    ready = page.locator("form[action$='.zip'] button")
    expect(ready.first).to_be_visible(timeout=120_000)  # the page renews itself
    with page.expect_download() as download:
        click("form[action$='.zip'] button")
    assert click.number == ARCHIVE_CLICKS
    path = tmp_path / "arhiva.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert {"index.html", "index.pdf", "SHA256SUMS", "check.py"} <= set(archive.namelist())
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.timeout(240)
def test_a_learner_reads_what_is_held_and_takes_it_along(
    site, open_context, tmp_path: Path
) -> None:
    page = open_context(site.learner(), size=PHONE).new_page()
    page.goto("/account")
    click = Clicks(page)
    click("main a[href$='/account/data']")
    held = page.locator("section[aria-labelledby=held] tbody tr")
    assert held.count() >= 5, "each kind of data is said before anything is done"
    with page.expect_download() as download:
        click("form[action$='/account/data.zip'] button")
    assert click.number == OWN_DATA_CLICKS
    path = tmp_path / "datele-mele.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("data.json"))["account"]["person"]
        assert b"<table>" in archive.read("index.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.timeout(240)
def test_an_erasure_says_before_what_goes_and_stays_and_wants_the_name(
    site, open_context, kept_papers: None
) -> None:
    seat = site.learner().enrolment_id
    page = open_context().new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/participants/{seat}")
    name = page.locator("h1").inner_text().strip()
    click = Clicks(page)
    click("main a[href$='/data']")
    held = page.locator("section[aria-labelledby=held]")
    expect(held).to_contain_text("Rămâne, și de ce")
    expect(page.locator("section[aria-labelledby=erase]")).to_contain_text("Numai un proprietar")
    let_the_papers_go(site.app)
    page.reload()
    click("details.confirm summary")
    page.locator("#reason").fill("a cerut la 3 mai")
    page.locator("#name").fill("Altcineva")
    click("details.confirm form button")
    expect(page.locator("[role=alert]").first).to_contain_text("Nimic nu a fost șters.")
    page.locator("#name").fill(name)
    page.locator("details.confirm form button").click()
    expect(page.locator("main")).to_contain_text("Șterse la")
    assert click.number == ERASE_CLICKS
