"""Texts made to keep a reader busy are read as fast as any other of their length."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Iterator

import pytest

from lms.quizzes.exchange.aiken import read_aiken
from lms.quizzes.exchange.formats import Format, recognise
from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.pictures import names_in, without_pictures
from lms.quizzes.workshop.reading import read_text

SECONDS = 20  # where each takes a fraction of one, and took minutes at the least
NAME = "0123456789abcdef0123.png"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def aiken(text: str) -> None:
    list(read_aiken(text.encode(), []))


def gift(text: str) -> None:
    list(read_gift_questions(text.encode(), []))


BUSY = {
    "letters of a key": (aiken, "Q?\nA. x\nB. y\nANSWER: " + "A " * 40_000 + "!\n"),
    "ranges of a number": (gift, "Q? {#" + "1.." * 100_000 + "x}"),
    "a number in an answer": (read_text, "1. Q?\nRăspuns: 1" + " " * 8000 + "x" * 40),
    "room in an option": (read_text, "1. Q?\na) x" + " " * 100_000 + "y\nb) z"),
    "signs of headings": (read_text, "#" * 100_000 + "x"),
    "pictures begun": (names_in, "![" * 200_000),
    "tags begun": (read_html, "<a " * 16_000),
    "emphasis": (read_html, "<b>x</b>" * 6_000),
}


@pytest.mark.parametrize(("read", "text"), BUSY.values(), ids=BUSY)
def test_no_text_keeps_its_reader_busy(read: Callable[[str], object], text: str) -> None:
    read(text)


def test_empty_lines_do_not_hide_what_a_file_is() -> None:
    data = b"Q?" + b"\n" * 16_000 + b"A. x"
    assert recognise(io.BytesIO(data), "a.txt") is Format.GIFT
    assert recognise(io.BytesIO(b"Q?\nA. x\nB. y\n\n  ANSWER: A"), "a.txt") is Format.AIKEN


@pytest.mark.parametrize("html", ["<p>a <![b> c</p>", "<![", "a <![7 b", "<![ x]>"])
def test_what_begins_like_a_section_of_another_language_is_passed_over(html: str) -> None:
    assert isinstance(read_html(html).markdown, str)


def test_a_picture_is_found_whatever_its_words_hold() -> None:
    text = rf"Harta ![a \[b\]! c](<{NAME}>) aici"
    assert names_in(text) == (NAME,)
    assert without_pictures(text) == r"Harta a \[b\]! c aici"
    assert without_pictures(text, {NAME}) == text
    html = f'<p>x <img src="{NAME}" alt="[a]"></p>'
    assert names_in(read_html(html, lambda address: address).markdown) == (NAME,)
