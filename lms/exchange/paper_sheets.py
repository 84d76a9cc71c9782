"""The sheets of a working paper that is a workbook; formulas are worked out to be sure of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from lms.exchange.problems import Reason
from lms.exchange.yaml_lines import Fields
from lms.papers.layout import FormulaRefusedError, list_range, place_of, resolve, value_of
from lms.papers.paper import Cell, Column, Formula, Kind, Paper, Row, Sheet

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_SHEET_NAME = re.compile(r"[^\[\]:*?/\\']{1,31}")


def read_lists(fields: Fields) -> dict[str, tuple[str, ...]]:
    """Read what choices are made from, by name."""
    inner = fields.inner("lists", required=False)
    if inner is None:
        return {}
    lists = {name: tuple(each.text for each in inner.texts(name)) for name in inner.nodes}
    inner.close()
    return lists


def read_sheets(fields: Fields, paper: Paper) -> tuple[Sheet, ...]:
    """Read the sheets, then work out every formula and every choice of them."""
    entries = fields.each("sheets")
    sheets: tuple[Sheet, ...] = ()
    for each in entries:
        sheets += (_sheet(each, sheets),)
    if not sheets:
        fields.wrong("sheets", Reason.EMPTY_PAPER)
    for at, (entry, sheet) in enumerate(zip(entries, sheets, strict=True)):
        earlier = {s.id for s in sheets[:at]} | {s.name.casefold() for s in sheets[:at]}
        if sheet.id in earlier or sheet.name.casefold() in earlier:
            entry.wrong("id", Reason.DUPLICATE_ID)
    paper = replace(paper, sheets=sheets)
    for entry, sheet in zip(entries, sheets, strict=True):
        _check(entry, sheet, paper)
    return sheets


def _sheet(fields: Fields, earlier: tuple[Sheet, ...]) -> Sheet:
    name = fields.text("name", limit=31)
    if name and not _SHEET_NAME.fullmatch(name):
        fields.wrong("name")
    columns = _columns_like(fields, earlier) if "like" in fields.nodes else _columns(fields)
    kinds = {column.id: column.kind for column in columns}
    total = fields.inner("total", required=False)
    guidance = fields.paragraphs("guidance", required=False)
    sheet = Sheet(
        id=fields.identifier("id", _NAME),
        name=name,
        title=fields.text("title", limit=255),
        columns=columns,
        guidance=tuple(each.text for each in guidance),
        rows=tuple(_row(each, kinds) for each in fields.each("rows", required=False)),
        empty=fields.whole("empty", least=0, most=500, default=0),
        total=None if total is None else Row(id="total", cells=_cells(total, kinds)),
        lines=fields.whole("lines", least=1, most=10, default=1),
        frozen_columns=fields.whole("freeze", least=0, most=10, default=0),
        is_landscape=fields.flag("landscape", default=True),
    )
    fields.close()
    return sheet


def _columns(fields: Fields) -> tuple[Column, ...]:
    columns = tuple(_column(each) for each in fields.each("columns"))
    if not columns:
        fields.wrong("columns", Reason.EMPTY_PAPER)
    ids = [column.id for column in columns]
    for repeated in {i for i in ids if i and ids.count(i) > 1}:
        fields.sink.add(fields.line_of("columns"), Reason.DUPLICATE_ID, repeated)
    return columns


def _columns_like(fields: Fields, earlier: tuple[Sheet, ...]) -> tuple[Column, ...]:
    """Take an earlier sheet's columns for an example, in which nothing is to be filled in."""
    name = fields.short("like")
    like = next((sheet.columns for sheet in earlier if sheet.id == name), ())
    if not like:
        fields.wrong("like", Reason.UNKNOWN_LIST)
    titles = fields.inner("headings", required=False)
    given = {} if titles is None else {key: titles.text(key, limit=255) for key in titles.nodes}
    for key in given.keys() - {column.id for column in like}:
        fields.sink.add(fields.line_of("headings"), Reason.UNKNOWN_COLUMN, key)
    own = fields.short("id")
    return tuple(
        replace(
            column,
            formula=_of_sheet(column.formula, name, own),
            title=given.get(column.id, column.title),
            is_input=False,
            is_heading_input=False,
        )
        for column in like
    )


