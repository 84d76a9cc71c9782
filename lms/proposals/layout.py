"""A book of proposals on A4: an index, then one block each, with page numbers. Pure drawing.

Texts are people's own: whatever they typed is broken into lines that fit, and a sign that the
fonts don't know is drawn as a box. The same book gives the same bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lms.proposals.pen import BRAND, INK, MUTED, Pen, Style
from lms.typography import LOCK, MM, Face, load, load_all, wrap

_LEFT, _RIGHT, _TOP, _FOOT = 24.0, 186.0, 272.0, 24.0
_WIDTH = _RIGHT - _LEFT
_UNKNOWN: Final = "\N{WHITE SQUARE}"
_ENDLESS: Final = 60_000  # signs of one field; forms take far less

_TITLE = Style(Face.DISPLAY_BOLD, 24, BRAND)
_LEAD = Style(Face.LABEL, 10.5, MUTED)
_INDEX_TITLE = Style(Face.DISPLAY_BOLD, 14, BRAND)
_ENTRY = Style(Face.TEXT, 10.5)
_ENTRY_META = Style(Face.LABEL, 8.5, MUTED)
_NUMBER = Style(Face.DISPLAY_BOLD, 15, BRAND)
_HEADING = Style(Face.DISPLAY_BOLD, 15, INK)
_META = Style(Face.LABEL, 9, MUTED)
_LABEL = Style(Face.LABEL, 9, BRAND)
_TEXT = Style(Face.TEXT, 10.5)
_FOOT_STYLE = Style(Face.LABEL, 8.5, MUTED)
_INDENT = 12.0
_ENTRY_STEP = 11.5


@dataclass(frozen=True)
class Sheet:
    """One proposal, in words already chosen."""

    number: int
    label: str  # what the heading answers; empty where the heading is only a beginning
    heading: str
    meta: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Book:
    """All that the file says."""

    title: str
    lead: tuple[str, ...]
    index_title: str
    sheets: tuple[Sheet, ...]
    page_words: Callable[[int, int], str]  # this page, of how many
    continued: Callable[[int], str]  # at the head of a page that goes on with a proposal


@dataclass(frozen=True)
class _Line:
    """A line to set: what, how, how far below the last one, and how it keeps to the next."""

    text: str
    style: Style
    down: float
    indent: float = _INDENT
    mark: str = ""  # set in the margin
    keeps: bool = False


@dataclass
class _Page:
    """A page under way: lines with their places."""

    lines: list[tuple[float, _Line]] = field(default_factory=list)
    y: float = _TOP
    starts: list[int] = field(default_factory=list)  # numbers of proposals that begin here
    rules: list[float] = field(default_factory=list)


def draw_book(book: Book) -> bytes:
    """Draw the book as one PDF."""
    with LOCK:
        load_all()
        pages = _laid_out(book)
        index = _index_pages(book)
        found = {n: at for at, page in enumerate(pages, len(index) + 1) for n in page.starts}
        return _drawn(book, index, pages, found)


def _printable(text: str) -> str:
    """Return a text that the faces can draw, in composed letters."""
    glyphs = load(Face.TEXT).face.charToGlyph, load(Face.LABEL).face.charToGlyph
    box = _UNKNOWN if all(ord(_UNKNOWN) in known for known in glyphs) else "?"
    plain = unicodedata.normalize("NFC", text[:_ENDLESS])
    return "".join(
        sign
        if sign.isspace() or all(ord(sign) in known for known in glyphs)
        else ("" if unicodedata.category(sign) in ("Cf", "Cc", "Mn") else box)
        for sign in plain
    )


def _broken(text: str, style: Style, limit: float) -> Iterator[str]:
    """Break a text into lines that fit; a word without an end is cut where the line ends."""
    for line in wrap(_printable(text), style.face, style.size, limit * MM):
        rest = line
        while style.width(rest) > limit:
            fits = _that_fit(rest, style, limit)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _that_fit(text: str, style: Style, limit: float) -> int:
    """Count the signs that fit into a line; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if style.width(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _lines_of(sheet: Sheet) -> list[_Line]:
    """Turn a proposal into lines."""
    limit = _WIDTH - _INDENT
    lines: list[_Line] = []
    if sheet.label:
        lines.append(_Line(_printable(sheet.label), _LABEL, 7.0, keeps=True))
    for at, text in enumerate(list(_broken(sheet.heading, _HEADING, limit))[:4] or ["–"]):
        mark = f"{sheet.number}." if not at else ""
        lines.append(_Line(text, _HEADING, 7.0 if at else 9.0, mark=mark, keeps=True))
    lines += [_Line(text, _META, 5.5, keeps=True) for text in _broken(sheet.meta, _META, limit)]
    for label, text in sheet.fields:
        if label:
            lines.append(_Line(_printable(label), _LABEL, 8.0, keeps=True))
        lines += _paragraphs(text, limit)
    return lines


def _paragraphs(text: str, limit: float) -> Iterator[_Line]:
    for paragraph in text.split("\n"):
        if not paragraph.strip():
            continue
        broken = list(_broken(paragraph, _TEXT, limit))
        for at, line in enumerate(broken):
            # Neither a paragraph's first line is left at a page's foot, nor its last at a head.
            keeps = len(broken) > 1 and at in (0, len(broken) - 2)
            yield _Line(line, _TEXT, 5.4 if at else 5.9, keeps=keeps)


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.down for line in lines)


