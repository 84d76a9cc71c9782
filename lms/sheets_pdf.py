"""Lists on A4 paper: a table with its heading on every page, wrapped cells, „page n of m”."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_INK, _MUTED = HexColor("#18272b"), HexColor("#475a5e")
_RULE, _SHADE = HexColor("#8fa3a0"), HexColor("#e8eef4")


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
