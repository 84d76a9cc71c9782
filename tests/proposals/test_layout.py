"""The book of proposals: everything that was written, on pages that can be read and found."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from bench.learner import words_of_pdf
from lms.proposals.layout import Book, Sheet, draw_book


def sheet(number: int, text: str = "Se întâmplă ceva.", heading: str = "Art. 13") -> Sheet:
    fields = (("Problema", text), ("Dovada", "Două cifre.\nTrei cifre."))
    return Sheet(number, "Articolul", heading, "ONG · Iași · predat la 3 noiembrie 2026", fields)


def book(*sheets: Sheet) -> Book:
    return Book(
        title="Propuneri pentru dezbateri",
        lead=("Cursul", "Ediția de probă"),
        index_title="Cuprins",
        sheets=sheets,
        page_words=lambda page, pages: f"Pagina {page} din {pages}",
        continued=lambda number: f"Propunerea {number}, continuare",
    )


def pages_of(pdf: bytes) -> list[str]:
    return words_of_pdf(pdf).split("\f")[:-1]


def test_the_index_names_the_page_on_which_each_proposal_begins():
    pages = pages_of(draw_book(book(*(sheet(n, "Text lung. " * 120) for n in range(1, 40)))))
    index = "\n".join(page for page in pages if "Problema" not in page)
    for number in range(1, 40):
        page = int(re.search(rf"^\s*{number}\. .*?(\d+)\s*$", index, re.MULTILINE)[1])
        assert re.search(rf"^\s*{number}\. ", pages[page - 1], re.MULTILINE), number
    assert f"Pagina {len(pages)} din {len(pages)}" in pages[-1]


def test_every_word_is_there_with_its_diacritics():
    text = "ăâîșțĂÂÎȘȚ „ghilimele” – 15 %\n\nA doua alineat, ș scris din două semne: s\u0326."
    (_index, page) = pages_of(draw_book(book(sheet(1, text))))
    assert "ăâîșțĂÂÎȘȚ „ghilimele” – 15 %" in page
    assert "din două semne: ș." in page


def test_a_proposal_that_fits_on_a_page_is_not_cut():
    pages = pages_of(draw_book(book(*(sheet(n, "Un rând. " * 90) for n in range(1, 12)))))
    assert not any("continuare" in page for page in pages)


def test_a_long_one_goes_on_under_its_own_number():
    words = " ".join(f"cuvânt{n}" for n in range(3000))
    pages = pages_of(draw_book(book(sheet(1), sheet(2, words), sheet(3))))
    found = " ".join(pages)
    assert all(f"cuvânt{n}" in found for n in range(3000))
    assert any("Propunerea 2, continuare" in page for page in pages)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 5000, id="a word without an end"),
        pytest.param("👩‍🌾 宀 \u202e\u200b \U0010ffff", id="signs that no face has"),
        pytest.param("\n" * 400, id="nothing but lines"),
        pytest.param("<b>&amp;</b> {{7*7}} %(x)s \\n", id="markup"),
        pytest.param("", id="nothing"),
    ],
)
def test_whatever_was_typed_can_be_drawn(text):
    pdf = draw_book(book(sheet(1, text, heading=text or "–"), sheet(2)))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) >= 2
        for page in opened.pages:
            assert page.mediabox[3] > page.mediabox[2]
    assert "Pagina 1 din" in pages_of(pdf)[0]


def test_lines_stay_within_the_page():
    pdf = draw_book(book(sheet(1, "m" * 3000)))
    page = pages_of(pdf)[1]
    assert max(len(run) for run in re.findall(r"m+", page)) < 80


def test_the_same_book_is_the_same_file():
    assert draw_book(book(sheet(1))) == draw_book(book(sheet(1)))


def test_a_book_without_proposals_is_its_first_page():
    (page,) = pages_of(draw_book(book()))
    assert "Pagina 1 din 1" in page
