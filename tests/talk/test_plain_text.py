"""What people write: tidied, never markup, with only addresses as links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.talk.plain_text import Piece, clean, opening_of, paragraphs, pieces


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("Vedeți https://exemplu.example/a.", ["https://exemplu.example/a"]),
        ("(http://exemplu.example/x_(y))", ["http://exemplu.example/x_(y)"]),
        ("„https://exemplu.example/a”", ["https://exemplu.example/a"]),
        ("https://a.example, https://b.example!", ["https://a.example", "https://b.example"]),
        ("javascript:alert(1)", []),
        ("data:text/html,x www.exemplu.example", []),
        ("https://", []),
        ("https://banca.example@furt.example/x", []),
        ("<a href='https://exemplu.example'>x</a>", ["https://exemplu.example"]),
    ],
)
def test_only_addresses_become_links(line: str, links: list[str]) -> None:
    assert [piece.href for piece in pieces(line) if piece.href] == links


@given(st.text())
def test_no_sign_of_a_line_is_lost(line: str) -> None:
    assert "".join(piece.text for piece in pieces(line)) == line
    assert all(p.href is None or p.href == p.text for p in pieces(line))


@given(st.text())
def test_tidied_text_stays_as_it_is(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)


def test_signs_that_nobody_sees_are_left_out() -> None:
    assert clean("a\u202eb\x00c\r\n\r\n\r\n\r\nd\u200b ") == "abc\n\nd"


def test_a_text_is_parted_as_it_was_written() -> None:
    assert paragraphs("unu\ndoi\n\ntrei") == (
        ((Piece("unu"),), (Piece("doi"),)),
        ((Piece("trei"),),),
    )
    assert paragraphs("") == ()


def test_an_opening_is_cut_between_words() -> None:
    assert opening_of("unu  doi\ntrei patru", 12) == "unu doi…"
    assert opening_of("scurt", 12) == "scurt"
    assert opening_of("x" * 30, 12) == "x" * 11 + "…"
