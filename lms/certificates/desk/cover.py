"""Sheets that go with a pile of certificates: what is in it, how many, and each with its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.drawing.items import INK, Element, Item, Page, Rule, Text
from lms.typography import MM, Face, width, wrap

_MARGIN: Final = 18.0
_ROW: Final = 5.6
_SIZE: Final = 9.0
_LEAST: Final = 5.5
_MUTED: Final = "#475a5e"
_LINE: Final = "#8fa3a0"
_GUTTER: Final = 8.0
_NUMBERS: Final = 10.0  # room for a place in the pile
_SERIALS: Final = 37.0


@dataclass(frozen=True)
class Entry:
    """A certificate in the pile."""

    place: int
    number: str
    holder: str
    organisation: str


@dataclass(frozen=True)
class Cover:
    """What a sheet says over its list."""

    title: str
    lead: tuple[str, ...]
    entries: tuple[Entry, ...]


def cover_pages(cover: Cover, across: float, high: float) -> list[Page]:
    """Draw a cover on as many sheets as its list takes."""
    columns = 2 if across > high else 1
    pages: list[Page] = []
    rest = list(cover.entries)
    while rest or not pages:
        items, top = _heading(cover, across, high, is_first=not pages)
        rows = max(1, int((top - _MARGIN) / _ROW))
        room = (across - 2 * _MARGIN - (columns - 1) * _GUTTER) / columns
        for column in range(columns):
            left = _MARGIN + column * (room + _GUTTER)
            items += _rows(rest[:rows], left, room, top)
            rest = rest[rows:]
        said = f"{len(pages) + 1}"
        items.append(Text(across - _MARGIN, 10, said, Face.LABEL, 8, _MUTED, align="right"))
        pages.append(Page(across, high, (Element("P", tuple(items)),)))
    return pages


def _heading(
    cover: Cover, across: float, high: float, *, is_first: bool
) -> tuple[list[Item], float]:
    """Set the title and what is said under it; return how far down it reaches."""
    limit = (across - 2 * _MARGIN) * MM
    y, items = high - _MARGIN - 6, list[Item]()
    if not is_first:
        items.append(Text(_MARGIN, y, _cut_off(cover.title, 10, limit), Face.LABEL, 10, _MUTED))
        return items, y - 8
    for line in wrap(cover.title, Face.DISPLAY_BOLD, 24, limit):
        items.append(Text(_MARGIN, y, line, Face.DISPLAY_BOLD, 24))
        y -= 10
    for said in cover.lead:
        for line in wrap(said, Face.LABEL, 11, limit):
            items.append(Text(_MARGIN, y, line, Face.LABEL, 11, _MUTED))
            y -= 5.6
    items.append(Rule(_MARGIN, y, across - _MARGIN, y, 0.6, _LINE))
    return items, y - 7


def _rows(entries: Sequence[Entry], left: float, room: float, top: float) -> Iterator[Item]:
    names = (room - _NUMBERS - _SERIALS) * 0.58
    for down, entry in enumerate(entries):
        y = top - down * _ROW
        place = f"{entry.place}."
        yield Text(left + _NUMBERS - 2, y, place, Face.LABEL, _SIZE, _MUTED, align="right")
        yield Text(left + _NUMBERS, y, entry.number, Face.LABEL, _SIZE, INK)
        x = left + _NUMBERS + _SERIALS
        size = _fitting(entry.holder, (names - 2) * MM)
        yield Text(x, y, _cut_off(entry.holder, size, (names - 2) * MM), Face.LABEL, size)
        if entry.organisation:
            limit = (left + room - x - names) * MM
            said = _cut_off(entry.organisation, _SIZE - 1, limit)
            yield Text(x + names, y, said, Face.LABEL, _SIZE - 1, _MUTED)


def _fitting(text: str, limit: float) -> float:
    """Return the size in which a name fits its room whole, within reason."""
    size = _SIZE
    while size > _LEAST and width(text, Face.LABEL, size) > limit:
        size -= 0.5
    return size


def _cut_off(text: str, size: float, limit: float) -> str:
    """Shorten a text to a line's room, with a mark that it goes on."""
    if width(text, Face.LABEL, size) <= limit:
        return text
    while text and width(f"{text}…", Face.LABEL, size) > limit:
        text = text[:-1]
    return f"{text.rstrip()}…"
