"""A certificate's design as plain values: what stands where on which sheet.

Lengths are millimetres from the sheet's upper left corner, as people measure with a ruler;
sizes of type are points. A design that a certificate was issued in never changes: it is named
by the hash of its canonical text, and a change makes a new version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Final, Literal

from lms.certificates.designs.plain import as_data
from lms.typography import Face

Locale = Literal["ro", "en"]

FORMAT: Final = 1
"""Version of the data format; raised when the meaning changes, never reused."""

EDGE: Final = 10.0
"""What no printer of an office reaches, and a copier at 94 % may cut, in millimetres."""

LEAST_CODE: Final = 22.0
"""The side of the smallest QR code that survives a copy of a copy."""


class Purpose(StrEnum):
    """What a page is drawn for; each says so in its note."""

    ELECTRONIC = "electronic"  # the file that is sealed
    ORIGINAL = "original"  # the paper to be signed by hand
    COPY = "copy"


class Size(StrEnum):
    """Sheets that an office has."""

    A4 = "A4"
    A5 = "A5"
    A3 = "A3"
    LETTER = "letter"


class Orientation(StrEnum):
    """How the sheet lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


_UPRIGHT: Final = {
    Size.A3: (297.0, 420.0),
    Size.A4: (210.0, 297.0),
    Size.A5: (148.0, 210.0),
    Size.LETTER: (215.9, 279.4),
}


class Tone(StrEnum):
    """A colour by what it is for; the design says which it is."""

    INK = "ink"
    MUTED = "muted"
    ACCENT = "accent"
    LINE = "line"


class FaceName(StrEnum):
    """A face by what it is for."""

    DISPLAY = "display"
    DISPLAY_BOLD = "display_bold"
    TEXT = "text"
    LABEL = "label"

    @property
    def face(self) -> Face:
        """The font behind it."""
        return _FACES[self.value]


_FACES: Final = {name.value: Face[name.name] for name in FaceName}


class Align(StrEnum):
    """Where the lines of a box stand, across."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Stand(StrEnum):
    """Where the lines of a box stand, up and down."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Role(StrEnum):
    """What a text is to somebody who hears the page."""

    TITLE = "H1"
    HEADING = "H2"
    TEXT = "P"


class FrameStyle(StrEnum):
    """The ornaments there are; all are fine lines that need little ink."""

    WEAVE = "weave"
    RULES = "rules"
    CORNERS = "corners"
    ROSETTE = "rosette"


@dataclass(frozen=True)
class Words:
    """A text in each language; an empty one is written in Romanian."""

    ro: str = ""
    en: str = ""

    def of(self, locale: Locale) -> str:
        """Return the text of a language."""
        return (self.en if locale == "en" else self.ro) or self.ro


@dataclass(frozen=True)
class Box:
    """A place on the sheet."""

    left: float
    top: float
    across: float
    high: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.across

    @property
    def bottom(self) -> float:
        """Its lower edge, from the top of the sheet."""
        return self.top + self.high

    @property
    def middle(self) -> float:
        """Half way across."""
        return self.left + self.across / 2


@dataclass(frozen=True)
class Type:
    """How a text is set: the largest size that fits is taken, never below the smallest.

    Down to `one_line` a text shrinks before it is broken into lines. `tracking` is space between
    letters and `leading` the distance of lines, both as parts of the size.
    """

    face: FaceName = FaceName.TEXT
    largest: float = 10.0
    smallest: float = 10.0
    one_line: float = 0.0
    leading: float = 1.3
    tracking: float = 0.0
    tone: Tone = Tone.INK


@dataclass(frozen=True)
class TextBlock:
    """Words with placeholders in a box."""

    kind: ClassVar[str] = "text"
    id: str
    box: Box
    text: Words
    type: Type
    align: Align = Align.CENTRE
    stand: Stand = Stand.MIDDLE
    lines: int = 1
    role: Role = Role.TEXT


@dataclass(frozen=True)
class LogosBlock:
    """A row of the programme's logos, by the numbers of their slots."""

    kind: ClassVar[str] = "logos"
    id: str
    box: Box
    slots: tuple[int, ...] = (1, 2, 3, 4)
    gap: float = 12.0
    widest: float = 45.0
    align: Align = Align.CENTRE


@dataclass(frozen=True)
class Row:
    """A label and what it names; a row without a value isn't printed."""

    label: Words
    value: Words


