"""A report as values: tables of figures, and behind each figure the people who make it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

FEW = 10
"""Of fewer than so many no percentage is said: it would promise more than it knows."""


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "count"
    PERCENT = "percent"
    MARK = "mark"  # of a hundred
    GAIN = "gain"  # of marks; said with its sign
    HOURS = "hours"


Said = str | int | Decimal | date | None


@dataclass(frozen=True)
class Behind:
    """A line of the list behind a figure: somebody's place, and what it brings to the figure."""

    place_id: int
    value: Said = None


@dataclass(frozen=True)
class Figure:
    """A number; without a value nothing is known. Without a list nobody may be looked up."""

    value: int | Decimal | None
    unit: Unit = Unit.COUNT
    of: int | None = None
    behind: tuple[Behind, ...] | None = None


NOTHING = Figure(None)


def count(behind: Iterable[Behind | int], of: int | None = None) -> Figure:
    """Count the lines of a list; of nobody there is nothing to say."""
    lines = tuple(b if isinstance(b, Behind) else Behind(b) for b in behind)
    return Figure(None if of == 0 else len(lines), of=of, behind=lines)


def percent(part: int, whole: int) -> Figure:
    """Say a share in per cent; of few it isn't said."""
    if whole < FEW:
        return Figure(None, Unit.PERCENT, of=whole)
    share = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Figure(share, Unit.PERCENT, of=whole)


def mean(marks: Mapping[int, Decimal], unit: Unit = Unit.MARK) -> Figure:
    """Say the mean of marks by place, of how many, and whose they are."""
    if not marks:
        return Figure(None, unit, of=0)
    exact = sum(marks.values(), Decimal(0)) / len(marks)
    behind = tuple(Behind(place, mark) for place, mark in marks.items())
    value = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Figure(value, unit, of=len(marks), behind=behind)


def total(parts: Mapping[int, Decimal]) -> Figure:
    """Add up hours by place."""
    behind = tuple(Behind(place, hours) for place, hours in parts.items())
    return Figure(sum(parts.values(), Decimal(0)), Unit.HOURS, behind=behind)


@dataclass(frozen=True)
class Column:
    """What a column of figures says; `brings` heads what each line behind them brings."""

    id: str
    heading: str
    brings: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table; `short` names it in a plot."""

    id: str
    label: str
    figures: tuple[Figure, ...]
    short: str = ""
    code: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Chart:
    """Which columns of a table are drawn, and whether they make up one bar."""

    title: str
    columns: tuple[str, ...]
    is_stacked: bool = False
    says_first: bool = False  # at the bar's end: its first column, of all


@dataclass(frozen=True)
class Part:
    """A table of a report."""

    id: str
    title: str
    of_rows: str  # the heading of the rows' names
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    chart: Chart | None = None

    def key(self, row: Row, column: Column) -> str:
        """Name a figure in addresses."""
        return f"{self.id}.{row.id}.{column.id}"

    def bars(self) -> list[tuple[str, tuple[int | Decimal, ...]]]:
        """The rows as a plot draws them, without the total."""
        if self.chart is None:
            return []
        at = {column.id: n for n, column in enumerate(self.columns)}
        places = [at[name] for name in self.chart.columns]
        return [
            (row.short or row.label, tuple(row.figures[n].value or 0 for n in places))
            for row in self.rows
            if not row.is_total
        ]


@dataclass(frozen=True)
class Found:
    """A figure with all that names it."""

    part: Part
    row: Row
    column: Column
    figure: Figure


@dataclass(frozen=True)
class Report:
    """A report: first the figures that say most, then its tables, and the rules it counts by."""

    kind: str
    title: str
    rules: tuple[str, ...]
    head: Part
    parts: tuple[Part, ...] = ()
    nothing: str = ""  # why there is nothing to show, where there is nothing

    @property
    def all_parts(self) -> Sequence[Part]:
        """Every table, the head's among them."""
        return (self.head, *self.parts)

    def figures(self) -> Iterator[tuple[str, Found]]:
        """Name every figure."""
        for part in self.all_parts:
            for row in part.rows:
                for column, figure in zip(part.columns, row.figures, strict=True):
                    yield part.key(row, column), Found(part, row, column, figure)

    def listed(self, key: str) -> Found | None:
        """Find a figure whose people may be looked up."""
        found = dict(self.figures()).get(key)
        return found if found is not None and found.figure.behind is not None else None


def head(title: str, lines: Sequence[tuple[str, str, Figure]], brings: str = "") -> Part:
    """Make the part of figures that say most, from (id, label, figure)."""
    rows = tuple(Row(name, label, (figure,)) for name, label, figure in lines)
    return Part("head", title, "", (Column("n", "", brings),), rows)
