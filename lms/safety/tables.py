"""The one reader of tables that people hand in: CSV of any age, and XLSX."""

from __future__ import annotations

import csv
import io
import re
import statistics
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from xml.parsers import expat

import openpyxl

from lms.errors import Unusable
from lms.safety.archive import ArchiveRefused, Limits, RefusedBecause, read_archive, write_archive
from lms.safety.formulas import unguard

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 100
LONGEST_CELL = 2000

_DELIMITERS = (";", ",", "\t")
_SAMPLE = 20
_HEADING_WITHIN = 10  # a title or two may stand above the table
_LAST_SHEET_ROW = 1_048_576
_DEEPEST_XML = 64
_MOST_XML_TAGS = 300_000  # 5000 rows of 25 filled cells
_WORKBOOK = Limits(
    archive_bytes=MOST_BYTES,
    entries=300,
    entry_bytes=16 * 1024 * 1024,
    total_bytes=24 * 1024 * 1024,
    ratio=100,
)


class RefusedSheet(StrEnum):
    """Why a table can't be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    NOT_A_TABLE = "not_a_table"
    OLD_OR_PROTECTED_WORKBOOK = "old_or_protected_workbook"
    UNKNOWN_ENCODING = "unknown_encoding"
    BROKEN_QUOTES = "broken_quotes"
    DAMAGED_WORKBOOK = "damaged_workbook"
    DANGEROUS_WORKBOOK = "dangerous_workbook"


class SheetRefused(Unusable):
    """A table wasn't read; nothing of it was used. `row` is where the reading stopped."""

    def __init__(self, reason: RefusedSheet, row: int | None = None) -> None:
        super().__init__(reason.value if row is None else f"{reason.value} (row {row})")
        self.reason = reason
        self.row = row


@dataclass(frozen=True)
class TableRow:
    """One row with the number that a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Headings and rows as text, spaces as they came; every row is as long as the headings.

    `encoding` and `delimiter` say how a CSV file was understood; `sheet` and `other_sheets` name
    the sheet of a workbook that was read and those that were not.
    """

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """How much a table may hold."""

    rows: int = MOST_ROWS
    cell: int = LONGEST_CELL


def read_table(data: bytes, filename: str = "", *, bounds: Bounds | None = None) -> Table:
    """Read a CSV or XLSX file, or raise SheetRefused; the content decides which of them it is.

    Empty rows are left out; the first row with two filled cells holds the headings.
    """
    bounds = bounds or Bounds()
    if len(data) > MOST_BYTES:
        raise SheetRefused(RefusedSheet.TOO_LARGE)
    if not data.strip():
        raise SheetRefused(RefusedSheet.EMPTY)
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # .xls, and an .xlsx under a password
        raise SheetRefused(RefusedSheet.OLD_OR_PROTECTED_WORKBOOK)
    if data.startswith(b"PK"):
        return _read_workbook(data, bounds)
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise SheetRefused(RefusedSheet.DAMAGED_WORKBOOK)
    return _read_csv(data, bounds)


# --- CSV -------------------------------------------------------------------------------------


def _read_csv(data: bytes, bounds: Bounds) -> Table:
    text, encoding = _decoded(data)
    text, delimiter = _announced_delimiter(text)
    delimiter = delimiter or _likely_delimiter(text)
    columns, rows = _shaped(_csv_rows(text, delimiter), bounds)
    return Table(columns, rows, encoding=encoding, delimiter=delimiter)


def _decoded(data: bytes) -> tuple[str, str]:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or "\ufffe" in text:
            break
        return text.removeprefix("\ufeff"), encoding
    raise SheetRefused(RefusedSheet.UNKNOWN_ENCODING)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    sample = data[:400]
    if sample[1::2].count(0) > len(sample) // 4:
        return ("utf-16-le",)
    if sample[::2].count(0) > len(sample) // 4:
        return ("utf-16-be",)
    # ISO 8859-2 has its Romanian letters where Windows-1250 has them.
    return ("utf-8", "cp1250", "iso8859-2")


def _announced_delimiter(text: str) -> tuple[str, str]:
    """Take off the line `sep=;` by which spreadsheets name the delimiter."""
    match = re.match(r'"?sep=([;,\t])"?(\r\n|\r|\n)', text)
    # The line end stays: row numbers must be those that the person sees.
    return (text[match.start(2) :], match.group(1)) if match else (text, "")


def _likely_delimiter(text: str) -> str:
    """Choose the delimiter under which the first row is the longest, or else the rows are long."""
    return max(_DELIMITERS, key=lambda delimiter: _shape(text, delimiter))


def _shape(text: str, delimiter: str) -> tuple[bool, float]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(reader, _SAMPLE) if row]
    except csv.Error:
        return False, 0
    if not widths:
        return False, 0
    # Commas inside cells make wide rows too, but the row of headings hardly ever has as many.
    return widths[0] == max(widths) > 1, statistics.median(widths)


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [unguard(cell) for cell in row]
    except csv.Error as error:
        raise SheetRefused(RefusedSheet.BROKEN_QUOTES, number + 1) from error


# --- Workbooks -------------------------------------------------------------------------------


