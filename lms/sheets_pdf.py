"""Lists on A4 paper: a table with its heading on every page, wrapped cells, „page n of m”."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from lms.typography import LOCK, MM, Face, load_all, width, wrap

_MARGIN: Final = 15 * MM
_FOOT: Final = 12 * MM
_TITLE, _TITLE_LEADING = 16.0, 20.0
_TEXT, _LEADING = 9.5, 12.5
_SMALL: Final = 8.0
_PAD: Final = 1.6 * MM
_HEADING, _HEADING_LEADING = 12.5, 16.0
_INK, _MUTED = HexColor("#18272b"), HexColor("#475a5e")
_RULE, _SHADE = HexColor("#8fa3a0"), HexColor("#e8eef4")
_TOGETHER: Final = 11  # a table of so few rows is not torn apart
_FILLS: Final = (HexColor("#0b5c55"), HexColor("#8cc3ba"), HexColor("#ffffff"))


@dataclass(frozen=True)
class Column:
    """A heading, and how much of the page's width the column takes beside the others."""

    heading: str
    share: float = 1.0
    is_figure: bool = False  # set to the right


@dataclass(frozen=True)
class Sheet:
    """A list to print. `page` holds {page} and {pages}; rows are no lower than `row_mm`."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    lead: Sequence[str] = ()  # lines under the title
    close: Sequence[str] = ()  # lines after the table, kept together
    foot: str = ""
    page: str = "{page} / {pages}"
    row_mm: float = 0.0
    is_landscape: bool = False
    locale: str = "ro"


@dataclass(frozen=True)
class _Row:
    """A row's cells broken into lines, and how high it is."""

    cells: tuple[tuple[str, ...], ...]
    height: float


def draw_sheet(sheet: Sheet) -> bytes:
    """Draw a list as a PDF; the same list gives the same bytes."""
    return draw_sheets([sheet])


def draw_sheets(sheets: Sequence[Sheet]) -> bytes:
    """Draw several lists into one file, each begun on a page of its own and numbered for itself."""
    if not sheets:
        raise ValueError("nothing to draw")
    out = io.BytesIO()
    with LOCK:
        load_all()
        canvas = Canvas(
            out,
            pagesize=_size(sheets[0]),
            invariant=True,
            initialFontName=Face.LABEL.value,
            lang=sheets[0].locale,
        )
        canvas.setTitle(sheets[0].title)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for sheet in sheets:
            _Drawing(canvas, sheet).draw()
        canvas.save()
    return out.getvalue()


def _size(sheet: Sheet) -> tuple[float, float]:
    size: tuple[float, float] = landscape(A4) if sheet.is_landscape else A4
    return size


