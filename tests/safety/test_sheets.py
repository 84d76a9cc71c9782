"""Tables go out without formulas and come in whatever program wrote them."""

import io
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.safety.archive import read_archive, write_archive
from lms.safety.formulas import guard, unguard
from lms.safety.sheets import (
    Column,
    RefusedSheet,
    SheetRefused,
    read_table,
    write_csv,
    write_xlsx,
)

RISKY = [
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1",
    "+40740123456",
    "-1",
    "-Popescu",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    '"=1+1',
    "＝1+1",
    "'=1",
    "''=1",
]
PLAIN = [
    "Ștefan",
    "O'Neill",
    "'t Hooft",
    "",
    "-",
    "a=b",
    "18547290",
    "0740 123 456",
    "„a; b”, c\nd",
]


# What a CSV file can't hold, or what makes a line's end ambiguous, is left out.
_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\ufeff"))


def refusal(data: bytes, filename: str = "lista.csv") -> tuple[RefusedSheet, int | None]:
    with pytest.raises(SheetRefused) as caught:
        read_table(data, filename)
    return caught.value.reason, caught.value.row


@pytest.mark.parametrize("text", RISKY)
def test_no_text_is_a_formula_in_a_csv_file(text: str) -> None:
    raw = write_csv([text, "b"], [[text, "x"]]).decode("utf-8-sig")
    assert raw.replace('"', "").lstrip()[0] not in "=+-@＝" or text == '"=1+1'
    for line_start in raw.replace("\r\n", "\0").split("\0"):
        assert not line_start.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("text", RISKY)
def test_no_text_is_a_formula_in_a_workbook(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx("x", [text], [[text]])))
    for cell in (book["x"]["A1"], book["x"]["A2"]):
        assert cell.data_type == "s"
        assert str(cell.value).split() == text.split()
    assert all(c.quotePrefix for c in (book["x"]["A1"], book["x"]["A2"])) or text == '"=1+1'


@pytest.mark.parametrize("text", RISKY + PLAIN)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_cell_reads_back_as_it_was(text: str, delimiter: str) -> None:
    data = write_csv(["a", "b"], [[text, "end"]], delimiter=delimiter)
    table = read_table(data, "x.csv")
    assert table.columns == ("a", "b")
    assert table.rows[0].cells == (text, "end")


@given(st.text())
def test_the_mark_comes_off_as_it_went_on(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), st.binary().map(b"PK".__add__)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        table = read_table(data, "x.csv")
    except SheetRefused:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=5))
def test_any_text_survives_a_round_through_a_csv_file(rows: list[tuple[str, str]]) -> None:
    table = read_table(write_csv(["a", "b"], rows), "x.csv")
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert [row.cells for row in table.rows] == filled


def test_cells_full_of_commas_do_not_hide_the_semicolons_between_them() -> None:
    rows = [(",", ","), (",,", "a,b"), ("Iași, Strada Lungă", "1,5")]
    table = read_table(write_csv(["a", "b"], rows), "x.csv")
    assert [row.cells for row in table.rows] == rows


def test_rows_without_their_last_cells_do_not_make_a_comma_in_each_row_the_delimiter() -> None:
    data = "Nume, prenume;Județ;Telefon\nPop, Ana;Iași\nIonescu, Dan;Cluj;0700\n"
    table = read_table(data.encode(), "x.csv")
    assert table.columns == ("Nume, prenume", "Județ", "Telefon")
    assert table.rows[0].cells == ("Pop, Ana", "Iași", "")


