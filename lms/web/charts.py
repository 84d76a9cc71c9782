"""Plots drawn on the server as inline SVG: title, description, no script, no style of their own.

A plot never stands alone: the page that draws one shows the same figures in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

_WIDTH, _HEIGHT = 400, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 8, 14, 26
_TICKS = 4


@dataclass(frozen=True)
class Line:
    """A line through points of (place, value); `kind` is how it is drawn, never colour alone."""

    label: str
    points: Sequence[tuple[int, int]]
    kind: Literal["solid", "dashed", "rule"] = "solid"


@dataclass(frozen=True)
class Plot:
    """Lines over one axis of whole numbers, such as days; `marks` are named places on it."""

    id: str
    title: str
    description: str
    lines: Sequence[Line]
    marks: Sequence[tuple[int, str]] = ()
    most: int = 1  # the axis of values reaches at least so far


def draw(plot: Plot) -> Markup:
    """Draw a plot; classes are styled in app.css (.plot)."""
    places = [x for line in plot.lines for x, _y in line.points] + [x for x, _label in plot.marks]
    values = [y for line in plot.lines for _x, y in line.points]
    top = _round_top(max([plot.most, *values]))
    scale = _Scale(min(places, default=0), max(places, default=1), top)
    parts = [_head(plot), *_grid(scale), *_marks(plot, scale)]
    parts += [_line(line, scale) for line in plot.lines if line.points]
    return Markup("").join([*parts, Markup("</svg>")])


@dataclass(frozen=True)
class _Scale:
    first: int
    last: int
    top: int

    def x(self, place: int) -> float:
        span = max(1, self.last - self.first)
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place - self.first) / span

    def y(self, value: int) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / self.top


def _round_top(value: int) -> int:
    """Return the next number that four even steps reach."""
    step = 1
    while step * _TICKS < value:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step * _TICKS


def _head(plot: Plot) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {wide} {high}" role="img" focusable="false" '
        'aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{said}</desc>'
    ).format(wide=_WIDTH, high=_HEIGHT, id=plot.id, title=plot.title, said=plot.description)


_RULE = Markup('<line class="plot-{kind}" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>')
_TEXT = Markup('<text class="plot-text" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')


def _grid(scale: _Scale) -> list[Markup]:
    drawn = []
    for number in range(_TICKS + 1):
        value = scale.top * number // _TICKS
        y = round(scale.y(value), 1)
        drawn += [
            _RULE.format(kind="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y),
            _TEXT.format(x=_LEFT - 6, y=y + 4, anchor="end", text=value),
        ]
    return drawn


def _marks(plot: Plot, scale: _Scale) -> list[Markup]:
    drawn = []
    for place, label in plot.marks:
        x = round(scale.x(place), 1)
        anchor = "start" if x < _WIDTH / 4 else "end" if x > 3 * _WIDTH / 4 else "middle"
        drawn += [
            _RULE.format(kind="mark", x1=x, x2=x, y1=_TOP, y2=_HEIGHT - _BOTTOM),
            _TEXT.format(x=x, y=_HEIGHT - 8, anchor=anchor, text=label),
        ]
    return drawn


def _line(line: Line, scale: _Scale) -> Markup:
    points = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in line.points)
    drawn = Markup('<polyline class="plot-line plot-{kind}" points="{points}"/>')
    return drawn.format(kind=line.kind, points=points)