class _Drawing:
    """One list on its pages: measured first, because each page says how many there are."""

    def __init__(self, canvas: Canvas, sheet: Sheet) -> None:
        self.canvas, self.sheet = canvas, sheet
        self.across, self.high = _size(sheet)
        room = self.across - 2 * _MARGIN
        shares = sum(column.share for column in sheet.columns)
        self.edges = [_MARGIN]
        for column in sheet.columns:
            self.edges.append(self.edges[-1] + room * column.share / shares)
        self.heading = self._row([column.heading for column in sheet.columns], 0.0)
        self.rows = [self._row(cells, sheet.row_mm * MM) for cells in sheet.rows]
        self.title = wrap(sheet.title, Face.DISPLAY_BOLD, _TITLE, room)
        self.lead = [line for text in sheet.lead for line in wrap(text, Face.LABEL, _TEXT, room)]
        self.close = [line for text in sheet.close for line in wrap(text, Face.LABEL, _TEXT, room)]

    def _row(self, cells: Sequence[str], least: float) -> _Row:
        broken = tuple(
            tuple(self._lines(text, right - left - 2 * _PAD))
            for text, (left, right) in zip(cells, pairwise(self.edges), strict=True)
        )
        lines = max((len(cell) for cell in broken), default=1) or 1
        return _Row(broken, max(least, lines * _LEADING + 2 * _PAD))

    @staticmethod
    def _lines(text: str, limit: float) -> Iterator[str]:
        """Break a cell; a word wider than its column is cut, so that nothing runs into the next."""
        for line in wrap(text, Face.LABEL, _TEXT, limit):
            rest = line
            while width(rest, Face.LABEL, _TEXT) > limit:
                at = len(rest) - 1
                while at > 1 and width(rest[:at], Face.LABEL, _TEXT) > limit:
                    at -= 1
                yield rest[:at]
                rest = rest[at:]
            yield rest

    def draw(self) -> None:
        pages = self._pages()
        for number, (rows, is_last) in enumerate(pages, 1):
            self.canvas.setPageSize((self.across, self.high))
            y = self.high - _MARGIN
            if number == 1:
                y = self._head(y)
            if rows or self.sheet.columns:
                y = self._band(y)
            for row in rows:
                y = self._cells(row, y)
            if is_last:
                self._lines_down(self.close, y - _LEADING)
            self._foot(number, len(pages))
            self.canvas.showPage()

    def _pages(self) -> list[tuple[list[_Row], bool]]:
        """Lay the rows on pages; the closing lines are never torn apart."""
        head = len(self.title) * _TITLE_LEADING + len(self.lead) * _LEADING + 4 * MM
        whole = self.high - _MARGIN - _MARGIN - _FOOT - self.heading.height
        pages: list[tuple[list[_Row], bool]] = []
        rows: list[_Row] = []
        left = whole - head
        for row in self.rows:
            if row.height > left and rows:
                pages.append((rows, False))
                rows, left = [], whole
            rows.append(row)
            left -= row.height
        if self.close and (len(self.close) + 1) * _LEADING > left and rows:
            pages.append((rows, False))
            rows = []
        return [*pages, (rows, True)]

    def _head(self, y: float) -> float:
        self.canvas.setFillColor(_INK)
        self.canvas.setFont(Face.DISPLAY_BOLD.value, _TITLE)
        for line in self.title:
            y -= _TITLE
            self.canvas.drawString(_MARGIN, y, line)
            y -= _TITLE_LEADING - _TITLE
        return self._lines_down(self.lead, y - 2 * MM) - 2 * MM

    def _lines_down(self, lines: Sequence[str], y: float) -> float:
        self.canvas.setFillColor(_INK)
        self.canvas.setFont(Face.LABEL.value, _TEXT)
        for line in lines:
            y -= _TEXT
            self.canvas.drawString(_MARGIN, y, line)
            y -= _LEADING - _TEXT
        return y

    def _band(self, y: float) -> float:
        """Draw the heading's row on its ground."""
        self.canvas.setFillColor(_SHADE)
        height = self.heading.height
        self.canvas.rect(_MARGIN, y - height, self.across - 2 * _MARGIN, height, stroke=0, fill=1)
        return self._cells(self.heading, y)

    def _cells(self, row: _Row, y: float) -> float:
        bottom = y - row.height
        self.canvas.setStrokeColor(_RULE)
        self.canvas.setLineWidth(0.5)
        self.canvas.grid(self.edges, [bottom, y])
        self.canvas.setFillColor(_INK)
        self.canvas.setFont(Face.LABEL.value, _TEXT)
        for column, lines, left, right in zip(
            self.sheet.columns, row.cells, self.edges, self.edges[1:], strict=False
        ):
            at = y - _PAD - _TEXT
            for line in lines:
                if column.is_figure:
                    self.canvas.drawRightString(right - _PAD, at, line)
                else:
                    self.canvas.drawString(left + _PAD, at, line)
                at -= _LEADING
        return bottom

    def _foot(self, number: int, pages: int) -> None:
        self.canvas.setFillColor(_MUTED)
        self.canvas.setFont(Face.LABEL.value, _SMALL)
        self.canvas.drawString(_MARGIN, _FOOT, self.sheet.foot)
        said = self.sheet.page.format(page=number, pages=pages)
        self.canvas.drawRightString(self.across - _MARGIN, _FOOT, said)


