"""A workbook keeps text as text, opens what is to be filled in, and names cells, not rows."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lms.exchange.paper_file import _BLOCKS, read_paper
from lms.papers.building import build
from lms.papers.layout import FUNCTIONS
from lms.papers.paper import Kind
from tests.papers.sample import PAPER
from tests.papers.spreadsheet import Spreadsheet
from tests.papers.test_reading import SHEETS

DOCS = Path(__file__).parents[2] / "docs" / "course-files.md"


def data_of(text: str = SHEETS) -> bytes:
    problems = []
    paper, _lines = read_paper(PAPER, text, problems)
    assert problems == []
    return build(paper).data


def page_of(text: str = SHEETS):
    return openpyxl.load_workbook(io.BytesIO(data_of(text)))["Linii"]


def test_what_is_given_has_its_type_and_can_be_changed_where_it_is_to_be():
    page = page_of()
    assert [page[at].value for at in ("A4", "B4", "C4", "D4")] == ["Sala", "bani", 10.5, "=$C4*2"]
    assert [page[at].protection.locked for at in ("A4", "C4", "D4")] == [False, False, True]
    assert page["C4"].number_format.startswith("[$-418]#,##0.00")


def test_a_row_that_is_put_in_moves_what_points_beyond_it():
    one_more = SHEETS.replace("    empty: 3", "      - {ce: Masa, lei: '4'}\n    empty: 3")
    assert page_of()["C8"].value == "=SUM('Linii'!$C$4:$C$7)"
    assert page_of(one_more)["C9"].value == "=SUM('Linii'!$C$4:$C$8)"
    book = Spreadsheet(data_of(one_more))
    assert book.value("Linii", "C9") == Decimal("14.5")


def test_text_that_looks_like_a_formula_is_text():
    page = page_of(SHEETS.replace("ce: Sala", "ce: '=1+1'"))
    assert (page["A4"].value, page["A4"].data_type) == ("=1+1", "s")


def test_choices_come_from_their_list_and_numbers_are_bounded():
    page = page_of()
    rules = {rule.type: rule for rule in page.data_validations.dataValidation}
    assert rules["list"].formula1 == "'Liste'!$A$2:$A$3"
    assert str(rules["list"].sqref) == "B4:B7"
    assert (rules["decimal"].formula1, rules["decimal"].showErrorMessage) == ("0", True)


def test_the_lists_are_out_of_sight_and_guarded():
    book = openpyxl.load_workbook(io.BytesIO(data_of()))
    lists = book["Liste"]
    assert (lists.sheet_state, lists.protection.sheet) == ("hidden", True)
    assert [lists[at].value for at in ("A1", "A2", "A3")] == ["feluri", "bani", "natură"]


def test_the_rows_under_the_heading_scroll_and_print_with_it():
    page = page_of()
    assert page.freeze_panes == "A4"
    assert page.print_title_rows == "$3:$3"
    assert page.print_area.endswith("$A$1:$D$8")
    assert "ColumnTitleRegion1.A3.D8.1" in page.defined_names


LIKE = """  - id: exemplu
    name: Exemplu
    title: Exemplu
    like: linii
    headings: {ce: Exemplul}
    rows:
      - {ce: Sala, lei: "3"}
"""


def test_an_example_has_the_columns_of_another_sheet_and_nothing_to_fill_in():
    book = openpyxl.load_workbook(io.BytesIO(data_of(SHEETS + LIKE)))
    page = book["Exemplu"]
    assert [cell.value for cell in page[3]] == ["Exemplul", "Felul", "Lei", "De două ori"]
    assert all(cell.protection.locked for row in page.iter_rows() for cell in row)
    assert page["D4"].value == "=$C4*2"


def test_a_formula_that_looks_through_its_own_sheet_does_so_in_the_example_too():
    text = SHEETS.replace("{lei}*2", "{lei}/SUM({linii.lei})") + LIKE
    book = openpyxl.load_workbook(io.BytesIO(data_of(text)))
    assert book["Linii"]["D4"].value == "=$C4/SUM('Linii'!$C$4:$C$7)"
    assert book["Exemplu"]["D4"].value == "=$C4/SUM('Exemplu'!$C$4:$C$4)"


def test_a_check_turns_red_and_green_by_its_words():
    checked = SHEETS.replace('kind: money, formula: "{lei}*2"', 'kind: check, formula: "{ce}"')
    rules = page_of(checked).conditional_formatting
    found = {(str(each.sqref), rule.formula[0]) for each in rules for rule in each.rules}
    assert found == {
        ("D4:D8", 'LEFT(D4,11)="De corectat"'),
        ("D4:D8", 'LEFT(D4,6)="Corect"'),
    }


@pytest.mark.parametrize("name", [*sorted(FUNCTIONS), *_BLOCKS, *Kind])
def test_what_a_paper_may_hold_is_documented(name):
    text = DOCS.read_text(encoding="utf-8")
    plain = name.removesuffix("S") if name in ("SUMIFS", "COUNTIFS") else name
    assert plain in text
