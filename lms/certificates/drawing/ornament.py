"""The engraved frame: fine woven lines that a copier dims and a hand can't redraw."""

from __future__ import annotations

import math
from typing import Final

from lms.certificates.drawing.items import Item, Shape, Stamp

_LINE: Final = "#5d918b"
_RULE: Final = "#0b5c55"

_OUTER: Final = 10.0  # millimetres from the edge of the sheet to the outer rule
_BAND: Final = 6.0
_TILE: Final = 22.0
_STRANDS: Final = 6
_SAMPLES: Final = 96
_WEIGHT: Final = 0.22

Path = tuple[tuple[str | float, ...], ...]


def frame(across: float, high: float) -> tuple[Item, ...]:
    """Return the frame round a sheet, in millimetres."""
    inner, middle = _OUTER + _BAND, _OUTER + _BAND / 2
    corners = tuple((x, y, 0.0) for x in (middle, across - middle) for y in (middle, high - middle))
    rows = [(inner, high - middle, 0.0), (inner, middle, 0.0)]
    columns = [(middle, inner, 90.0), (across - middle, inner, 90.0)]
    return (
        _band(rows, across - 2 * inner),
        _band(columns, high - 2 * inner),
        Stamp(_rosette(), (-_BAND / 2, -_BAND / 2, _BAND / 2, _BAND / 2), corners),
        *(
            Shape(
                (("re", inset, inset, across - 2 * inset, high - 2 * inset),),
                stroke=_RULE,
                weight=weight,
            )
            for inset, weight in ((_OUTER, 0.9), (inner, 0.35), (inner + 0.9, 0.35))
        ),
    )


def _band(starts: list[tuple[float, float, float]], length: float) -> Stamp:
    """Lay whole tiles end to end; they are stretched a little so that none is cut."""
    count = round(length / _TILE)
    tile = length / count
    places = tuple(
        (x, y + index * tile, turn) if turn else (x + index * tile, y, turn)
        for x, y, turn in starts
        for index in range(count)
    )
    return Stamp(_weave(tile), (0.0, -_BAND / 2, tile, _BAND / 2), places)


def _weave(length: float) -> tuple[Shape, ...]:
    """Draw one tile of the band: sine strands whose swing breathes once over the tile."""
    strands = []
    for strand in range(_STRANDS):
        phase = 2 * math.pi * strand / _STRANDS
        points = []
        for sample in range(_SAMPLES + 1):
            part = 2 * math.pi * sample / _SAMPLES
            swing = (_BAND / 2 - 0.55) * (0.72 + 0.28 * math.cos(2 * part))
            points.append((length * sample / _SAMPLES, swing * math.sin(3 * part + phase)))
        strands.append(Shape(_polyline(points), stroke=_LINE, weight=_WEIGHT))
    return tuple(strands)


def _rosette() -> tuple[Shape, ...]:
    """Draw the corner: three closed curves wound round themselves."""
    half = _BAND / 2
    curves = []
    for turn in range(3):
        points = []
        for sample in range(241):
            angle = 2 * math.pi * sample / 240
            radius = (half - 0.5) * (0.62 + 0.38 * math.cos(8 * angle + 2 * math.pi * turn / 3))
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
        curves.append(Shape(_polyline(points), stroke=_LINE, weight=_WEIGHT))
    return tuple(curves)


def _polyline(points: list[tuple[float, float]]) -> Path:
    (x, y), *rest = points
    return (("m", x, y), *(("l", x, y) for x, y in rest))
