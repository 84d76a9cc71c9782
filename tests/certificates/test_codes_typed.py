"""What a stranger is told of a code as it was typed: empty, too short, or of the right length."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from lms.certificates.numbering import code_from_bytes, signs_in
from tests.cast import Cast
from tests.certificates.certify import issued, stored

pytestmark = pytest.mark.one_database

UNKNOWN = code_from_bytes(b"nobody has this code at all")


@pytest.fixture(autouse=True)
def _fresh_limits(cast: Cast) -> Iterator[None]:
    cast.app.extensions.pop("lms_verify_windows", None)
    yield
    cast.app.extensions.pop("lms_verify_windows", None)


@pytest.fixture
def stranger(cast: Cast) -> FlaskClient:
    return cast.client("anonymous")


@pytest.mark.parametrize(
    ("typed", "signs"),
    [
        ("", 0),
        (" - ", 0),
        ("AT-2026-0001", 10),
        (f"https://atestat.example/v/{UNKNOWN}?x=1", 27),
        ("0" * 501, 501),
    ],
)
def test_signs_are_counted_as_they_are_read(typed: str, signs: int) -> None:
    assert signs_in(typed) == signs


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("AT-2026-0001", "Ați scris 10 semne; codul are 27."),
        ("x", "Ați scris 1 semn; codul are 27."),
        ("0" * 28, "Ați scris 28 de semne; codul are 27."),
        ("0" * 300, "Ați scris 300 de semne; codul are 27."),
    ],
)
def test_a_code_of_another_length_is_told_its_length_and_nothing_of_the_register(
    stranger: FlaskClient, typed: str, told: str
) -> None:
    answer = stranger.get("/verify", query_string={"code": typed})
    assert answer.status_code == 404
    assert "Acesta nu este un cod întreg" in answer.text
    assert told in answer.text
    assert "nu îl luați drept bun" in answer.text


def test_the_beginning_of_a_good_code_is_answered_like_any_other_too_short(
    cast: Cast, stranger: FlaskClient
) -> None:
    def bare(typed: str) -> str:
        text = stranger.get(f"/v/{typed}").text
        return re.sub(r'(name="(?:next|code)"[^>]*?) value="[^"]*"', r"\1", text)

    with stored(cast, issued(cast)) as certificate:
        code = certificate.code
    stranger.get("/verify")
    assert bare(code[:20]) == bare("0" * 20)


def test_an_unknown_code_of_full_length_is_not_to_be_trusted_and_names_whom_to_ask(
    stranger: FlaskClient,
) -> None:
    text = stranger.get(f"/v/{UNKNOWN}").text
    assert "Nu este în registru" in text
    assert "nu luați certificatul drept bun" in text
    assert "întrebați emitentul" in text
    as_json = {"Accept": "application/json"}
    short, full = (stranger.get(f"/v/{c}", headers=as_json) for c in ("x", UNKNOWN))
    assert short.get_json() == full.get_json()


@pytest.mark.parametrize("typed", ["", "  "])
def test_an_empty_code_is_asked_for_at_its_field(stranger: FlaskClient, typed: str) -> None:
    assert "Scrieți mai întâi codul" not in stranger.get("/verify").text
    page = BeautifulSoup(stranger.get("/verify", query_string={"code": typed}).text, "lxml")
    (field,) = page.select("#code")
    assert field["aria-invalid"] == "true"
    (error,) = page.select("#code-error")
    assert error["id"] in str(field["aria-describedby"]).split()
    assert error.get_text(strip=True) == "Scrieți mai întâi codul."
    assert page.select("form[novalidate] #code"), "the browser's own bubble doesn't come first"


def test_the_first_page_shows_what_a_code_looks_like_and_lets_the_check_say_what_lacks(
    stranger: FlaskClient,
) -> None:
    page = BeautifulSoup(stranger.get("/").text, "lxml")
    (field,) = page.select("#verify-code")
    (hint,) = page.select(f"#{field['aria-describedby']}")
    assert "XXXX\u2011XXXX\u2011…\u2011XXX" in hint.get_text()
    assert page.select("form[novalidate] #verify-code")
    assert "simbolul pătrat" not in page.get_text()


@pytest.mark.parametrize("typed", ["TST-2026-000123-X", "tst 2026 000123 x", "OS2-2O26-OOO123-1"])
def test_a_number_typed_for_the_code_is_called_what_it_is_whether_it_exists_or_not(
    stranger: FlaskClient, typed: str
) -> None:
    answer = stranger.get("/verify", query_string={"code": typed})
    assert answer.status_code == 404
    assert "Acesta este numărul certificatului, nu codul" in answer.text
    assert "lângă codul QR" in answer.text


def test_an_unknown_code_is_most_often_copied_wrongly_and_so_no_red_cross(
    stranger: FlaskClient,
) -> None:
    page = BeautifulSoup(stranger.get(f"/v/{UNKNOWN}").text, "lxml")
    (verdict,) = page.select(".verdict-warn")
    assert "Cel mai des s-a copiat greșit o literă" in verdict.get_text()


def test_the_first_page_leads_to_the_check_of_a_file(stranger: FlaskClient) -> None:
    page = BeautifulSoup(stranger.get("/").text, "lxml")
    (link,) = page.select('a[href="/verify#by-file"]')
    assert "Aflați dacă a fost modificat" in link.get_text()
    (title,) = BeautifulSoup(stranger.get("/verify").text, "lxml").select("#by-file")
    told = title.find_next("p")
    assert told is not None
    assert "dacă PDF-ul este originalul" in told.get_text()
