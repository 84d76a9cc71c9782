"""A working paper as a workbook: styles by name, cells to fill in unlocked, formulas guarded.

The guard has no password: it keeps a hand from slipping, and whoever wants to may lift it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lms.papers.layout import LISTS_SHEET, Place, list_range, place_of, resolve, value_of
from lms.papers.paper import LEGAL_NOTE, Cell, Column, Kind, Paper, Row, Sheet
from lms.papers.xlsx_styles import Role, Styles
from lms.safety.office import without_dates

_A4 = 9
_BAD_FILL, _BAD_INK = "FFF9E3E4", "FF8A1520"
_TAB = "FF0B5C55"
_OK_FILL, _OK_INK = "FFE4F2E9", "FF155A2E"
_LINE, _AIR = 15.0, 4.0  # points: a line of eleven-point type, and what is left free round it
_INDENT = 2  # characters that a cell's edges take
_MARGIN = 0.5  # inches
_MOST_MONEY = 10**12


@dataclass(frozen=True)
class _Filled:
    """A cell of the table as it is to be written."""

    column: Column
    kind: Kind
    is_input: bool
    choices: str
    letter: str
    row: int


def build_xlsx(paper: Paper) -> bytes:
    """Return the workbook; the same paper gives the same bytes."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    book.remove(first)
    properties = book.properties
    properties.creator, properties.title = "Atestat", paper.title["ro"]
    properties.description, properties.language = paper.summary["ro"], "ro-RO"
    styles = Styles(book)
    for sheet in paper.sheets:
        _Writer(paper, sheet, book.create_sheet(sheet.name), styles).write()
    if paper.lists:
        _write_lists(paper, book.create_sheet(LISTS_SHEET), styles)
    book.calculation.fullCalcOnLoad = True
    out = io.BytesIO()
    book.save(out)
    return without_dates(out.getvalue())


def _write_lists(paper: Paper, page: Worksheet, styles: Styles) -> None:
    for at, (name, choices) in enumerate(paper.lists.items(), 1):
        _put_text(page, 1, at, name, styles.of(Role.HEADING))
        for row, choice in enumerate(choices, 2):
            _put_text(page, row, at, choice, styles.of(Role.GIVEN))
        page.column_dimensions[get_column_letter(at)].width = max(map(len, (name, *choices))) + 3
    page.sheet_state = "hidden"
    page.protection.sheet = True


def _cell(page: Worksheet, row: int, column: int) -> BookCell:
    cell = page.cell(row=row, column=column)
    assert isinstance(cell, BookCell)  # a cell is styled before it is merged with others
    return cell


def _put_text(page: Worksheet, row: int, column: int, text: str, style: str) -> BookCell:
    """Write text that is text, whatever it begins with."""
    cell = _cell(page, row, column)
    cell.style = style
    if text:
        cell.value = text
        cell.data_type = "s"
    return cell