def test_numbers_and_dates_stay_numbers_and_dates() -> None:
    moment = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
    rows = [["Ana", -3, Decimal("-7.50"), date(2026, 11, 22), moment, None]]
    columns = ["nume", "n", "nota", "zi", "ora", "gol"]
    assert write_csv(columns, rows).decode("utf-8-sig").splitlines()[1] == (
        "Ana;-3;-7,50;2026-11-22;2026-11-22 14:30;"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx("Listă", columns, rows)))["Listă"]
    values = [cell.value for cell in sheet[2]]
    assert values == [
        *("Ana", -3, -7.5),
        *(datetime(2026, 11, 22), datetime(2026, 11, 22, 14, 30), None),
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b


def test_a_csv_file_starts_with_the_mark_that_spreadsheets_need() -> None:
    assert write_csv(["Ștefan"], []) == b"\xef\xbb\xbf\xc8\x98tefan\r\n"


def test_the_same_rows_make_the_same_workbook() -> None:
    one = write_xlsx("a", [Column("x", 12), "y"], [["1", 2]])
    assert one == write_xlsx("a", [Column("x", 12), "y"], [["1", 2]])


def test_a_sheets_title_is_made_acceptable() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx("a/b:c" + "x" * 50, ["x"], [])))
    assert book.sheetnames == ["a b c" + "x" * 26]


def test_a_workbook_reads_back() -> None:
    rows = [["Țăran", 740123456, Decimal("7.5"), date(2026, 1, 2), "0740"], ["", None, "", "", "x"]]
    table = read_table(write_xlsx("Participanți", ["a", "b", "c", "d", "e"], rows), "l.xlsx")
    assert table.sheet == "Participanți"
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("Țăran", "740123456", "7.5", "2026-01-02", "0740")),
        (3, ("", "", "", "", "x")),
    ]


TEXT = "Nume;Prenume;Telefon\r\nȘtefănescu;Ană;0740123456\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_files_are_recognised(encoding: str) -> None:
    table = read_table(TEXT.encode(encoding), "x.csv")
    assert table.rows[0].cells == ("Ștefănescu", "Ană", "0740123456")


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
def test_files_of_old_programs_keep_their_letters(encoding: str) -> None:
    old = TEXT.replace("Ș", "Ş").encode(encoding)
    table = read_table(old, "x.csv")
    assert table.encoding == "cp1250"
    assert table.rows[0].cells[0] == "Ştefănescu"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters_and_line_ends_are_recognised(delimiter: str, end: str) -> None:
    text = end.join(
        [delimiter.join(row) for row in (["nume", "oraș"], ["Ana", "Iași"], ["Ion", "Cluj"])]
    )
    table = read_table(text.encode(), "x.csv")
    assert table.delimiter == delimiter
    assert [row.cells for row in table.rows] == [("Ana", "Iași"), ("Ion", "Cluj")]


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    table = read_table(b"sep=,\r\na,b\r\n1;2,3\r\n", "x.csv")
    assert (table.columns, table.rows[0].cells, table.rows[0].number) == (
        ("a", "b"),
        ("1;2", "3"),
        3,
    )


def test_titles_and_empty_rows_are_left_out_and_numbers_stay() -> None:
    text = 'Lista participanților;;\n\nNume;Prenume;\nPop;Ana\n;;\n\nPopa;"două\nrânduri"\n'
    table = read_table(text.encode(), "x.csv")
    assert table.columns == ("Nume", "Prenume")
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, ("Pop", "Ana")),
        (7, ("Popa", "două\nrânduri")),
    ]


def test_a_row_longer_than_the_headings_loses_nothing() -> None:
    table = read_table(b"a;b\n1;2;3\n", "x.csv")
    assert table.columns == ("a", "b", "")
    assert table.rows[0].cells == ("1", "2", "3")


