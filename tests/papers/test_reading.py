"""A paper's file is read whole, or every fault told with its line."""

import pytest

from lms.exchange.course_files import read_course
from lms.exchange.paper_file import read_paper
from lms.exchange.problems import Reason
from lms.papers.paper import Blank, Clause, Point, Words, inline
from tests.papers.sample import PAPER, TEXT, files_with_paper

SHEETS = """id: proba-fisa
title: {ro: Buget, en: Budget}
summary: {ro: Un buget., en: A budget.}
format: xlsx
lessons: ["1.1"]
lists:
  feluri: [bani, natură]
sheets:
  - id: linii
    name: Linii
    title: Liniile
    columns:
      - {id: ce, title: Ce, width: 20, input: true}
      - {id: fel, title: Felul, width: 12, kind: choice, choices: feluri, input: true}
      - {id: lei, title: Lei, width: 12, kind: money, input: true}
      - {id: dublu, title: De două ori, width: 12, kind: money, formula: "{lei}*2"}
    rows:
      - {ce: Sala, fel: bani, lei: "10.50"}
    empty: 3
    total:
      ce: Total
      lei: {formula: "SUM({linii.lei})"}
"""


def faults(text):
    return [(p.line, p.reason) for p in read_course(files_with_paper(text)).problems]


def read(text):
    problems = []
    paper, _lines = read_paper(PAPER, text, problems)
    assert problems == []
    return paper


def test_the_samples_have_no_fault():
    assert faults(TEXT) == []
    assert faults(SHEETS) == []


DOCUMENT_CASES = [
    ("another file's id", "id: proba-fisa", "id: alta-fisa", 1, Reason.BAD_ID),
    ("a title in one language", "en: Sample sheet", "", 2, Reason.MISSING_KEY),
    ("an unknown format", "format: docx", "format: pdf", 4, Reason.UNKNOWN_KIND),
    ("a lesson that is not there", '["1.1"]', '["9.9"]', 5, Reason.UNKNOWN_LESSON),
    ("no lesson at all", 'lessons: ["1.1"]\n', "", 1, Reason.MISSING_KEY),
    ("a fact that is not there", "[A1]", "[Z9]", 6, Reason.UNKNOWN_FACT),
    ("a part that is none", "- text:", "- poezie:", 9, Reason.UNKNOWN_BLOCK),
    ("a key that a part has not", "- text:", "- x: 1\n    text:", 9, Reason.UNKNOWN_BLOCK),
    ("nothing in it", TEXT[TEXT.index("  - guidance") :], "  []\n", 8, Reason.EMPTY_PAPER),
    ("a cedilla", "Scrieți", "Scrieţi", 8, Reason.CEDILLA),
    ("an unknown key", "format: docx", "format: docx\nculoare: verde", 5, Reason.UNKNOWN_KEY),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [c[1:] for c in DOCUMENT_CASES],
    ids=[c[0] for c in DOCUMENT_CASES],
)
def test_a_fault_of_a_document_is_named_by_its_line(old, new, line, reason):
    assert old in TEXT
    assert (line, reason) in faults(TEXT.replace(old, new, 1))


SHEET_CASES = [
    ("a column that is not there", "{lei}*2", "{pret}*2", 16, Reason.BAD_FORMULA),
    ("a sheet that is not there", "linii.lei}", "foaie.lei}", 22, Reason.BAD_FORMULA),
    ("a cell's address", "{lei}*2", "A1*2", 16, Reason.BAD_FORMULA),
    ("another workbook", "{lei}*2", "[x.xlsx]Foaie!A1", 16, Reason.BAD_FORMULA),
    ("a program", "{lei}*2", "cmd|' /C calc'!A0", 16, Reason.BAD_FORMULA),
    ("a function of the web", "{lei}*2", "WEBSERVICE({ce})", 16, Reason.BAD_FORMULA),
    ("a formula that never ends", "{lei}*2", "SUM(({lei}", 16, Reason.BAD_FORMULA),
    ("a list that is not there", "choices: feluri", "choices: felii", 9, Reason.UNKNOWN_LIST),
    ("a kind that is none", "kind: choice", "kind: vis", 14, Reason.UNKNOWN_KIND),
    ("a cell of no column", "fel: bani", "pret: bani", 18, Reason.UNKNOWN_COLUMN),
    ("a number that is none", '"10.50"', "zece", 18, Reason.WRONG_KIND),
    ("an endless number", '"10.50"', "1e400", 18, Reason.WRONG_KIND),
    ("a name that no sheet may have", "name: Linii", "name: Li/nii", 10, Reason.WRONG_KIND),
    ("a width beyond the page", "width: 20", "width: 999", 13, Reason.OUT_OF_RANGE),
    ("no columns", SHEETS[SHEETS.index("    columns") : SHEETS.index("    rows")], "", 9, None),
    ("an endless sheet", "empty: 3", "empty: 99999", 19, Reason.OUT_OF_RANGE),
    ("no sheet", SHEETS[SHEETS.index("  - id: linii") :], "  []\n", 9, Reason.EMPTY_PAPER),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"), [c[1:] for c in SHEET_CASES], ids=[c[0] for c in SHEET_CASES]
)
def test_a_fault_of_a_sheet_is_named_by_its_line(old, new, line, reason):
    assert old in SHEETS
    assert (line, reason or Reason.MISSING_KEY) in faults(SHEETS.replace(old, new, 1))


def test_a_name_that_two_sheets_bear_is_refused():
    second = SHEETS[SHEETS.index("  - id: linii") :].replace("id: linii", "id: alta", 1)
    assert Reason.DUPLICATE_ID in {reason for _line, reason in faults(SHEETS + second)}


def test_a_paper_that_the_course_does_not_list_is_told():
    course = files_with_paper() | {"papers/alta.yaml": b"id: alta"}
    assert Reason.FILE_NOT_LISTED in {p.reason for p in read_course(course).problems}


def test_a_paper_that_is_listed_and_not_there_is_told_at_the_list():
    course = files_with_paper()
    del course[PAPER]
    (found,) = read_course(course).problems
    assert (found.path, found.reason, found.detail) == ("course.yaml", Reason.FILE_MISSING, PAPER)


def test_quotes_that_romanian_print_does_not_know_are_warned_of():
    reading = read_course(files_with_paper(TEXT.replace("scurt", "“scurt”")))
    assert reading.course is not None
    assert [p.reason for p in reading.warnings] == [Reason.STRAIGHT_QUOTE]


def test_blanks_and_strong_words_are_told_from_the_rest():
    assert list(inline("Am __nume_întreg__ și **atât**.")) == [
        Words("Am "),
        Blank("nume_întreg"),
        Words(" și "),
        Words("atât", is_strong=True),
        Words("."),
    ]
    assert list(inline("2 * 3 ** 4 și a__b")) == [Words("2 * 3 ** 4 și a__b")]


def test_a_clause_counts_what_stands_under_it_in_letters():
    clause = "  - clause: Rolurile\n    points:\n      - |\n        Orașul:\n        - plătește;\n"
    paper = read(TEXT + clause)
    assert paper.blocks[-1] == Clause("Rolurile", (Point("Orașul:", ("plătește;",)),))
