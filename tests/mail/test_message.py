"""Mails as bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.mail.addresses import as_sent, is_one_address
from lms.mail.message import Letter, build, html_of, one_line


def letter(**values: str) -> Letter:
    return Letter(
        **{
            "to": "ana@exemplu.example",
            "sender": "Atestat <nu@exemplu.example>",
            "subject": "Subiect",
            "text": "Text.\n",
            "html": "<p>Text.</p>",
            "message_id": "<1@exemplu.example>",
            **values,
        },
        at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "subject", ["Ședință\r\nBcc: x@y.ro", "a\nb", "x" * 2000, "ț" * 300, "a\x00b\u2028c"]
)
def test_a_subject_stays_one_header(subject: str) -> None:
    raw = build(letter(subject=subject)).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert b"\r\nBcc:" not in head
    assert head.count(b"Subject:") == 1
    assert max(len(line) for line in head.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "address", ["a@x.ro,b@y.ro", "a@x.ro\nBcc: b@y.ro", "", "a", "Ana <a@x.ro>", "a@x"]
)
def test_a_mail_to_anything_but_one_address_is_not_built(address: str) -> None:
    assert not is_one_address(address)
    with pytest.raises(ValueError):
        build(letter(to=address))


def test_a_domain_with_diacritics_is_written_as_servers_know_it() -> None:
    assert as_sent("ana@primăria.example") == "ana@xn--primria-c4a.example"


def test_the_html_part_is_made_of_the_text() -> None:
    assert html_of("Unu & doi.\n\nhttps://x.example/?a=1&b=2\nși <b>\n") == (
        '<p>Unu &amp; doi.</p>\n<p><a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>'
        "<br>și &lt;b&gt;</p>"
    )


def test_the_first_address_alone_becomes_a_button_with_the_address_below() -> None:
    page = html_of(
        "Bună ziua.\n\nhttps://x.example/?a=1&b=2\n\nhttps://x.example/v",
        opens="Deschideți <pagina>",
        colour="#003399",
    )
    assert page.count("background:#003399") == 1
    assert page.count('href="https://x.example/?a=1&amp;b=2"') == 2  # the button and the address
    assert "Deschideți &lt;pagina&gt;</a>" in page
    assert '<p><a href="https://x.example/v">https://x.example/v</a></p>' in page


def test_an_address_that_somebody_wrote_is_no_button() -> None:
    page = html_of(
        "Maria întreabă:\n\nhttps://altul.example/intrare\n\nhttps://x.example/threads/1",
        opens="Deschideți pagina",
        site="https://x.example/",
    )
    assert page.count("Deschideți pagina") == 1
    assert '<p><a href="https://altul.example/intrare">' in page
    assert page.index("altul.example") < page.index("Deschideți pagina")


def test_a_header_line_holds_no_control_characters() -> None:
    assert one_line("a\r\n\tb\x07c") == "a b c"


def test_what_ends_a_sentence_is_no_part_of_an_address() -> None:
    assert html_of("sala (https://x.example/a), apoi https://x.example/b.") == (
        '<p>sala (<a href="https://x.example/a">https://x.example/a</a>), apoi '
        '<a href="https://x.example/b">https://x.example/b</a>.</p>'
    )
