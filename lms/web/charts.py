"""Plots drawn on the server as inline SVG: title, description, no script, no style of their own.

A plot never stands alone: the page that draws one shows the same figures in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
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


# Bars ------------------------------------------------------------------------------------------

_BAR, _BETWEEN = 18, 10
_GUTTER = 96  # names up to so wide stand beside their bars; longer ones above


@dataclass(frozen=True)
class Bars:
    """Lying bars, a row for each name; of several series beside each other, or making up one bar.

    Series are told apart by their shade and the key under the plot, which the page draws.
    """

    id: str
    title: str
    description: str
    bars: Sequence[tuple[str, Sequence[int | Decimal]]]
    is_stacked: bool = False
    say: Callable[[int | Decimal], str] = str  # how a value is written at its bar's end
    says_first: bool = False  # of one bar made up of several: its first part, of all


def draw_bars(plot: Bars) -> Markup:
    """Draw lying bars; classes are styled in app.css (.plot-bars)."""
    widest = max((_wide(name) for name, _values in plot.bars), default=0)
    is_above = widest > _GUTTER
    left = 0.0 if is_above else widest + 8
    sums = [sum(values) if plot.is_stacked else max(values, default=0) for _n, values in plot.bars]
    most = max([*sums, 0])
    ends = [_end(plot, values, end) for (_n, values), end in zip(plot.bars, sums, strict=True)]
    said = max(map(_wide, ends), default=0) + 8
    room = _WIDTH - left - said
    parts, y = [], 0.0
    for (name, values), whole in zip(plot.bars, sums, strict=True):
        if is_above:
            parts.append(_bar_name(0, y + 13, name, "start"))
            y += 19
        else:
            parts.append(_bar_name(left - 8, y + 13.5, name, "end"))
        rows = [(values, whole)] if plot.is_stacked else [((value,), value) for value in values]
        for at, (lengths, end) in enumerate(rows):
            parts += _bar(
                left, y, lengths, room / float(most) if most else 0, 0 if plot.is_stacked else at
            )
            x = left + float(max(end, 0)) * (room / float(most) if most else 0) + 6
            parts.append(_bar_name(x, y + 13.5, _end(plot, lengths, end), "start"))
            y += _BAR + 3
        y += _BETWEEN - 3
    return Markup("").join([_bars_head(plot, max(1, round(y))), *parts, Markup("</svg>")])


def _wide(text: str) -> float:
    """How much room a text needs at most, in whichever face the reader has."""
    return sum(11.5 if c in "MW" else 9.6 if c.isupper() else 8 for c in text)


def _end(plot: Bars, values: Sequence[int | Decimal], whole: int | Decimal) -> str:
    """What stands at a bar's end."""
    if plot.is_stacked and plot.says_first:
        return f"{plot.say(values[0])} / {plot.say(whole)}"
    return plot.say(whole)


def _bars_head(plot: Bars, high: int) -> Markup:
    return Markup(
        '<svg class="plot plot-bars" viewBox="0 0 {wide} {high}" role="img" focusable="false" '
        'aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{said}</desc>'
    ).format(wide=_WIDTH, high=high, id=plot.id, title=plot.title, said=plot.description)


def _bar_name(x: float, y: float, text: str, anchor: str) -> Markup:
    return _TEXT.format(x=round(x, 1), y=round(y, 1), anchor=anchor, text=text)


def _bar(
    left: float, y: float, values: Sequence[int | Decimal], scale: float, kind: int
) -> list[Markup]:
    drawn = []
    for value in values:
        wide = round(max(0.0, float(value) * scale), 1)
        if wide:
            drawn.append(
                _BOX.format(kind=kind % 4, x=round(left, 1), y=round(y, 1), wide=wide, high=_BAR)
            )
        left += wide
        kind += 1
    return drawn


_BOX = Markup('<rect class="plot-bar-{kind}" x="{x}" y="{y}" width="{wide}" height="{high}"/>')


# Points ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Points:
    """Numbered points over two axes, each read in the table beside the plot by its number.

    `bands` are values of y where a rule is drawn, each with its name.
    """

    id: str
    title: str
    description: str
    points: Sequence[tuple[float, float, str]]
    across: tuple[int, int, str]  # lowest, highest, what it says
    up: tuple[int, int, str]
    bands: Sequence[tuple[int, str]] = ()


_SQUARE = 300
_DOT = Markup('<circle class="plot-dot" cx="{x}" cy="{y}" r="3.5"/>')


def draw_points(plot: Points) -> Markup:
    """Draw a cloud of points; classes are styled in app.css (.plot)."""
    low, high, _across = plot.across
    floor, top, up = plot.up
    left, right, above, below = 40.0, _WIDTH - 14.0, 22.0, _SQUARE - 40.0

    def x(value: float) -> float:
        return round(left + (right - left) * (value - low) / (high - low), 1)

    def y(value: float) -> float:
        return round(below - (below - above) * (value - floor) / (top - floor), 1)

    parts = [_points_head(plot), _TEXT.format(x=0, y=12, anchor="start", text=up)]
    for tick in range(_TICKS + 1):
        at, value = low + (high - low) * tick // _TICKS, floor + (top - floor) * tick // _TICKS
        parts += [
            _RULE.format(kind="grid", x1=left, x2=right, y1=y(value), y2=y(value)),
            _TEXT.format(x=left - 6, y=y(value) + 4, anchor="end", text=value),
            _TEXT.format(x=x(at), y=below + 16, anchor="middle", text=at),
        ]
    for value, name in plot.bands:
        parts += [
            _RULE.format(kind="mark", x1=left, x2=right, y1=y(value), y2=y(value)),
            _TEXT.format(x=left + 4, y=y(value) - 4, anchor="start", text=name),
        ]
    parts.append(_TEXT.format(x=right, y=_SQUARE - 6, anchor="end", text=plot.across[2]))
    parts += _dots([(x(px), y(py), name) for px, py, name in plot.points])
    return Markup("").join([*parts, Markup("</svg>")])


def _dots(points: Sequence[tuple[float, float, str]]) -> list[Markup]:
    """Draw points with their numbers beside them, where each finds most room."""
    drawn = [_DOT.format(x=x, y=y) for x, y, _name in points]
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y, _name in points]
    for x, y, name in points:
        wide = _wide(name)
        places = [
            (x + 6, y + 4, "start", (x + 6, y - 6, x + 6 + wide, y + 5)),
            (x - 6, y + 4, "end", (x - 6 - wide, y - 6, x - 6, y + 5)),
            (x, y - 7, "middle", (x - wide / 2, y - 17, x + wide / 2, y - 6)),
            (x, y + 16, "middle", (x - wide / 2, y + 6, x + wide / 2, y + 17)),
        ]
        at = min(places, key=lambda place: sum(_meet(place[3], box) for box in taken))
        taken.append(at[3])
        drawn.append(_BOLD.format(x=round(at[0], 1), y=round(at[1], 1), anchor=at[2], text=name))
    return drawn


_Box = tuple[float, float, float, float]


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


_BOLD = Markup(
    '<text class="plot-text plot-name" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>'
)


def _points_head(plot: Points) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {wide} {high}" role="img" focusable="false" '
        'aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{said}</desc>'
    ).format(wide=_WIDTH, high=_SQUARE, id=plot.id, title=plot.title, said=plot.description)
