"""Frames and ornaments: fine lines that need little ink, and that a hand can't redraw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lms.certificates.designs.design import FrameStyle
from lms.certificates.drawing.items import Item, Shape, Stamp

_FINE: Final = 0.22
_BAND: Final = 6.0  # width of the woven band, in millimetres
_TILE: Final = 22.0
_STRANDS: Final = 6
_SAMPLES: Final = 96
_BEND: Final = 0.5523  # of a quarter of a circle drawn as one curve

Path = tuple[tuple[str | float, ...], ...]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=64)
def frame(style: FrameStyle, box: Box, colour: str) -> tuple[Item, ...]:
    """Draw an ornament in a box: left and bottom, measured as the sheet is, across and high."""
    return {
        FrameStyle.WEAVE: _weave,
        FrameStyle.RULES: _rules,
        FrameStyle.CORNERS: _corners,
        FrameStyle.ROSETTE: _rosette,
    }[style](box, colour)


def _weave(box: Box, colour: str) -> tuple[Item, ...]:
    """Four bands of woven strands between rules, a rosette in each corner."""
    left, bottom, across, high = box
    half = _BAND / 2
    right, top = left + across, bottom + high
    flat, upright = across - 2 * _BAND, high - 2 * _BAND
    sides, ends = (left + half, right - half), (bottom + half, top - half)
    corners = tuple((x, y, 0.0) for x in sides for y in ends)
    lying = [(left + _BAND, y, 0.0) for y in ends]
    standing = [(x, bottom + _BAND, 90.0) for x in sides]
    return (
        _band(flat, lying, colour),
        _band(upright, standing, colour),
        Stamp(_drawn(_Rose(half - 0.5, 8, 3), colour), (-half, -half, half, half), corners),
        _outline(box, 0.0, 0.9, colour),
        _outline(box, _BAND, 0.35, colour),
        _outline(box, _BAND + 0.9, 0.35, colour),
    )


def _band(length: float, starts: list[tuple[float, float, float]], colour: str) -> Stamp:
    """Lay whole tiles end to end; they are stretched a little so that none is cut."""
    count = max(1, round(length / _TILE))
    tile, half = length / count, _BAND / 2
    strands = []
    for strand in range(_STRANDS):
        phase = 2 * math.pi * strand / _STRANDS
        points = []
        for sample in range(_SAMPLES + 1):
            part = 2 * math.pi * sample / _SAMPLES
            swing = (half - 0.55) * (0.72 + 0.28 * math.cos(2 * part))
            points.append((tile * sample / _SAMPLES, swing * math.sin(3 * part + phase)))
        strands.append(Shape(_line(points), stroke=colour, weight=_FINE))
    places = []
    for x, y, turn in starts:
        for index in range(count):
            along = tile * index
            places.append((x, y + along, turn) if turn else (x + along, y, turn))
    return Stamp(tuple(strands), (0.0, -half, tile, half), tuple(places))


@dataclass(frozen=True)
class _Rose:
    """Closed curves wound round a middle: how far, how often, how many, and how deep."""

    radius: float
    petals: int
    turns: int
    depth: float = 0.38


def _drawn(rose: _Rose, colour: str) -> tuple[Shape, ...]:
    """Draw closed curves wound round a middle."""
    shapes = []
    for turn in range(rose.turns):
        points = []
        for sample in range(241):
            angle = 2 * math.pi * sample / 240
            swing = math.cos(rose.petals * angle + 2 * math.pi * turn / rose.turns)
            reach = rose.radius * (1 - rose.depth + rose.depth * swing)
            points.append((reach * math.cos(angle), reach * math.sin(angle)))
        shapes.append(Shape(_line(points), stroke=colour, weight=_FINE))
    return tuple(shapes)


def _rosette(box: Box, colour: str) -> tuple[Item, ...]:
    """One rosette, as large as the box allows: a ring of wound curves round an open middle."""
    left, bottom, across, high = box
    radius = min(across, high) / 2
    drawing = (
        *_drawn(_Rose(radius - 0.2, 18, 5, 0.2), colour),
        *_drawn(_Rose(radius * 0.52, 9, 3, 0.3), colour),
    )
    place = (left + across / 2, bottom + high / 2, 0.0)
    return (Stamp(drawing, (-radius, -radius, radius, radius), (place,)),)


def _rules(box: Box, colour: str) -> tuple[Item, ...]:
    """A firm outer rule and a fine inner one whose corners are scooped out."""
    return (_outline(box, 0.0, 1.1, colour), _scooped(box, 2.2, 5.5, 0.35, colour))


def _corners(box: Box, colour: str) -> tuple[Item, ...]:
    """Two fine lines that meet in each corner round a small rosette, the sides left open."""
    left, bottom, across, high = box
    reach = min(34.0, across / 4, high / 4)
    items: list[Item] = []
    for x, way_x in ((left, 1), (left + across, -1)):
        for y, way_y in ((bottom, 1), (bottom + high, -1)):
            for inset, length, weight in ((0.0, reach, 0.9), (2.2, reach * 0.62, 0.35)):
                start_x, start_y = x + way_x * inset, y + way_y * inset
                path: Path = (
                    ("m", start_x + way_x * length, start_y),
                    ("l", start_x, start_y),
                    ("l", start_x, start_y + way_y * length),
                )
                items.append(Shape(path, stroke=colour, weight=weight))
    half = 3.1
    middle = 2.2 + 4.4
    places = tuple(
        (x, y, 0.0)
        for x in (left + middle, left + across - middle)
        for y in (bottom + middle, bottom + high - middle)
    )
    items.append(Stamp(_drawn(_Rose(half, 8, 3), colour), (-half, -half, half, half), places))
    return tuple(items)


def _outline(box: Box, inset: float, weight: float, colour: str) -> Shape:
    left, bottom, across, high = box
    path: Path = (("re", left + inset, bottom + inset, across - 2 * inset, high - 2 * inset),)
    return Shape(path, stroke=colour, weight=weight)


def _scooped(box: Box, inset: float, radius: float, weight: float, colour: str) -> Shape:
    """Draw a rectangle with a quarter of a circle taken out of each corner."""
    left, bottom, right, top = (
        box[0] + inset,
        box[1] + inset,
        box[0] + box[2] - inset,
        box[1] + box[3] - inset,
    )
    bend = radius * _BEND
    path: Path = (
        ("m", left + radius, bottom),
        ("l", right - radius, bottom),
        ("c", right - radius, bottom + bend, right - bend, bottom + radius, right, bottom + radius),
        ("l", right, top - radius),
        ("c", right - bend, top - radius, right - radius, top - bend, right - radius, top),
        ("l", left + radius, top),
        ("c", left + radius, top - bend, left + bend, top - radius, left, top - radius),
        ("l", left, bottom + radius),
        ("c", left + bend, bottom + radius, left + radius, bottom + bend, left + radius, bottom),
        ("h",),
    )
    return Shape(path, stroke=colour, weight=weight)


def _line(points: list[tuple[float, float]]) -> Path:
    steps: list[tuple[str | float, ...]] = [
        ("l" if index else "m", round(x, 3), round(y, 3)) for index, (x, y) in enumerate(points)
    ]
    return tuple(steps)