# Several tables on the same pages --------------------------------------------------------------


@dataclass(frozen=True)
class Bars:
    """Lying bars under a table: names with their values, each series in a shade of its own."""

    series: Sequence[str]
    bars: Sequence[tuple[str, Sequence[float]]]
    is_stacked: bool = False


@dataclass(frozen=True)
class Table:
    """A part of a booklet: its heading, a note, the table, and what is drawn of it.

    Where no column has a heading, the table has no row of headings.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    bars: Bars | None = None
    is_part: bool = False  # a heading over the tables that follow it, and nothing else


@dataclass(frozen=True)
class Booklet:
    """Tables that follow each other down the pages. `page` holds {page} and {pages}."""

    title: str
    tables: Sequence[Table]
    lead: Sequence[str] = ()
    foot: str = ""
    page: str = "{page} / {pages}"
    is_landscape: bool = False
    locale: str = "ro"


@dataclass(frozen=True)
class _Box:
    """Something that is drawn whole; `again` stands above it where a page begins with it."""

    height: float
    draw: Callable[[float], object]
    keeps: bool = False  # with what follows, on the same page
    again: _Box | None = None


def draw_booklet(booklet: Booklet) -> bytes:
    """Draw tables one under the other, numbered as one; the same content gives the same bytes."""
    out = io.BytesIO()
    sheet = Sheet(
        booklet.title,
        (),
        (),
        lead=booklet.lead,
        foot=booklet.foot,
        page=booklet.page,
        is_landscape=booklet.is_landscape,
        locale=booklet.locale,
    )
    with LOCK:
        load_all()
        canvas = Canvas(
            out,
            pagesize=_size(sheet),
            invariant=True,
            initialFontName=Face.LABEL.value,
            lang=booklet.locale,
        )
        canvas.setTitle(booklet.title)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        head = _Drawing(canvas, sheet)
        high = len(head.title) * _TITLE_LEADING + len(head.lead) * _LEADING + 4 * MM
        boxes = [_Box(high, head._head, keeps=True)]
        for table in booklet.tables:
            boxes += _boxes(canvas, sheet, table)
        pages = _filled(boxes, head.high - 2 * _MARGIN - _FOOT)
        for number, page in enumerate(pages, 1):
            y = head.high - _MARGIN
            for box in page:
                box.draw(y)
                y -= box.height
            head._foot(number, len(pages))
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def _filled(boxes: Sequence[_Box], whole: float) -> list[list[_Box]]:
    """Lay boxes on pages; those that keep together begin a page together."""
    pages: list[list[_Box]] = [[]]
    left, at = whole, 0
    while at < len(boxes):
        end = at
        while boxes[end].keeps and end + 1 < len(boxes):
            end += 1
        while end > at and sum(box.height for box in boxes[at : end + 1]) > whole:
            end -= 1
        chain = list(boxes[at : end + 1])
        if sum(box.height for box in chain) > left and pages[-1]:
            pages.append([])
            left = whole
            if (again := chain[0].again) is not None:
                chain = [again, *chain]
        pages[-1] += chain
        left -= sum(box.height for box in chain)
        at = end + 1
    return pages


def _boxes(canvas: Canvas, sheet: Sheet, table: Table) -> list[_Box]:
    inner = _Drawing(canvas, replace(sheet, columns=table.columns, rows=table.rows))
    room = inner.across - 2 * _MARGIN
    size, leading = (_TITLE, _TITLE_LEADING) if table.is_part else (_HEADING, _HEADING_LEADING)
    title = wrap(table.title, Face.DISPLAY_BOLD, size, room)
    note = wrap(table.note, Face.LABEL, _TEXT, room) if table.note else []

    def heading(y: float) -> None:
        canvas.setFillColor(_INK)
        canvas.setFont(Face.DISPLAY_BOLD.value, size)
        y -= 6 * MM
        for line in title:
            y -= size
            canvas.drawString(_MARGIN, y, line)
            y -= leading - size
        inner._lines_down(note, y - MM)

    high = 6 * MM + len(title) * leading + MM + len(note) * _LEADING + 2 * MM
    boxes = [_Box(high, heading, keeps=True)]
    if inner.rows:
        band = None
        if any(column.heading for column in table.columns):
            band = _Box(inner.heading.height, inner._band)
            boxes.append(replace(band, keeps=True))
        few, last = len(inner.rows) <= _TOGETHER, len(inner.rows) - 1
        has_plot = table.bars is not None and bool(table.bars.bars)
        for at, row in enumerate(inner.rows):
            # No row stands alone on its page, and a short table has its plot beside it.
            keeps = at == last - 1 or (few and (at < last or has_plot))
            boxes.append(_Box(row.height, partial(inner._cells, row), keeps, again=band))
    else:
        boxes[-1] = replace(boxes[-1], keeps=table.is_part)
    if table.bars is not None and table.bars.bars:
        plot = _Plot(canvas, table.bars, inner.across)
        boxes.append(_Box(plot.height, plot.draw, again=_Box(high, heading)))
    return boxes


class _Plot:
    """Lying bars, with a key where there are several series."""

    _ROW, _BAR, _ABOVE = 13.0, 9.0, 4 * MM

    def __init__(self, canvas: Canvas, bars: Bars, across: float) -> None:
        self.canvas, self.bars = canvas, bars
        names = [width(name, Face.LABEL, _SMALL) for name, _values in bars.bars]
        self.left = _MARGIN + min(max(names, default=0.0), 60 * MM) + 2 * MM
        sums = [sum(v) if bars.is_stacked else max(v, default=0) for _name, v in bars.bars]
        most = max([*sums, 0.0])
        room = min(across - _MARGIN - self.left, 110 * MM)
        self.scale = room / most if most else 0.0
        many = 1 if bars.is_stacked else max((len(v) for _n, v in bars.bars), default=1)
        self.step = self._ROW + (many - 1) * self._BAR
        self.has_key = len(bars.series) > 1
        self.height = self._ABOVE + len(bars.bars) * self.step + (self._ROW if self.has_key else 0)

    def draw(self, y: float) -> None:
        """Draw the key and the bars downwards from y."""
        self.canvas.setFont(Face.LABEL.value, _SMALL)
        y -= self._ABOVE
        if self.has_key:
            self._key(y)
            y -= self._ROW
        for name, values in self.bars.bars:
            self.canvas.setFillColor(_INK)
            room = self.left - _MARGIN - 1.5 * MM
            said = wrap(name, Face.LABEL, _SMALL, room)
            line = said[0] + ("…" if len(said) > 1 else "") if said else ""
            self.canvas.drawString(_MARGIN, y - _SMALL, line)
            x, at = self.left, y - self._BAR
            for kind, value in enumerate(values):
                wide = max(0.0, value) * self.scale
                if wide:
                    self._box(x, at, wide, kind)
                if self.bars.is_stacked:
                    x += wide
                else:
                    at -= self._BAR
            y -= self.step

    def _key(self, y: float) -> None:
        x = self.left
        for kind, name in enumerate(self.bars.series):
            self._box(x, y - self._BAR + 1, 7, kind, high=7)
            self.canvas.setFillColor(_INK)
            self.canvas.drawString(x + 10, y - _SMALL, name)
            x += 10 + width(name, Face.LABEL, _SMALL) + 14

    def _box(self, x: float, y: float, wide: float, kind: int, high: float = 8.0) -> None:
        self.canvas.setFillColor(_FILLS[kind % len(_FILLS)])
        self.canvas.setStrokeColor(_FILLS[0])
        self.canvas.setLineWidth(0.5)
        self.canvas.rect(x, y, wide, high, stroke=1, fill=1)
