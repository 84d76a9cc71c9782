"""What a page shows, as a list of plain values in reading order; the writers turn it into bytes.

Lengths are millimetres from the sheet's lower left corner, sizes of type points, colours
"#rrggbb". A design makes such a list, `drawing` writes it, and neither knows of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from lms.typography import MM, Face, width

Align = Literal["left", "centre", "right"]

INK: Final = "#18272b"
BLACK: Final = "#000000"
ARTIFACT: Final = "artifact"
"""The role of what is only ornament: a reader of the screen passes over it."""

_ASCENT: Final = 1.05 / MM  # room above and below a baseline, in millimetres for a point of size
_DESCENT: Final = 0.3 / MM


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on a baseline; `x` is its left end, middle or right end, by `align`.

    `tracking` is the space added between letters, in points. With an `outline` the letters
    are drawn round in that colour, half a point strong.
    """

    x: float
    y: float
    text: str
    face: Face
    size: float
    colour: str = INK
    tracking: float = 0.0
    align: Align = "left"
    outline: str | None = None

    @property
    def across(self) -> float:
        """The length of the line, in millimetres."""
        return width(self.text, self.face, self.size, self.tracking) / MM

    @property
    def left(self) -> float:
        """Where the line begins."""
        if self.align == "left":
            return self.x
        return self.x - (self.across if self.align == "right" else self.across / 2)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, `weight` points strong; dashes in millimetres, one of 0 is a round dot."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float
    colour: str
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A path, filled, drawn round, or both.

    Its steps are ("m", x, y), ("l", x, y), ("c", x1, y1, x2, y2, x, y), ("re", x, y, across,
    high) and ("h",), as PDF names them.
    """

    path: tuple[tuple[str | float, ...], ...]
    fill: str | None = None
    stroke: str | None = None
    weight: float = 0.4


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG in a box, its transparency kept."""

    png: bytes
    x: float
    y: float
    across: float
    high: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of level M in a square; its quiet zone is the paper round it.

    Black, because a printer that knows no grey strews white dots into every other colour.
    """

    text: str
    x: float
    y: float
    side: float
    colour: str = BLACK


@dataclass(frozen=True, slots=True)
class Stamp:
    """A drawing kept once and placed many times: each place is x, y and a turn in degrees.

    The drawing's own origin is put at the place; `box` is left, bottom, right and top round it.
    """

    drawing: tuple[Shape | Rule, ...]
    box: tuple[float, float, float, float]
    places: tuple[tuple[float, float, float], ...]


Item = Text | Rule | Shape | Picture | Code | Stamp


@dataclass(frozen=True, slots=True)
class Element:
    """A part of the page with its meaning: what it is, what it shows, and what is within it.

    `role` is a standard structure type of PDF 1.7 (H1, P, Table, TR, TH, TD, L, LI, Figure …) or
    `ARTIFACT`. A Figure needs `alt`; a Link leads to its `target`, with `alt` to say where.
    `is_fixed` says that the element, with all within it, is
    the same on every certificate of one design and edition: it is compiled once. `language` is
    set where it differs from the file's; `scope` is a TH's, Column or Row.
    """

    role: str
    items: tuple[Item, ...] = ()
    alt: str = ""
    children: tuple[Element, ...] = ()
    is_fixed: bool = False
    language: str = ""
    scope: Literal["", "Column", "Row"] = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet cut to size, with its elements in reading order, which is that of painting too.

    With a `bleed` the paper is larger by so much on each side; crop marks stand outside it.
    """

    across: float
    high: float
    elements: tuple[Element, ...]
    bleed: float = 0.0
    crop_marks: bool = False

    def without(self, role: str) -> Page:
        """Leave out the elements of a role, as for sheets that are printed on already."""
        kept = tuple(element for element in self.elements if element.role != role)
        return replace(self, elements=kept)


class Relationship(StrEnum):
    """What an attached file is to the document, as PDF/A-3 names it."""

    SOURCE = "Source"
    DATA = "Data"
    ALTERNATIVE = "Alternative"
    SUPPLEMENT = "Supplement"
    UNSPECIFIED = "Unspecified"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels in the document."""

    name: str
    media_type: str
    data: bytes
    relationship: Relationship
    description: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file says of itself; the same facts and pages are the same bytes."""

    title: str
    author: str
    subject: str
    keywords: str
    language: str
    made_on: date
    attachments: tuple[Attachment, ...] = ()


def box_of(items: tuple[Item, ...]) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top round what some items draw."""
    boxes = [_box(item) for item in items]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _box(item: Item) -> tuple[float, float, float, float]:
    match item:
        case Text():
            left = item.left
            below, above = item.size * _DESCENT, item.size * _ASCENT
            return left, item.y - below, left + item.across, item.y + above
        case Rule():
            xs, ys = (item.x1, item.x2), (item.y1, item.y2)
            return min(xs), min(ys), max(xs), max(ys)
        case Picture():
            return item.x, item.y, item.x + item.across, item.y + item.high
        case Code():
            return item.x, item.y, item.x + item.side, item.y + item.side
        case Shape():
            return _round_path(item)
        case Stamp():
            reach = max(abs(side) for side in item.box)
            xs, ys = zip(*((x, y) for x, y, _ in item.places), strict=True)
            return min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach


def _round_path(shape: Shape) -> tuple[float, float, float, float]:
    xs: list[float] = []
    ys: list[float] = []
    for op, *numbers in shape.path:
        figures = [float(number) for number in numbers]
        if op == "re":
            x, y, across, high = figures
            figures = [x, y, x + across, y + high]
        xs += figures[::2]
        ys += figures[1::2]
    return min(xs), min(ys), max(xs), max(ys)