class _Writer:
    """One sheet being written."""

    def __init__(self, paper: Paper, sheet: Sheet, page: Worksheet, styles: Styles) -> None:
        self.paper, self.sheet, self.page, self.styles = paper, sheet, page, styles
        self.place: Place = place_of(sheet)
        self.width = len(sheet.columns)
        self.room = sum(column.width for column in sheet.columns)
        self.filled: list[_Filled] = []

    def write(self) -> None:
        """Write title, guidance, heading, rows and total, then what the whole sheet needs."""
        self._top()
        ordinal = 0
        for number, row in self._rows():
            if row.band:
                _put_text(self.page, number, 1, row.band, self.styles.of(Role.BAND))
                self._merge(number, Role.BAND)
                self._fit(number, [(row.band, self.room)])
            else:
                ordinal += 1
                self._row(number, row, ordinal, is_total=row is self.sheet.total)
        self._validations()
        self._checks()
        self._page()

    def _rows(self) -> Iterator[tuple[int, Row]]:
        yield from enumerate(self.sheet.rows, self.place.first)
        for number in range(self.place.first + len(self.sheet.rows), self.place.last + 1):
            yield number, Row()
        if self.sheet.total is not None:
            yield self.place.total, self.sheet.total

    def _top(self) -> None:
        _put_text(self.page, 1, 1, self.sheet.title, self.styles.of(Role.TITLE))
        self._merge(1, Role.TITLE)
        self._fit(1, [(self.sheet.title, self.room)], scale=1.5)
        for number, line in enumerate(self.sheet.guidance, 2):
            _put_text(self.page, number, 1, line, self.styles.of(Role.GUIDANCE))
            self._merge(number, Role.GUIDANCE)
            self._fit(number, [(line, self.room)])
        for at, column in enumerate(self.sheet.columns, 1):
            role = Role.HEADING_INPUT if column.is_heading_input else Role.HEADING
            style = self.styles.of(role)
            _put_text(self.page, self.place.heading, at, column.title, style)
            self.page.column_dimensions[get_column_letter(at)].width = column.width
        self.page.row_dimensions[self.place.heading - 1].height = _LINE
        titles = [(column.title, column.width - _INDENT) for column in self.sheet.columns]
        self._fit(self.place.heading, titles)

    def _merge(self, row: int, role: Role) -> None:
        """Let a line run over all columns."""
        for at in range(2, self.width + 1):
            _cell(self.page, row, at).style = self.styles.of(role)
        if self.width > 1:
            self.page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=self.width)

    def _fit(self, row: int, texts: Sequence[tuple[str, int]], scale: float = 1.0) -> None:
        """Give a row the height of its longest text: not every program finds it by itself."""
        lines = max(-(-len(text) * 0.95 * scale // room) for text, room in texts)
        self.page.row_dimensions[row].height = max(lines, 1) * _LINE * scale + _AIR

    def _row(self, number: int, row: Row, ordinal: int, *, is_total: bool) -> None:
        texts = [
            (row.cells[column.id].value, column.width - _INDENT)
            for column in self.sheet.columns
            if column.id in row.cells
        ]
        if row.lines > self.sheet.lines:
            self.page.row_dimensions[number].height = row.lines * _LINE + _AIR
        elif any(len(text) > room * self.sheet.lines for text, room in texts):
            self._fit(number, texts)
        for at, column in enumerate(self.sheet.columns, 1):
            given = row.cells.get(column.id, Cell())
            kind = given.kind or column.kind
            # A value that is given stands; a total's column sums up and is not one of its rows.
            formula = given.formula
            if formula is None and not given.value and not is_total:
                formula = column.formula
            is_input = column.is_input and not is_total and formula is None
            if given.is_input is not None:
                is_input = given.is_input
            role = _role(is_total=is_total, is_input=is_input, is_computed=formula is not None)
            cell = _put_text(self.page, number, at, "", self.styles.of(role, kind))
            if formula is not None:
                cell.value = resolve(self.paper, self.sheet, number, formula)
            elif kind is Kind.ORDINAL and not is_total:
                cell.value = ordinal
            elif given.value:
                value = value_of(kind, given.value)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
            choices = given.choices or (column.choices if kind is column.kind else "")
            letter = get_column_letter(at)
            self.filled.append(_Filled(column, kind, is_input, choices, letter, number))

    # What holds for many cells -------------------------------------------------------------------

    def _validations(self) -> None:
        alike: dict[tuple[object, ...], list[_Filled]] = {}
        for each in self.filled:
            if each.is_input:
                key = (each.kind, each.choices, each.column.least, each.column.most)
                alike.setdefault(key, []).append(each)
        for cells in alike.values():
            rule = self._validation(cells[0])
            if rule is not None:
                for area in _areas(cells):
                    rule.add(area)
                self.page.add_data_validation(rule)

    def _validation(self, cell: _Filled) -> DataValidation | None:
        least, most = cell.column.least, cell.column.most
        match cell.kind:
            case Kind.CHOICE:
                source = list_range(self.paper, cell.choices)
                return _rule("list", source, None, "Alegeți o valoare din listă.")
            case Kind.WHOLE:
                low, high = least or 0, 1_000_000 if most is None else most
                told = f"Scrieți un număr întreg, de la {low} la {high}."
                return _rule("whole", low, high, told)
            case Kind.PERCENT:
                return _rule("decimal", 0, 1, "Scrieți un procent, de la 0 % la 100 %.")
            case Kind.MONEY | Kind.NUMBER:
                return _rule("decimal", 0, _MOST_MONEY, "Scrieți un număr, cel puțin 0.")
            case Kind.DATE:
                return _rule("date", 36526, 73050, "Scrieți o dată, de exemplu 1.03.2027.")
            case _:
                return None

    def _checks(self) -> None:
        """Turn what is wrong red and what is right green; the words say it too."""
        bad = DifferentialStyle(font=Font(bold=True, color=_BAD_INK), fill=_fill(_BAD_FILL))
        good = DifferentialStyle(font=Font(color=_OK_INK), fill=_fill(_OK_FILL))
        for area in _areas([each for each in self.filled if each.kind is Kind.CHECK]):
            first = area.partition(":")[0]
            for begins, style in (("De corectat", bad), ("Corect", good)):
                formula = f'LEFT({first},{len(begins)})="{begins}"'
                rule = Rule(type="expression", dxf=style, formula=[formula])
                self.page.conditional_formatting.add(area, rule)

    def _page(self) -> None:
        page, place = self.page, self.place
        last = get_column_letter(self.width)
        page.sheet_view.showGridLines = False
        page.sheet_format.defaultRowHeight = self.sheet.lines * _LINE + _AIR
        page.sheet_format.customHeight = True
        if any(each.is_input for each in self.filled):
            page.sheet_properties.tabColor = _TAB
        frozen = get_column_letter(self.sheet.frozen_columns + 1)
        page.freeze_panes = f"{frozen}{place.first}"
        # How screen readers learn which row holds the headings.
        name = f"ColumnTitleRegion1.A{place.heading}.{last}{place.end}.1"
        page.defined_names.add(
            DefinedName(name, attr_text=f"'{self.sheet.name}'!$A${place.heading}")
        )
        page.page_setup.paperSize = _A4
        page.page_setup.orientation = "landscape" if self.sheet.is_landscape else "portrait"
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.print_title_rows = f"{place.heading}:{place.heading}"
        page.print_area = f"A1:{last}{place.end}"
        margins = page.page_margins
        margins.left = margins.right = margins.top = _MARGIN
        margins.bottom = _MARGIN + 0.25
        page.print_options.horizontalCentered = True
        note = LEGAL_NOTE if self.paper.is_legal else self.paper.title["ro"]
        footer = page.oddFooter
        assert footer is not None
        for side, text in ((footer.left, note), (footer.right, "Pagina &P din &N")):
            side.text, side.size = text, 9
        guard = page.protection
        guard.sheet = True
        guard.formatCells = guard.formatColumns = guard.formatRows = False  # these stay allowed


def _areas(cells: Sequence[_Filled]) -> list[str]:
    """Return the addresses of cells, those under each other as one."""
    areas: list[tuple[str, int, int]] = []
    for cell in sorted(cells, key=lambda each: (len(each.letter), each.letter, each.row)):
        if areas and areas[-1][0] == cell.letter and areas[-1][2] == cell.row - 1:
            areas[-1] = (cell.letter, areas[-1][1], cell.row)
        else:
            areas.append((cell.letter, cell.row, cell.row))
    return [f"{a}{first}:{a}{last}" if last > first else f"{a}{first}" for a, first, last in areas]


def _fill(colour: str) -> PatternFill:
    """A fill as conditional formats want it: its colour stands in the background's place."""
    return PatternFill(start_color=colour, end_color=colour, fill_type="solid")


def _role(*, is_total: bool, is_input: bool, is_computed: bool) -> Role:
    if is_total:
        return Role.TOTAL
    if is_input:
        return Role.INPUT
    return Role.COMPUTED if is_computed else Role.GIVEN


_RuleKind = Literal["list", "whole", "decimal", "date"]


def _rule(kind: _RuleKind, first: object, second: object, told: str) -> DataValidation:
    is_list = kind == "list"
    rule = DataValidation(
        type=kind,
        operator=None if is_list else "between",
        formula1=str(first),
        formula2=None if second is None else str(second),
        allow_blank=True,
    )
    rule.errorTitle, rule.error, rule.showErrorMessage = "Valoare nepotrivită", told, True
    return rule