def _of_sheet(formula: Formula | None, like: str, own: str) -> Formula | None:
    """Let a formula that looks through its own sheet look through the example's instead."""
    if formula is None:
        return None
    return replace(formula, text=formula.text.replace(f"{{{like}.", f"{{{own}."))


def _column(fields: Fields) -> Column:
    column = Column(
        id=fields.identifier("id", _NAME),
        title=fields.text("title", limit=255),
        width=fields.whole("width", least=3, most=120),
        kind=_kind(fields) or Kind.TEXT,
        choices=fields.short("choices", required=False),
        formula=_formula(fields),
        is_input=fields.flag("input", default=False),
        is_heading_input=fields.flag("heading_input", default=False),
        least=_bound(fields, "least"),
        most=_bound(fields, "most"),
    )
    fields.close()
    return column


def _bound(fields: Fields, key: str) -> int | None:
    return fields.whole(key, least=-1_000_000, most=1_000_000) if key in fields.nodes else None


def _kind(fields: Fields) -> Kind | None:
    written = fields.short("kind", required=False)
    if not written:
        return None
    try:
        return Kind(written)
    except ValueError:
        fields.wrong("kind", Reason.UNKNOWN_KIND)
        return None


def _formula(fields: Fields) -> Formula | None:
    written = fields.text("formula", required=False, limit=2000)
    return Formula(written, fields.line_of("formula")) if written else None


def _row(fields: Fields, kinds: Mapping[str, Kind]) -> Row:
    """Read a row: `band`, or cells by column, with an `id` where formulas point to it."""
    row_id = fields.identifier("id", _NAME) if "id" in fields.nodes else ""
    if "band" in fields.nodes:
        row = Row(row_id, band=fields.text("band", limit=255))
        fields.close()
        return row
    fields.asked.add("id")
    lines = fields.whole("lines", least=1, most=10, default=1)
    return Row(row_id, lines=lines, cells=_cells(fields, kinds))


def _cells(fields: Fields, kinds: Mapping[str, Kind]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name in fields.nodes:
        if name in fields.asked:
            continue
        if name not in kinds:
            fields.wrong(name, Reason.UNKNOWN_COLUMN)
            continue
        cell = _cell(fields, name)
        try:
            if cell.value:
                value_of(cell.kind or kinds[name], cell.value)
        except ValueError:
            fields.wrong(name)
        cells[name] = cell
    return cells


def _cell(fields: Fields, name: str) -> Cell:
    """Read a cell: its value alone, or a mapping where it differs from its column."""
    if not fields.is_mapping(name):
        return Cell(fields.text(name, required=False))
    inner = fields.inner(name)
    assert inner is not None
    cell = Cell(
        value=inner.text("value", required=False),
        formula=_formula(inner),
        kind=_kind(inner),
        choices=inner.short("choices", required=False),
        is_input=inner.flag("input", default=False) if "input" in inner.nodes else None,
    )
    inner.close()
    return cell


# Formulas and choices -----------------------------------------------------------------------------


def _check(fields: Fields, sheet: Sheet, paper: Paper) -> None:
    """Work out what names something; a fault is reported where it is written."""
    place = place_of(sheet)
    cells = [(cell, row) for row, each in _numbered(sheet) for cell in each.cells.values()]
    formulas = [(column.formula, place.first) for column in sheet.columns]
    formulas += [(cell.formula, row) for cell, row in cells]
    for formula, row in formulas:
        if formula is None:
            continue
        try:
            resolve(paper, sheet, row, formula)
        except FormulaRefusedError as error:
            fields.sink.add(formula.line, Reason.BAD_FORMULA, str(error))
    for choices in {c.choices for c in sheet.columns} | {cell.choices for cell, _row in cells}:
        if not choices:
            continue
        try:
            list_range(paper, choices)
        except FormulaRefusedError as error:
            fields.sink.add(fields.line, Reason.UNKNOWN_LIST, str(error))


def _numbered(sheet: Sheet) -> list[tuple[int, Row]]:
    place = place_of(sheet)
    rows = list(enumerate(sheet.rows, place.first))
    return rows if sheet.total is None else [*rows, (place.total, sheet.total)]
