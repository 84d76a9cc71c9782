"""Every answer carries the headers that keep a browser on the safe side."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from tests.access.asking import SUBJECTS, address
from tests.access.table import Row, read_table
from tests.access.world import PERSONS, World

pytestmark = pytest.mark.one_database

GETS = [row for row in read_table() if row.method == "GET"]
# Public keys and whole lists, alike for everybody: read by programs, kept by caches for a while.
FOR_PROGRAMS = {
    *("certificates.did", "certificates.jwks", "certificates.status_list"),
    *("certificates.chain_checkpoints", "courses.offline_worker", "look.colours"),
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]+\s(?:style|on[a-z]+)\s*=", re.I)


def assert_safe(answer: TestResponse, *, is_picture: bool = False) -> None:
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "*" not in policy
    if is_picture:
        assert "sandbox" in policy
    else:
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


@pytest.mark.parametrize("row", GETS, ids=str)
def test_every_page_is_framed_by_the_same_headers(world: World, row: Row):
    for person in PERSONS:
        client = world.client(person)
        path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
        answer = client.get(path)
        is_allowed = answer.status_code == 200
        assert_safe(answer, is_picture=is_allowed and row.endpoint == "courses.figure")
        if row.endpoint in FOR_PROGRAMS:
            assert "Set-Cookie" not in answer.headers
            continue
        if person != "anonymous":
            kept = answer.headers["Cache-Control"]
            assert "no-store" in kept or "private" in kept, kept
            assert "public" not in kept
        if answer.mimetype == "text/html":
            assert INLINE.findall(answer.text) == []
            assert answer.content_type == "text/html; charset=utf-8"
        if answer.mimetype not in ("text/html", "text/plain", "application/json", "image/png"):
            shown = answer.headers.get("Content-Disposition", "")
            assert not is_allowed or shown.startswith("attachment") or "svg" in answer.mimetype
        world.restore() if row.changes == "yes" else None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nu-exista", 404),
        ("POST", "/account/phone", 400),
        ("GET", "/account/phone", 405),
        ("DELETE", "/account", 400),
        ("TRACE", "/account", 405),
        ("GET", "/audit", 403),
        ("GET", "/static/nu-exista.css", 404),
    ],
)
def test_refusals_carry_them_too(world: World, method: str, path: str, status: int):
    answer = world.client("learner").open(path, method=method)
    assert answer.status_code in {status, 400, 405} if method in {"TRACE", "DELETE"} else status
    assert answer.status_code < 500
    assert_safe(answer)


def test_the_cookies_are_out_of_reach_of_scripts(world: World):
    client = world.app.test_client()
    answer = client.get("/sign-in")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost@evil.example", ""],
)
def test_another_host_gets_nothing(world: World, host: str):
    answer = world.client("owner").get("/account", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert "Location" not in answer.headers


def test_forwarded_headers_of_strangers_count_for_nothing(world: World):
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
    }
    answer = world.client("anonymous").get("/account", headers=headers)
    assert answer.headers["Location"].startswith("/sign-in")
    page = world.client("learner").get("/learn", headers=headers).text
    assert "evil" not in page
