"""A working paper as its file states it, in plain values; nothing here knows Word or Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LEGAL_NOTE = "Model orientativ. Verificați forma în vigoare a legii și regulile apelului."


class Format(StrEnum):
    """What kind of file a paper becomes."""

    DOCX = "docx"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """The type that a browser is told."""
        kind = {
            Format.DOCX: "wordprocessingml.document",
            Format.XLSX: "spreadsheetml.sheet",
        }[self]
        return f"application/vnd.openxmlformats-officedocument.{kind}"


# Text with blanks ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """A run of plain words."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True)
class Blank:
    """A place to fill in, named by what goes there."""

    label: str


_INLINE = re.compile(r"__(?P<blank>[^_\n]+(?:_[^_\n]+)*)__|\*\*(?P<strong>[^*\n]+)\*\*")


def inline(text: str) -> Iterator[Words | Blank]:
    """Split a text into words, strong words („**…**”) and blanks („__…__”)."""
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            yield Words(text[at : match.start()])
        if match["blank"]:
            yield Blank(match["blank"].strip())
        else:
            yield Words(match["strong"], is_strong=True)
        at = match.end()
    if at < len(text):
        yield Words(text[at:])


# What a document is made of --------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A heading of the first or second level."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Guidance:
    """How to fill in what stands beside it; taken out before anybody signs."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """A list, numbered or not."""

    lines: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True)
class Point:
    """A numbered paragraph of a clause, with what is counted in letters under it."""

    text: str
    letters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clause:
    """A numbered clause of an agreement."""

    title: str
    points: tuple[Point, ...]
    guidance: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True)
class FormField:
    """A question of a form, with so many lines to answer on."""

    label: str
    hint: str = ""
    rows: int = 1


@dataclass(frozen=True)
class FormFields:
    """Questions under each other, the room for answers beside them."""

    label: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class TableColumn:
    """A column's heading and its share of the width."""

    title: str
    share: int = 1
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a heading row, rows that are given and rows to fill in."""

    label: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    empty: int = 0
    lines: int = 1  # room for so many lines in a row that is to be filled in


@dataclass(frozen=True)
class Ticks:
    """Choices to tick."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Signatures:
    """Who signs: the parties side by side, each with the lines to fill in."""

    parties: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True)
class Run:
    """Words of one look; a line break in them begins a new line."""

    text: str
    is_strong: bool = False
    is_emphasis: bool = False
    is_code: bool = False
    raised: int = 0  # 1 above the line, -1 below it


@dataclass(frozen=True)
class Shown:
    """A picture in a paragraph, and the words that stand for it."""

    data: bytes
    alt: str


@dataclass(frozen=True)
class Rich:
    """A paragraph whose words were already cut into runs: no sign in them means anything."""

    runs: tuple[Run | Shown, ...]
    indent: int = 0  # in millimetres
    is_tight: bool = False
    keeps: bool = False  # on one page with what follows


Block = (
    Heading
    | Text
    | Guidance
    | Items
    | Clause
    | FormFields
    | Table
    | Ticks
    | Signatures
    | PageBreak
    | Rich
)


# What a workbook is made of --------------------------------------------------------------------


class Kind(StrEnum):
    """What a cell holds, which decides how it is written and what it takes."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    CHOICE = "choice"
    CHECK = "check"  # a formula that says „Corect” or „De corectat”
    ORDINAL = "ordinal"  # the number of the row in its table


@dataclass(frozen=True)
class Formula:
    """A formula with its cells named in braces, and the line of the file that states it."""

    text: str
    line: int = 0


@dataclass(frozen=True)
class Cell:
    """What stands in one cell where the column does not decide it."""

    value: str = ""
    formula: Formula | None = None
    kind: Kind | None = None
    choices: str = ""
    is_input: bool | None = None


@dataclass(frozen=True)
class Column:
    """A column of a sheet; a formula in it holds for every row."""

    id: str
    title: str
    width: int
    kind: Kind = Kind.TEXT
    choices: str = ""  # a list of the paper, or „sheet.column”
    formula: Formula | None = None
    is_input: bool = False
    is_heading_input: bool = False  # the heading itself is to be written by whoever fills in
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Row:
    """A row that is given: a band across the sheet, or cells by column."""

    id: str = ""
    band: str = ""
    lines: int = 1  # room for so many lines
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A sheet: title, a line or two of guidance, one table."""

    id: str
    name: str
    title: str
    columns: tuple[Column, ...]
    guidance: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    empty: int = 0
    total: Row | None = None
    frozen_columns: int = 0
    lines: int = 1  # room for so many lines in every row
    is_landscape: bool = True


@dataclass(frozen=True)
class Paper:
    """A working paper: what it is for, and what it is made of."""

    id: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    format: Format
    lessons: tuple[str, ...]
    facts: tuple[str, ...] = ()
    is_legal: bool = False
    is_landscape: bool = False
    blocks: tuple[Block, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = ()
    language: str = "ro"

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return f"{self.id}.{self.format.value}"
