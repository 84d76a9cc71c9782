"""A sheet by which one measures how far a printer is off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lms.certificates.drawing.items import Element, Item, Page, Rule, Text
from lms.certificates.drawing.printing import Placed, Sheet
from lms.typography import MM, Face, wrap

AT: Final = 20.0
"""How far from the edges the crosses stand, in millimetres."""

_ARM: Final = 8.0
_INK: Final = "#000000"
_RULER: Final = 40


def calibration_sheet(
    across: float,
    high: float,
    said: tuple[str, Sequence[str]],
    right: float = 0.0,
    up: float = 0.0,
) -> Sheet:
    """Draw crosses 20 mm from the edges, rulers, and what to do; moved as the printer is set."""
    title, lines = said
    items: list[Item] = []
    for x in (AT, across - AT):
        for y in (AT, high - AT):
            items += _cross(x, y)
    items += _ruler(across, high)
    room, y = (across - 100) * MM, high * 0.66
    items.append(Text(50, y, title, Face.DISPLAY_BOLD, 18))
    for line in lines:
        y -= 3
        for part in wrap(line, Face.LABEL, 11, room):
            y -= 6
            items.append(Text(50, y, part, Face.LABEL, 11))
    page = Page(across, high, (Element("P", tuple(items)),))
    return Sheet(across, high, (Placed(page, right, up),))


def _cross(x: float, y: float) -> Iterator[Item]:
    yield Rule(x - _ARM, y, x + _ARM, y, 0.3, _INK)
    yield Rule(x, y - _ARM, x, y + _ARM, 0.3, _INK)


def _ruler(across: float, high: float) -> Iterator[Item]:
    """Draw millimetres from the left and from the lower edge, numbered each ten."""
    for mm in range(_RULER + 1):
        length = 6.0 if mm % 10 == 0 else 4.0 if mm % 5 == 0 else 2.5
        yield Rule(mm, high / 2, mm, high / 2 + length, 0.25, _INK)
        yield Rule(across / 2, mm, across / 2 + length, mm, 0.25, _INK)
        if mm and mm % 10 == 0:
            yield Text(mm, high / 2 + 7, f"{mm}", Face.LABEL, 8, _INK, align="centre")
            yield Text(across / 2 + 7, mm - 1, f"{mm}", Face.LABEL, 8, _INK)