def test_what_can_t_be_read_is_named() -> None:
    assert refusal(b"") == (RefusedSheet.EMPTY, None)
    assert refusal(b" \r\n;;\r\n") == (RefusedSheet.EMPTY, None)
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(600)) == (
        RefusedSheet.OLD_OR_PROTECTED_WORKBOOK,
        None,
    )
    assert refusal(b"a;b\nx", "x.xlsx")[0] is RefusedSheet.DAMAGED_WORKBOOK
    assert refusal(bytes(range(256)) * 4)[0] is RefusedSheet.UNKNOWN_ENCODING
    assert refusal(b'a;b\n1;2\n"x;y\n') == (RefusedSheet.BROKEN_QUOTES, 3)
    assert refusal(b"a;b\n" * 5002) == (RefusedSheet.TOO_MANY_ROWS, 5002)
    assert refusal(b"a;" * 1_000_000)[0] is RefusedSheet.TOO_MANY_COLUMNS
    assert refusal(b";" * 200 + b"x\n") == (RefusedSheet.TOO_MANY_COLUMNS, 1)
    assert refusal(b"a;b\n1;" + b"x" * 2001) == (RefusedSheet.CELL_TOO_LONG, 2)
    assert refusal(b"x" * (5 * 1024 * 1024 + 1)) == (RefusedSheet.TOO_LARGE, None)


def workbook_with(changes: dict[str, bytes]) -> bytes:
    parts = read_archive(write_xlsx("x", ["a", "b"], [["1", "2"]]))
    return write_archive({**parts, **changes})


BILLION = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>"""


@pytest.mark.parametrize(
    "xml",
    [BILLION, EXTERNAL, BILLION.decode().encode("utf-16"), b"<a>" * 200_000],
    ids=["entities", "an external type", "in UTF-16", "deep nesting"],
)
def test_dangerous_xml_is_refused_at_once(xml: bytes) -> None:
    data = workbook_with({"xl/worksheets/sheet1.xml": xml})
    began = time.process_time()
    assert refusal(data)[0] is RefusedSheet.DANGEROUS_WORKBOOK
    assert time.process_time() - began < 2


def test_endless_empty_rows_are_refused_before_they_cost_time() -> None:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(1, 700_000))
    began = time.process_time()
    data = workbook_with({"xl/worksheets/sheet1.xml": b"<worksheet>%s</worksheet>" % rows})
    assert refusal(data)[0] is RefusedSheet.TOO_LARGE
    assert time.process_time() - began < 5


def test_xml_under_another_name_is_not_read() -> None:
    parts = read_archive(write_xlsx("x", ["a", "b"], [["1", "2"]]))
    parts["xl/worksheets/sheet1.png"] = BILLION
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        parts[name] = parts[name].replace(b"sheet1.xml", b"sheet1.png")
    assert refusal(write_archive(parts))[0] is RefusedSheet.EMPTY


def test_a_workbook_that_swells_is_refused() -> None:
    out = io.BytesIO(write_xlsx("x", ["a", "b"], []))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", bytes(12 * 1024 * 1024))
    assert refusal(out.getvalue())[0] is RefusedSheet.DANGEROUS_WORKBOOK


def test_another_kind_of_archive_is_no_table() -> None:
    assert refusal(write_archive({"mimetype": b"application/x"}))[0] is RefusedSheet.NOT_A_TABLE
    assert refusal(b"PK\x03\x04 and then nothing")[0] is RefusedSheet.DAMAGED_WORKBOOK


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_without_its_parts_is_damaged(part: str) -> None:
    broken = {RefusedSheet.DAMAGED_WORKBOOK, RefusedSheet.EMPTY}
    assert refusal(workbook_with({part: b"<x/>"}))[0] in broken
    assert refusal(workbook_with({part: b"no xml"}))[0] is RefusedSheet.DAMAGED_WORKBOOK


def test_a_row_with_an_absurd_number_doesn_t_hang_the_reader() -> None:
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = b"<worksheet %s><sheetData>%s%s</sheetData></worksheet>" % (
        namespace,
        row % (1, 1),
        row % (10**12, 10**12),
    )
    began = time.process_time()
    table = read_table(workbook_with({"xl/worksheets/sheet1.xml": sheet}), "x.xlsx")
    assert table.columns == ("x",)
    assert time.process_time() - began < 5


def test_the_first_filled_sheet_is_read_and_the_others_named() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Date").append(["a", "b"])
    book["Date"].append([1.5, True])
    book.create_sheet("Note").append(["x"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert (table.sheet, table.other_sheets) == ("Date", ("Sheet", "Note"))
    assert table.rows[0].cells == ("1.5", "1")
