"""Items of a page as the operators of a PDF's content."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from lms.certificates.drawing.glyphs import Subset
from lms.certificates.drawing.items import Code, Item, Picture, Rule, Shape, Stamp, Text
from lms.certificates.drawing.squares import rows_of
from lms.diacritics import Placed
from lms.typography import MM, Face, mark_outline, marks_of, width

_OUTLINE: Final = 0.5  # points
_WORD: Final = 0.1  # of the size of type: a wider gap parts two words
_DARK: Final = re.compile("1+")


@dataclass
class Kit:
    """What the content of a file may name: its fonts, pictures and drawings."""

    fonts: dict[Face, Subset] = field(default_factory=dict)
    pictures: dict[bytes, str] = field(default_factory=dict)
    stamps: dict[int, str] = field(default_factory=dict)  # by the identity of their drawing


def strokes(items: Iterable[Item], kit: Kit) -> str:
    """Write what draws some items; each leaves the state of the page as it may."""
    drawn = []
    for item, following in pairwise((*items, None)):
        if isinstance(item, Text):
            drawn.append(_text(item, kit, ends_word=_parts(item, following)))
        else:
            drawn.append(_DRAW[type(item)](item, kit))
    return "\n".join(drawn)


def _parts(text: Text, following: Item | None) -> bool:
    """Tell whether what is read after a text is another word."""
    if not isinstance(following, Text):
        return False
    gap = following.left - text.left - text.across
    return following.y != text.y or gap * MM > _WORD * text.size


def _text(item: Text, kit: Kit, *, ends_word: bool) -> str:
    said = f"{item.text} " if ends_word else item.text
    begin = (
        f"BT /{item.face.name} {item.size:.2f} Tf {item.tracking:.3f} Tc "
        f"{colour(item.colour)} rg 1 0 0 1 {item.left * MM:.2f} {item.y * MM:.2f} Tm "
    )
    marks = marks_of(item.text, item.face)
    shown = _shown(said, marks, item, kit.fonts[item.face])
    drawn = "".join(_mark(index, place, item) for index, place in marks.items())
    if item.outline is None:
        return f"{begin}{shown} ET{drawn}"
    return f"q {colour(item.outline)} RG {_OUTLINE} w {begin}2 Tr {shown} ET{drawn} Q"


def _shown(text: str, marks: Mapping[int, Placed], item: Text, glyphs: Subset) -> str:
    """Show a text; marks that combine with a letter are only said here, and drawn by `_mark`."""
    if not marks:
        return f"<{glyphs.encode(text)}> Tj"
    parts, begun = [], 0
    mode = 0 if item.outline is None else 2
    for index, place in marks.items():
        if begun < index:
            parts.append(f"<{glyphs.encode(text[begun:index])}> Tj")
        back = place.width + item.tracking * 1000 / item.size  # as if it weren't there
        parts.append(f"3 Tr [<{glyphs.encode(text[index])}> {back:.1f}] TJ {mode} Tr")
        begun = index + 1
    if begun < len(text):
        parts.append(f"<{glyphs.encode(text[begun:])}> Tj")
    return " ".join(parts)


def _mark(index: int, place: Placed, item: Text) -> str:
    """Draw a mark where it meets its letter, as its outline.

    Moved as text, programs that read a page would see gaps and other lines where there are none.
    """
    scale = item.size / 1000
    ends = width(item.text[:index], item.face, item.size, item.tracking)
    x, y = item.left * MM + ends + place.along * scale, item.y * MM + place.up * scale
    steps = []
    for op, *figures in mark_outline(item.text[index], item.face):
        moved = (f * scale + (y if at % 2 else x) for at, f in enumerate(figures))
        steps.append(" ".join([*(f"{figure:.2f}" for figure in moved), op]))
    return " ".join(["", *steps, "f" if item.outline is None else "B"])


def _rule(item: Rule, _kit: Kit) -> str:
    line = (
        f"{colour(item.colour)} RG {item.weight:.2f} w {item.x1 * MM:.2f} {item.y1 * MM:.2f} m "
        f"{item.x2 * MM:.2f} {item.y2 * MM:.2f} l S"
    )
    if not item.dash:
        return line
    dashes = " ".join(f"{length * MM:.2f}" for length in item.dash)
    cap = 1 if item.dash[0] == 0 else 0
    return f"q {cap} J [{dashes}] 0 d {line} Q"


def _shape(item: Shape, _kit: Kit) -> str:
    parts = []
    if item.fill:
        parts.append(f"{colour(item.fill)} rg")
    if item.stroke:
        parts.append(f"{colour(item.stroke)} RG {item.weight:.2f} w")
    for op, *figures in item.path:
        parts.append(" ".join([*(f"{float(f) * MM:.2f}" for f in figures), str(op)]))
    parts.append("B" if item.fill and item.stroke else "f" if item.fill else "S")
    return "\n".join(parts)


def _picture(item: Picture, kit: Kit) -> str:
    return (
        f"q {item.across * MM:.2f} 0 0 {item.high * MM:.2f} {item.x * MM:.2f} {item.y * MM:.2f} "
        f"cm /{kit.pictures[item.png]} Do Q"
    )


def _code(item: Code, _kit: Kit) -> str:
    """Draw a QR code as the runs of one path, in units of its modules."""
    rows = rows_of(item.text)
    side = len(rows)
    module = item.side * MM / side
    runs = [
        f"{run.start()} {side - 1 - down} {run.end() - run.start()} 1 re"
        for down, row in enumerate(rows)
        for run in _DARK.finditer(row)
    ]
    place = f"{module:.5f} 0 0 {module:.5f} {item.x * MM:.2f} {item.y * MM:.2f} cm"
    return f"q {colour(item.colour)} rg {place}\n" + "\n".join(runs) + "\nf Q"


def _stamp(item: Stamp, kit: Kit) -> str:
    stored = kit.stamps.get(id(item.drawing))
    body = f"/{stored} Do" if stored else strokes(item.drawing, kit)
    return "\n".join(f"q {_matrix(*place)} cm {body} Q" for place in item.places)


def _matrix(x: float, y: float, turn: float) -> str:
    sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    return f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {x * MM:.2f} {y * MM:.2f}"


_DRAW: Final[dict[type, Callable[[Any, Kit], str]]] = {
    Rule: _rule,
    Shape: _shape,
    Picture: _picture,
    Code: _code,
    Stamp: _stamp,
}


@lru_cache(maxsize=256)
def colour(written: str) -> str:
    """Write a colour as its three parts."""
    parts = (int(written[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return " ".join(f"{part:.3f}".rstrip("0").rstrip(".") for part in parts)
