"""The pages of an edition stand in groups, each in one, and the open one is marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

import lms
from lms import db
from lms.courses.models import Edition, IssuingMode
from tests.cast import Cast

DRAWN_BY = re.compile(r"\bedition_tabs\(ui, \w+, \"(\w+)\"\)")
LEADS_ON = {"works", "programme"}  # pages of more than one edition: they draw no such lines
TEMPLATES = Path(lms.__file__).parent


def rows(client: FlaskClient, path: str) -> list[list[tuple[str, str, str]]]:
    """Return (word, address, mark) of each entry of the lines of groups and of pages."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    (nav,) = BeautifulSoup(answer.text, "lxml").select("nav.tabs-grouped")
    return [
        [
            (a.get_text(strip=True), str(a["href"]), str(a.get("aria-current") or ""))
            for a in line.select("a")
        ]
        for line in nav.select("ul")
    ]


def marks(line: list[tuple[str, str, str]]) -> list[str]:
    return [mark for _word, _href, mark in line if mark]


@pytest.fixture
def office(cast: Cast) -> FlaskClient:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).issuing = IssuingMode.RELEASE
    return cast.client("registrar")


def test_the_office_finds_every_page_in_one_of_seven_groups(office: FlaskClient) -> None:
    first = rows(office, "/editions/e1")
    assert [word for word, *_more in first[0]] == [
        "Participanți",
        "Întâlniri",
        "Progresul",
        "Mesaje",
        "Certificate",
        "Rapoarte",
        "Setări",
    ]
    assert first[1][0][0] == "Lista"
    pages: list[str] = []
    for _word, href, _mark in first[0]:
        lines = rows(office, href)
        assert [(word, to) for word, to, _m in lines[0]] == [(w, to) for w, to, _m in first[0]]
        inside = [to for _w, to, _m in lines[1]] if len(lines) > 1 else [href]
        assert inside[0] == href
        pages += inside
    assert len(pages) == len(set(pages)) == 18
    for href in pages:
        if href.startswith("/editions/"):
            lines = rows(office, href)
            assert [to for _w, to, mark in lines[-1] if mark == "page"] == [href]
            assert marks(lines[0]) == (["true"] if len(lines) > 1 else ["page"])
            assert len(marks(lines[-1])) == 1


def test_no_page_that_draws_the_lines_is_left_out_of_them() -> None:
    drawn = {
        key
        for page in TEMPLATES.glob("*/templates/*/*.html")
        for key in DRAWN_BY.findall(page.read_text("utf-8"))
    }
    macro = TEMPLATES / "participants/templates/participants/_edition_tabs.html"
    named = re.findall(r"^ +\(\"(\w+)\", ", macro.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(drawn | LEADS_ON)


def test_a_group_with_one_page_bears_its_name_and_has_no_second_line(cast: Cast) -> None:
    lines = rows(cast.client("registrar"), "/editions/e1/meetings")
    assert len(lines) == 1
    assert marks(lines[0]) == ["page"]


@pytest.mark.parametrize("part", ["trainer", "auditor", "owner"])
def test_whoever_sees_less_is_shown_no_group_without_a_page(cast: Cast, part: str) -> None:
    client = cast.client(part)
    for _word, href, _mark in rows(client, "/editions/e1")[0]:
        assert client.get(href).status_code == 200, href