def _laid_out(book: Book) -> list[_Page]:
    """Put the proposals on pages: one that fits on a page is never cut."""
    pages = [_Page()] if book.sheets else []
    for sheet in book.sheets:
        lines = _lines_of(sheet)
        page, height = pages[-1], _height(lines)
        room = page.y - _FOOT
        if page.lines and (height + 10 > room) and (height <= _TOP - _FOOT or room < 60):
            page = _Page()
            pages.append(page)
        if page.lines:
            page.y -= 6
            page.rules.append(page.y)
            page.y -= 2
        page.starts.append(sheet.number)
        _place(book, sheet, lines, pages)
    return pages


def _place(book: Book, sheet: Sheet, lines: Sequence[_Line], pages: list[_Page]) -> None:
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) - 1 and lines[end].keeps:
            end += 1
        together = lines[at : end + 1]
        page = pages[-1]
        if page.lines and page.y - _height(together) < _FOOT and page.y < _TOP - 20:
            page = _Page()
            pages.append(page)
            head = _Line(book.continued(sheet.number), _META, 0, indent=0)
            page.lines.append((page.y, head))
            page.y -= 4
        for line in together:
            page.y -= line.down
            page.lines.append((page.y, line))
        at = end + 1


_FIRST_ENTRY: Final = 232.0


def _index_pages(book: Book) -> list[list[tuple[float, Sheet]]]:
    """Put the index's entries on pages; the first has the title above them."""
    pages: list[list[tuple[float, Sheet]]] = [[]]
    y = _FIRST_ENTRY - 5.0 * max(0, len(book.lead) - 1)
    for sheet in book.sheets:
        if y < _FOOT + 4:
            pages.append([])
            y = _TOP - 6
        pages[-1].append((y, sheet))
        y -= _ENTRY_STEP
    return pages


def _drawn(
    book: Book,
    index: Sequence[Sequence[tuple[float, Sheet]]],
    pages: Sequence[_Page],
    found: dict[int, int],
) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(
        out, pagesize=A4, invariant=True, initialFontName=Face.LABEL.value, lang="ro-RO"
    )
    canvas.setTitle(book.title)
    pen, total = Pen(canvas), len(index) + len(pages)
    for number, entries in enumerate(index, 1):
        if number == 1:
            _draw_title(pen, book)
        for y, sheet in entries:
            _draw_entry(pen, sheet, y, found[sheet.number])
        _close(pen, book, number, total)
    for number, page in enumerate(pages, len(index) + 1):
        _draw_page(pen, page)
        for sheet in (s for s in book.sheets if s.number in page.starts):
            title = f"{sheet.number}. {_short(sheet.heading, _ENTRY, 150)}"
            canvas.addOutlineEntry(title, f"p{sheet.number}", level=0)
        _close(pen, book, number, total)
    canvas.save()
    return out.getvalue()


def _draw_title(pen: Pen, book: Book) -> None:
    pen.left(_short(book.title, _TITLE, _WIDTH), _LEFT, 262, _TITLE)
    for at, text in enumerate(book.lead):
        pen.left(_short(text, _LEAD, _WIDTH), _LEFT, 253 - 5 * at, _LEAD)
    y = _FIRST_ENTRY + 9 - 5.0 * max(0, len(book.lead) - 1)
    pen.left(book.index_title, _LEFT, y, _INDEX_TITLE)


def _short(text: str, style: Style, limit: float) -> str:
    text = " ".join(_printable(text).split())
    if style.width(text) <= limit:
        return text
    return text[: _that_fit(text, style, limit - style.width("…"))].rstrip() + "…"


def _draw_entry(pen: Pen, sheet: Sheet, y: float, page: int) -> None:
    left = _LEFT + _INDENT
    pen.right(f"{sheet.number}.", left - 3, y, _ENTRY)
    heading = _short(sheet.heading, _ENTRY, _WIDTH - _INDENT - 16)
    pen.left(heading, left, y, _ENTRY)
    pen.leader(left + _ENTRY.width(heading) + 2, _RIGHT - 10, y)
    pen.right(str(page), _RIGHT, y, _ENTRY)
    pen.left(_short(sheet.meta, _ENTRY_META, _WIDTH - _INDENT - 16), left, y - 4.4, _ENTRY_META)
    box = (_LEFT * MM, (y - 6) * MM, _RIGHT * MM, (y + 5) * MM)
    pen.canvas.linkRect("", f"p{sheet.number}", box, thickness=0)


def _draw_page(pen: Pen, page: _Page) -> None:
    for y in page.rules:
        pen.rule(_LEFT, _RIGHT, y)
    starts = iter(page.starts)
    for y, line in page.lines:
        if line.mark:
            pen.right(line.mark, _LEFT + _INDENT - 3, y, _NUMBER)
            pen.canvas.bookmarkHorizontal(f"p{next(starts)}", 0, (y + 12) * MM)
        pen.left(line.text, _LEFT + line.indent, y, line.style)


def _close(pen: Pen, book: Book, number: int, total: int) -> None:
    pen.left(_short(book.title, _FOOT_STYLE, _WIDTH - 40), _LEFT, 13, _FOOT_STYLE)
    pen.right(book.page_words(number, total), _RIGHT, 13, _FOOT_STYLE)
    pen.canvas.showPage()