def _read_workbook(data: bytes, bounds: Bounds) -> Table:
    safe = _checked_workbook(data)
    try:
        with warnings.catch_warnings():
            # The library warns of styles and extensions that it leaves out; we don't use them.
            warnings.simplefilter("ignore")
            return _first_filled_sheet(safe, bounds)
    except SheetRefused:
        raise
    except Exception as error:
        # The library has no error of its own: a part that is missing or odd shows as any of them.
        raise SheetRefused(RefusedSheet.DAMAGED_WORKBOOK) from error


def _checked_workbook(data: bytes) -> bytes:
    """Return the workbook with nothing in it but XML that was looked at."""
    try:
        parts = read_archive(data, limits=_WORKBOOK)
    except ArchiveRefused as refusal:
        raise SheetRefused(_as_sheet_reason(refusal.reason)) from refusal
    if "[Content_Types].xml" not in parts or not any(n.startswith("xl/") for n in parts):
        raise SheetRefused(RefusedSheet.NOT_A_TABLE)
    xml = {name: part for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    for part in xml.values():
        _check_xml(part)
    return write_archive(xml)


def _as_sheet_reason(reason: RefusedBecause) -> RefusedSheet:
    match reason:
        case RefusedBecause.NOT_AN_ARCHIVE | RefusedBecause.DAMAGED:
            return RefusedSheet.DAMAGED_WORKBOOK
        case RefusedBecause.TOO_LARGE | RefusedBecause.ENTRY_TOO_LARGE:
            return RefusedSheet.TOO_LARGE
        case _:
            return RefusedSheet.DANGEROUS_WORKBOOK


def _check_xml(part: bytes) -> None:
    """Refuse a document type (entities come with it), deep nesting and endless lists of tags."""
    depth = tags = 0

    def refuse_doctype(*_: object) -> None:
        raise SheetRefused(RefusedSheet.DANGEROUS_WORKBOOK)

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth, tags
        depth += 1
        tags += 1
        if depth > _DEEPEST_XML:
            raise SheetRefused(RefusedSheet.DANGEROUS_WORKBOOK)
        if tags > _MOST_XML_TAGS:
            raise SheetRefused(RefusedSheet.TOO_LARGE)

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise SheetRefused(RefusedSheet.DAMAGED_WORKBOOK) from error


def _first_filled_sheet(data: bytes, bounds: Bounds) -> Table:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    try:
        names = book.sheetnames
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            rows = sheet.iter_rows(
                max_row=_LAST_SHEET_ROW, max_col=MOST_COLUMNS + 1, values_only=True
            )
            texts = (
                (number, [_text(value) for value in row])
                for number, row in enumerate(rows, start=1)
                if row.count(None) < len(row)
            )
            try:
                columns, shaped = _shaped(texts, bounds)
            except SheetRefused as refusal:
                if refusal.reason is not RefusedSheet.EMPTY:
                    raise
                continue
            others = tuple(name for name in names if name != sheet.title)
            return Table(columns, shaped, sheet=sheet.title, other_sheets=others)
    finally:
        book.close()
    raise SheetRefused(RefusedSheet.EMPTY)


def _text(value: object) -> str:  # noqa: PLR0911 - one answer for each type of cell
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return format(Decimal(repr(value)), "f")
        case _:
            return str(value)


# --- Both ------------------------------------------------------------------------------------


def _shaped(
    numbered: Iterable[tuple[int, Sequence[str]]], bounds: Bounds
) -> tuple[tuple[str, ...], tuple[TableRow, ...]]:
    """Find the headings, leave out empty rows, and make all rows equally long."""
    rows = _checked_rows(numbered, bounds)
    if not rows:
        raise SheetRefused(RefusedSheet.EMPTY)
    heading = next((row for row in rows[:_HEADING_WITHIN] if _filled(row) > 1), rows[0])
    below = [row for row in rows if row.number > heading.number]
    width = max(len(row.cells) for row in [heading, *below])
    columns = tuple(" ".join(cell.split()) for cell in _padded(heading.cells, width))
    return columns, tuple(TableRow(row.number, _padded(row.cells, width)) for row in below)


def _checked_rows(numbered: Iterable[tuple[int, Sequence[str]]], bounds: Bounds) -> list[TableRow]:
    rows: list[TableRow] = []
    for number, cells in numbered:
        trimmed = _without_empty_end(cells)
        if not trimmed:
            continue
        if len(trimmed) > MOST_COLUMNS:
            raise SheetRefused(RefusedSheet.TOO_MANY_COLUMNS, number)
        if any(len(cell) > bounds.cell for cell in trimmed):
            raise SheetRefused(RefusedSheet.CELL_TOO_LONG, number)
        if len(rows) > bounds.rows:
            raise SheetRefused(RefusedSheet.TOO_MANY_ROWS, number)
        rows.append(TableRow(number, trimmed))
    return rows


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    length = len(cells)
    while length and not cells[length - 1].strip():
        length -= 1
    return tuple(cells[:length])


def _filled(row: TableRow) -> int:
    return sum(1 for cell in row.cells if cell.strip())


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))
