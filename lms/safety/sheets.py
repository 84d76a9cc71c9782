"""The one writer of tables for spreadsheets; their reader stands beside it, in `tables`."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lms.safety.formulas import guard
from lms.safety.office import without_dates
from lms.safety.tables import (
    RefusedSheet,
    SheetRefused,
    Table,
    TableRow,
    read_table,
)

__all__ = [
    "Cell",
    "Column",
    "RefusedSheet",
    "SheetRefused",
    "Table",
    "TableRow",
    "csv_line",
    "csv_lines",
    "read_table",
    "write_book",
    "write_csv",
    "write_xlsx",
]

Cell = str | int | Decimal | date | datetime | None

_NARROWEST, _WIDEST = 8, 60
_LONGEST_CELL = 32_767  # what a spreadsheet can hold
_LONGEST_TITLE = 31
_NO_TITLE_SIGNS = re.compile(r"[\[\]:*?/\\]")
_HEADER_FONT = Font(bold=True)
_HEADER_FILL = PatternFill("solid", start_color="FFE8EEF4")
_AT_TOP = Alignment(vertical="top")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class Column:
    """A column's heading and, where the content shouldn't decide it, its width in characters."""

    heading: str
    width: int | None = None
    wraps: bool = False  # long texts stand in several lines of their cell


def write_csv(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: str = ";",
    decimal_sign: str = ",",
) -> bytes:
    """Return a CSV file that a Romanian spreadsheet opens with a double click.

    Text that looks like a formula gets an apostrophe, which `read_table` takes off again; numbers
    stay numbers. Moments are written as they come: convert them to the programme's zone first.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guard(_column(column).heading) for column in columns])
    for row in rows:
        writer.writerow([_csv_text(cell, decimal_sign) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def csv_line(cells: Iterable[Cell], *, delimiter: str = ";") -> bytes:
    """Return one line of a CSV file that is too long to be held whole; without a mark before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_csv_text(cell, ",") for cell in cells])
    return out.getvalue().encode()


def csv_lines(columns: Iterable[Column | str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield what `write_csv` returns, a line at a time: for files too long to be held whole."""
    yield codecs.BOM_UTF8 + csv_line(_column(column).heading for column in columns)
    yield from map(csv_line, rows)


def _csv_text(cell: Cell, decimal_sign: str) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guard(cell.replace("\0", ""))
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case Decimal():
            return format(cell, "f").replace(".", decimal_sign)
        case _:
            return str(int(cell))


def write_xlsx(
    title: str, columns: Sequence[Column | str], rows: Iterable[Sequence[Cell]]
) -> bytes:
    """Return a workbook of one sheet: typed cells, text that is never a formula, a fixed heading.

    The same content gives the same bytes. Moments are written without their zone.
    """
    return write_book([(title, columns, rows)])


def write_book(
    sheets: Sequence[tuple[str, Sequence[Column | str], Iterable[Sequence[Cell]]]],
) -> bytes:
    """Return a workbook of several sheets, each with its title, columns and rows."""
    book = Workbook()
    book.properties.creator = "Atestat"
    first = book.active
    assert isinstance(first, Worksheet)
    for number, (title, columns, rows) in enumerate(sheets):
        sheet = first if number == 0 else book.create_sheet()
        sheet.title = _sheet_title(title)  # the library tells apart those that are alike
        _write(sheet, [_column(column) for column in columns], [list(row) for row in rows])
    out = io.BytesIO()
    book.save(out)
    return without_dates(out.getvalue())


def _write(sheet: Worksheet, headed: list[Column], listed: list[list[Cell]]) -> None:
    for at, column in enumerate(headed, start=1):
        _fill_heading(_sheet_cell(sheet, 1, at), column.heading)
    is_tall = any(column.wraps for column in headed)
    for number, row in enumerate(listed, start=2):
        for at, value in enumerate(row, start=1):
            cell = _sheet_cell(sheet, number, at)
            _fill(cell, value)
            if is_tall:
                cell.alignment = _WRAPPED if headed[at - 1].wraps else _AT_TOP
    _lay_out(sheet, headed, listed)


def _column(column: Column | str) -> Column:
    return Column(column) if isinstance(column, str) else column


def _sheet_title(title: str) -> str:
    return _NO_TITLE_SIGNS.sub(" ", title).strip(" '")[:_LONGEST_TITLE] or "Tabel"


def _lay_out(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Fix the heading, set the widths and offer the filter."""
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns):
        letter = get_column_letter(at + 1)
        sheet.column_dimensions[letter].width = column.width or _fitting(column.heading, at, rows)
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _fitting(heading: str, at: int, rows: Sequence[Sequence[Cell]]) -> int:
    # Two characters more than the text: one for the margins, one for the filter's arrow.
    longest = max([len(heading), *(len(str(row[at] or "")) for row in rows if at < len(row))])
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _sheet_cell(sheet: Worksheet, row: int, column: int) -> SheetCell:
    cell = sheet.cell(row=row, column=column)
    assert isinstance(cell, SheetCell)  # nothing is merged here
    return cell


def _fill_heading(cell: SheetCell, heading: str) -> None:
    _fill_text(cell, heading)
    cell.font, cell.fill, cell.alignment = _HEADER_FONT, _HEADER_FILL, _WRAPPED


def _fill(cell: SheetCell, value: Cell) -> None:
    match value:
        case str():
            _fill_text(cell, value)
        case datetime():
            cell.value = value.replace(tzinfo=None)
            cell.number_format = "dd.mm.yyyy hh:mm"
        case date():
            cell.value = value
            cell.number_format = "dd.mm.yyyy"
        case Decimal():
            cell.value = value
            cell.number_format = "0.00" if value.as_tuple().exponent else "0"
        case _:
            cell.value = value


def _fill_text(cell: SheetCell, text: str) -> None:
    """Write text that is text and stays text when somebody edits it."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_CELL]
    cell.data_type = "s"  # the library would make a formula or an error of it
    cell.quotePrefix = guard(text) != text
