"""Where the cells of a workbook stand, and formulas that name them instead of counting rows.

In a formula `{pret}` is the cell of that column in the same row, `{pret:total}` the cells between
two columns of the row, `{linii.total}` a column's cells on a sheet, `{linii.a:f}` a block of them,
`{date.baza.valoare}` one cell, `{linii.heading.pret}` a heading. Nothing else may refer to
anything, and only plain functions count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import get_column_letter

from lms.papers.paper import Formula, Kind, Paper, Sheet

LISTS_SHEET = "Liste"
FUNCTIONS = frozenset(
    {"SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF"}
    | {"COUNTIFS", "IF", "IFERROR", "AND", "OR", "NOT", "ROUND", "ROUNDUP", "MIN", "MAX", "ABS"}
    | {"AVERAGE", "INDEX", "MATCH", "LEN", "TRIM", "ISNUMBER", "TEXT", "WORKDAY", "WEEKDAY"}
)
_NAMED = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)


class FormulaRefusedError(ValueError):
    """A formula names what is not there, or does what a paper has no need of."""


def value_of(kind: Kind, text: str) -> str | Decimal | date:
    """Return a given value as its kind wants it; raise ValueError where it doesn't fit."""
    match kind:
        case Kind.WHOLE | Kind.NUMBER | Kind.MONEY | Kind.PERCENT:
            try:
                number = Decimal(text)
            except InvalidOperation as error:
                raise ValueError(text) from error
            if not number.is_finite() or abs(number) > Decimal(10) ** 12:
                raise ValueError(text)
            return number
        case Kind.DATE:
            return date.fromisoformat(text)
        case _:
            return text


@dataclass(frozen=True)
class Place:
    """Where a sheet's table stands: rows are counted from 1, as the reader sees them."""

    sheet: Sheet
    heading: int

    @property
    def first(self) -> int:
        """The first row under the heading."""
        return self.heading + 1

    @property
    def last(self) -> int:
        """The last row, the total left aside."""
        return self.heading + len(self.sheet.rows) + self.sheet.empty

    @property
    def total(self) -> int:
        """The row of the total."""
        return self.last + 1

    @property
    def end(self) -> int:
        """The last row of all."""
        return self.total if self.sheet.total is not None else self.last

    def letter(self, column: str) -> str:
        """The letter of a column."""
        for at, each in enumerate(self.sheet.columns, 1):
            if each.id == column:
                return get_column_letter(at)
        raise FormulaRefusedError(f"{self.sheet.id}.{column}")

    def row(self, row_id: str) -> int:
        """The number of a row that has an id; „heading” and „total” are there without one."""
        if row_id == "heading":
            return self.heading
        if row_id == "total" and self.sheet.total is not None:
            return self.total
        for at, each in enumerate(self.sheet.rows, self.first):
            if each.id == row_id:
                return at
        raise FormulaRefusedError(f"{self.sheet.id}.{row_id}")


def place_of(sheet: Sheet) -> Place:
    """Tell where a sheet's table stands: under its title and guidance, one row left free."""
    return Place(sheet, heading=1 + len(sheet.guidance) + 2)


def column_range(paper: Paper, sheet_id: str, columns: str) -> str:
    """Return the address of a column's cells („linii.total”), or of several („linii.a:f”)."""
    place = _place(paper, sheet_id)
    first, _, last = columns.partition(":")
    if place.last < place.first:
        raise FormulaRefusedError(f"{sheet_id}.{columns}")
    return (
        f"'{place.sheet.name}'!${place.letter(first)}${place.first}"
        f":${place.letter(last or first)}${place.last}"
    )


def list_range(paper: Paper, name: str) -> str:
    """Return the address of what a choice is made from: a list of the paper or a column."""
    if "." in name:
        sheet_id, _, column = name.partition(".")
        return column_range(paper, sheet_id, column)
    if name not in paper.lists:
        raise FormulaRefusedError(name)
    letter = get_column_letter(list(paper.lists).index(name) + 1)
    return f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(paper.lists[name]) + 1}"


def _place(paper: Paper, sheet_id: str) -> Place:
    for sheet in paper.sheets:
        if sheet.id == sheet_id:
            return place_of(sheet)
    raise FormulaRefusedError(sheet_id)


def resolve(paper: Paper, sheet: Sheet, row: int, formula: Formula) -> str:
    """Return a formula as a spreadsheet reads it; raise FormulaRefusedError."""
    ours: set[str] = set()

    def address(match: re.Match[str]) -> str:
        found = _address(paper, place_of(sheet), row, match[1])
        ours.add(found)
        return found

    text = "=" + _NAMED.sub(address, formula.text.strip().removeprefix("="))
    depth = 0
    for token in _tokens(text):
        depth += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            if token.value.rstrip("(").upper() not in FUNCTIONS:
                raise FormulaRefusedError(token.value)
        elif token.type == Token.OPERAND and token.subtype in (Token.RANGE, Token.ERROR):
            if token.value not in ours:
                raise FormulaRefusedError(token.value)
        elif token.type == Token.ARRAY:
            raise FormulaRefusedError(token.value)
    if depth:
        raise FormulaRefusedError(formula.text)
    return text


def _tokens(text: str) -> list[Token]:
    try:
        return list(Tokenizer(text).items)
    except (TokenizerError, ValueError, IndexError) as error:
        raise FormulaRefusedError(text) from error


def _address(paper: Paper, here: Place, row: int, name: str) -> str:
    parts = name.split(".")
    if not all(_NAME.fullmatch(piece) for part in parts for piece in part.split(":")):
        raise FormulaRefusedError(name)
    if len(parts) == 1:
        return ":".join(f"${here.letter(column)}{row}" for column in name.split(":"))
    if len(parts) == 2:
        return column_range(paper, *parts)
    if len(parts) == 3:
        there = _place(paper, parts[0])
        return f"'{there.sheet.name}'!${there.letter(parts[2])}${there.row(parts[1])}"
    raise FormulaRefusedError(name)
