"""Zones of a picture, in per cent of its width and height: rectangles, ellipses and polygons.

A zone has words that say where it is, so that a question can be answered without seeing it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lms.quizzes.question_types.payload import number_text, plain
from lms.quizzes.question_types.protocol import InvalidQuestion, QuestionFault

MOST_ZONES = 40
_MOST_CORNERS = 40
_WHOLE = Decimal(100)
_POINT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?),(\d{1,3}(?:\.\d{1,3})?)", re.ASCII)


class Shape(StrEnum):
    """Name what a zone looks like."""

    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


Point = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Area:
    """Hold a shape: two corners, a centre with two radii, or three corners and more."""

    shape: Shape
    points: tuple[Point, ...]

    @property
    def box(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The rectangle around it: left, top, right, bottom."""
        if self.shape is Shape.ELLIPSE:
            (x, y), (across, down) = self.points
            return x - across, y - down, x + across, y + down
        across_all = [point[0] for point in self.points]
        down_all = [point[1] for point in self.points]
        return min(across_all), min(down_all), max(across_all), max(down_all)

    @property
    def centre(self) -> Point:
        """Where its number stands."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    def holds(self, point: Point) -> bool:
        """Say whether a point lies in it, the edge included; exact, with whole numbers."""
        x, y = point
        left, top, right, bottom = self.box
        if not (left <= x <= right and top <= y <= bottom):
            return False
        if self.shape is Shape.RECTANGLE:
            return True
        if self.shape is Shape.ELLIPSE:
            (cx, cy), (across, down) = self.points
            return ((x - cx) * down) ** 2 + ((y - cy) * across) ** 2 <= (across * down) ** 2
        return _is_inside(point, self.points)

    def text(self) -> str:
        """Write the points: „10,20 30,40”."""
        return " ".join(f"{number_text(x)},{number_text(y)}" for x, y in self.points)


def _is_inside(point: Point, corners: tuple[Point, ...]) -> bool:
    """Count the edges that a ray to the right crosses; a point on an edge is inside."""
    x, y = point
    is_inside = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay > y) != (by > y) and (turn > 0) == (by > ay):
            is_inside = not is_inside
    return is_inside


def read_area(shape: str, points: str, index: int) -> Area:
    """Read a shape with its points; all of it lies on the picture."""
    if shape not in list(Shape):
        raise InvalidQuestion("shape", QuestionFault.UNKNOWN, index)
    found = []
    for written in points.replace(";", " ").split()[: _MOST_CORNERS + 1]:
        point = _POINT.fullmatch(written)
        if point is None:
            raise InvalidQuestion("points", QuestionFault.NOT_A_NUMBER, index)
        found.append((plain(Decimal(point[1])), plain(Decimal(point[2]))))
    area = Area(Shape(shape), tuple(found))
    _check(area, index)
    return area


def _check(area: Area, index: int) -> None:
    count = len(area.points)
    least, most = (3, _MOST_CORNERS) if area.shape is Shape.POLYGON else (2, 2)
    if count < least:
        raise InvalidQuestion("points", QuestionFault.TOO_FEW, index)
    if count > most:
        raise InvalidQuestion("points", QuestionFault.TOO_MANY, index)
    left, top, right, bottom = area.box
    is_inside = 0 <= left < right <= _WHOLE and 0 <= top < bottom <= _WHOLE
    is_straight = area.shape is not Shape.RECTANGLE or area.points[0] == (left, top)
    if not is_inside or not is_straight:
        raise InvalidQuestion("points", QuestionFault.OUT_OF_RANGE, index)


def drawn(area: Area) -> dict[str, object]:
    """Tell how a page draws the shape: numbers as texts, in per cent."""
    left, top, right, bottom = area.box
    x, y = area.centre
    values = {
        "left": left,
        "top": top,
        "width": right - left,
        "height": bottom - top,
        "x": x,
        "y": y,
        "across": (right - left) / 2,
        "down": (bottom - top) / 2,
    }
    return {
        "shape": area.shape.value,
        "corners": area.text() if area.shape is Shape.POLYGON else "",
        **{name: number_text(round(value, 3)) for name, value in values.items()},
    }
