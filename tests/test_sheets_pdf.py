"""Lists on paper: nothing runs over, nothing is lost, each page says which of how many it is."""

from __future__ import annotations

import io

import pikepdf
import pytest

from lms.sheets_pdf import (
    Bars,
    Booklet,
    Column,
    Sheet,
    Table,
    draw_booklet,
    draw_sheet,
    draw_sheets,
)
from tests.certificates.reading import fonts_of, text_of

COLUMNS = [Column("Nr.", 0.4, is_figure=True), Column("Numele", 2), Column("Semnătura", 2)]


def rows(count: int) -> list[list[str]]:
    return [[str(n), f"Țurcanu Ștefania {n}", ""] for n in range(1, count + 1)]


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def texts_of(pdf: bytes) -> list[str]:
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            one, out = pikepdf.new(), io.BytesIO()
            one.pages.append(page)
            one.save(out)
            found.append(text_of(out.getvalue()))
    return found


def test_a_hundred_and_sixty_rows_fill_several_pages_each_with_heading_and_place():
    pdf = draw_sheet(
        Sheet("Listă de predare", COLUMNS, rows(160), row_mm=10, page="Pagina {page} din {pages}")
    )
    pages = texts_of(pdf)
    assert len(pages) > 5
    assert all("Semnătura" in page for page in pages)
    assert f"Pagina {len(pages)} din {len(pages)}" in pages[-1]
    text = "\n".join(pages)
    for number in range(1, 161):
        assert f"Țurcanu Ștefania {number}\n" in text


def test_the_same_list_gives_the_same_bytes_with_embedded_fonts():
    sheet = Sheet("Listă", COLUMNS, rows(3), lead=["Ediția de toamnă"], foot="registru")
    assert draw_sheet(sheet) == draw_sheet(sheet)
    used = [f for f in fonts_of(draw_sheet(sheet)) if "Noto" in f.name]
    assert used
    assert all(font.is_embedded for font in used)


def test_a_long_cell_is_broken_even_within_a_word():
    pdf = draw_sheet(Sheet("Listă", COLUMNS, [["1", "x" * 300, "y " * 60]]))
    assert text_of(pdf).replace("\n", "").count("x") >= 300


@pytest.mark.parametrize("landscape", [False, True])
def test_closing_lines_are_not_torn_apart(landscape):
    close = [f"Rândul {n}" for n in range(8)]
    for count in range(20, 60, 7):
        pdf = draw_sheet(Sheet("Listă", COLUMNS, rows(count), close=close, is_landscape=landscape))
        text = texts_of(pdf)[-1]
        assert all(line in text for line in close), count


def test_an_empty_list_is_a_page_and_no_list_at_all_an_error():
    assert pages_of(draw_sheet(Sheet("Listă", COLUMNS, []))) == 1
    with pytest.raises(ValueError, match="nothing"):
        draw_sheets([])


# --- Several tables on the same pages --------------------------------------------------------


def table(title: str, count: int, *, with_plot: bool = False) -> Table:
    bars = Bars(["a", "b"], [(f"T{n}", (n, 1)) for n in range(count)], is_stacked=True)
    return Table(title, COLUMNS, rows(count), bars=bars if with_plot else None)


def test_short_tables_share_a_page_and_are_not_torn():
    tables = [table(f"Partea {n}", 8) for n in range(6)]
    pages = texts_of(draw_booklet(Booklet("Raport", tables, page="Pagina {page} din {pages}")))
    assert 1 < len(pages) < 6
    for number in range(6):
        (page,) = [text for text in pages if f"Partea {number}" in text]
        assert page.count("Țurcanu Ștefania 8") == page.count("Țurcanu Ștefania 1") > 0


@pytest.mark.parametrize("count", range(30, 90))
def test_no_row_of_a_long_table_stands_alone_on_its_page(count):
    pages = texts_of(draw_booklet(Booklet("Raport", [table("Lunga", count)])))
    assert all(page.count("Țurcanu") >= 2 for page in pages)
    assert all("Semnătura" in page for page in pages), "headed on every page"
    assert sum(page.count("Țurcanu") for page in pages) == count


def test_a_plot_stands_under_its_table_or_under_the_tables_name():
    short, *more = texts_of(draw_booklet(Booklet("R", [table("Scurta", 5, with_plot=True)])))
    assert not more
    assert "T4" in short
    pages = texts_of(draw_booklet(Booklet("R", [table("Lunga", 24, with_plot=True)])))
    assert "T23" in pages[-1]
    assert "Țurcanu" not in pages[-1]
    assert "Lunga" in pages[-1]


def test_the_same_tables_give_the_same_bytes_and_none_at_all_a_page():
    booklet = Booklet("Raport", [table("Partea", 3, with_plot=True)], lead=["Ediția"])
    assert draw_booklet(booklet) == draw_booklet(booklet)
    assert pages_of(draw_booklet(Booklet("Raport", [], lead=["Nimic de raportat"]))) == 1
    assert pages_of(draw_booklet(Booklet("Raport", [Table("Gol", COLUMNS, [], "O notă")]))) == 1