@dataclass(frozen=True)
class FactsBlock:
    """Labels and values under each other."""

    kind: ClassVar[str] = "facts"
    id: str
    box: Box
    rows: tuple[Row, ...]
    type: Type
    label_type: Type
    label_across: float = 30.0
    gap: float = 1.2


@dataclass(frozen=True)
class ModulesBlock:
    """The modules with their hours; with `details` what each teaches, and results if there are."""

    kind: ClassVar[str] = "modules"
    id: str
    box: Box
    heading: Words
    hours: Words
    type: Type
    label_type: Type
    result: Words = Words()
    details: bool = False
    columns: int = 1


@dataclass(frozen=True)
class CodeBlock:
    """The QR code with the address for verification; the box is a square."""

    kind: ClassVar[str] = "code"
    id: str
    box: Box


@dataclass(frozen=True)
class SignaturesBlock:
    """Lines for signing by hand, the room above them left free, name and function below."""

    kind: ClassVar[str] = "signatures"
    id: str
    box: Box
    type: Type
    label_type: Type
    line_across: float = 56.0
    line_at: float = 22.0  # from the box's upper edge: the room for hand and stamp
    stamp: Words = Words()


@dataclass(frozen=True)
class RuleBlock:
    """A fine line across, or down where it is higher than wide."""

    kind: ClassVar[str] = "rule"
    id: str
    box: Box
    weight: float = 0.4
    tone: Tone = Tone.LINE


@dataclass(frozen=True)
class PictureBlock:
    """A picture of the design's own, as large as the box allows; `alt` says what it shows."""

    kind: ClassVar[str] = "picture"
    id: str
    box: Box
    sha256: str  # of a picture in the store
    alt: Words


@dataclass(frozen=True)
class FrameBlock:
    """An ornament in or round a box."""

    kind: ClassVar[str] = "frame"
    id: str
    box: Box
    style: FrameStyle = FrameStyle.RULES
    tone: Tone = Tone.ACCENT


Block = (
    TextBlock
    | LogosBlock
    | FactsBlock
    | ModulesBlock
    | CodeBlock
    | SignaturesBlock
    | RuleBlock
    | PictureBlock
    | FrameBlock
)

BLOCKS: Final[dict[str, type[Block]]] = {
    block.kind: block
    for block in (
        TextBlock,
        LogosBlock,
        FactsBlock,
        ModulesBlock,
        CodeBlock,
        SignaturesBlock,
        RuleBlock,
        PictureBlock,
        FrameBlock,
    )
}


@dataclass(frozen=True)
class DesignPage:
    """One side: what is on it, in the order in which it is read; its picture lies below."""

    blocks: tuple[Block, ...]
    background: str = ""  # SHA-256 of a picture in the store


@dataclass(frozen=True)
class Colours:
    """What the tones are; all are dark enough for black and white."""

    ink: str = "#18272b"
    muted: str = "#475a5e"
    accent: str = "#063f3a"
    line: str = "#5b6d70"


@dataclass(frozen=True)
class Design:
    """A whole design; two equal ones have the same text, and so the same hash."""

    name: Words
    size: Size
    orientation: Orientation
    pages: tuple[DesignPage, ...]
    colours: Colours = Colours()
    scanned_signatures: bool = False
    format: int = FORMAT

    def __hash__(self) -> int:
        """Hash by the text, which is made once."""
        return hash(self.sha256)

    @property
    def across(self) -> float:
        """The sheet's width as it lies."""
        short, long = _UPRIGHT[self.size]
        return long if self.orientation is Orientation.LANDSCAPE else short

    @property
    def high(self) -> float:
        """The sheet's height as it lies."""
        short, long = _UPRIGHT[self.size]
        return short if self.orientation is Orientation.LANDSCAPE else long

    def blocks(self) -> Iterator[Block]:
        """Go through the blocks of all pages."""
        for page in self.pages:
            yield from page.blocks

    def pictures(self) -> Iterator[str]:
        """Go through the pictures of its own, by hash: backgrounds, then the blocks'."""
        yield from (page.background for page in self.pages if page.background)
        yield from (block.sha256 for block in self.blocks() if isinstance(block, PictureBlock))

    def colour(self, tone: Tone) -> str:
        """Return the colour of a tone."""
        found: str = getattr(self.colours, tone.value)
        return found

    @cached_property
    def text(self) -> str:
        """The canonical text: the same design is always the same text."""
        return json.dumps(as_data(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def sha256(self) -> str:
        """Its name in the facts of the certificates issued in it."""
        return hashlib.sha256(self.text.encode()).hexdigest()
