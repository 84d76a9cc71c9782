"""Drawings in SVG: read strictly into outlines, kept as a plain file that holds nothing else.

What a page can't draw exactly (text, pictures, gradients, transparency, clipping), and all that
does something (scripts, links, styles from outside), is refused by name, never left out silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import radians, sqrt, tan
from typing import Any, Final
from xml.etree import ElementTree

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.shapes import PathBuilder
from PIL import ImageColor

from lms.certificates.drawing.items import Shape

MOST_BYTES: Final = 500_000
MOST_STEPS: Final = 20_000
_FAR: Final = 1e6
_SIDE: Final = 1000.0  # the longer side of what is kept
_SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_WORDLESS: Final = frozenset({"title", "desc", "metadata"})
_STOPS: Final = ("clip-path", "mask", "filter", "marker-start", "marker-mid", "marker-end")
_INHERITED: Final = ("fill", "stroke", "stroke-width", "fill-rule")

Steps = tuple[tuple[str | float, ...], ...]


class NotDrawable(ValueError):
    """The drawing can't be used; `reason` is a code, `detail` what it is about."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Outline:
    """A path with its colours, in units from the upper left corner."""

    steps: Steps
    fill: str | None
    stroke: str | None
    weight: float


@dataclass(frozen=True)
class Drawing:
    """Outlines in a box."""

    across: float
    high: float
    outlines: tuple[Outline, ...]

    def to_svg(self) -> bytes:
        """Write it so that the same drawing is always the same bytes."""
        paths = "".join(
            f'<path d="{_written(each.steps)}" fill="{each.fill or "none"}"'
            + (f' stroke="{each.stroke}" stroke-width="{each.weight:g}"' if each.stroke else "")
            + "/>"
            for each in self.outlines
        )
        box = f"0 0 {self.across:g} {self.high:g}"
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paths}</svg>'.encode()

    def shapes(self, left: float, bottom: float, across: float) -> tuple[Shape, ...]:
        """Place it on a page, so wide; up is up there."""
        scale = across / self.across
        top = bottom + self.high * scale

        def turned(step: tuple[str | float, ...]) -> tuple[str | float, ...]:
            op, *figures = step
            numbers = [float(figure) for figure in figures]
            placed = [
                round(left + value * scale if at % 2 == 0 else top - value * scale, 4)
                for at, value in enumerate(numbers)
            ]
            return (op, *placed)

        points = 72 / 25.4
        return tuple(
            Shape(
                tuple(turned(step) for step in each.steps),
                each.fill,
                each.stroke,
                round(each.weight * scale * points, 4),
            )
            for each in self.outlines
        )


def is_vector(data: bytes) -> bool:
    """Whether a kept picture is a drawing, and not pixels."""
    return data.startswith(b"<svg")


@lru_cache(maxsize=32)
def read_drawing(data: bytes) -> Drawing:
    """Read a drawing. Raises NotDrawable."""
    if len(data) > MOST_BYTES:
        raise NotDrawable("too_large")
    if re.search(rb"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet", data, re.IGNORECASE):
        raise NotDrawable("not_plain", "DOCTYPE")
    if b"\0" in data:  # letters of two bytes hide a document type from the look above
        raise NotDrawable("not_plain", "UTF-16")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 -- nothing in it can be expanded
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise NotDrawable("not_svg") from error
    if root.tag != f"{_SVG}svg":
        raise NotDrawable("not_svg")
    left, top, across, high = _box(root)
    scale = _SIDE / max(across, high)
    place = Transform(scale, 0, 0, scale, -left * scale, -top * scale)
    try:
        outlines = tuple(_outlines(root, place, {}))
    except (
        *(ValueError, TypeError, ArithmeticError, KeyError, IndexError),
        RecursionError,  # groups in groups, by the thousand
    ) as error:
        if isinstance(error, NotDrawable):
            raise
        raise NotDrawable("not_svg", str(error)[:60]) from error
    if not outlines:
        raise NotDrawable("nothing_drawn")
    if sum(len(each.steps) for each in outlines) > MOST_STEPS:
        raise NotDrawable("too_large")
    return Drawing(round(across * scale, 3), round(high * scale, 3), outlines)


def _box(root: ElementTree.Element) -> tuple[float, float, float, float]:
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(numbers) != 4:
        sides = (re.sub(r"(px|mm|cm|pt)$", "", root.get(n, "")) for n in ("width", "height"))
        numbers = ["0", "0", *sides]
    try:
        left, top, across, high = (float(number) for number in numbers)
    except ValueError as error:
        raise NotDrawable("no_size") from error
    if not (0 < across < 1e6 and 0 < high < 1e6):
        raise NotDrawable("no_size")
    return left, top, across, high


def _outlines(
    element: ElementTree.Element, place: Transform, inherited: dict[str, str]
) -> Iterator[Outline]:
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if not tag.startswith(_SVG):
            continue  # notes of the program that drew it
        name = tag.removeprefix(_SVG)
        if name in _WORDLESS or (name == "defs" and not len(child)):
            continue
        if name not in _SHAPES | {"g"}:
            raise NotDrawable("not_allowed", name)
        style = {**inherited, **_style(child)}
        inner = place.transform(_transform(child.get("transform", "")))
        if name == "g":
            yield from _outlines(child, inner, style)
        elif style.get("display") != "none" and style.get("visibility") != "hidden":
            outline = _outline(child, inner, style)
            if outline is not None:
                yield outline


def _style(element: ElementTree.Element) -> dict[str, str]:
    """Read what an element says of its looks; what a page can't do is refused."""
    said = {key: value.strip() for key, value in element.attrib.items()}
    for declaration in said.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        said[key.strip()] = value.strip()
    for key in said:
        if key.lower().startswith("on") or key == "href" or key.endswith("}href"):
            raise NotDrawable("not_plain", key.rpartition("}")[2])
    for key in _STOPS:
        if said.get(key, "none") != "none":
            raise NotDrawable("not_allowed", key)
    for key in ("opacity", "fill-opacity", "stroke-opacity"):
        if said.get(key, "1") not in {"1", "1.0", "100%"}:
            raise NotDrawable("not_allowed", key)
    kept = (*_INHERITED, "display", "visibility")
    return {key: said[key] for key in kept if key in said}


def _outline(
    element: ElementTree.Element, place: Transform, style: dict[str, str]
) -> Outline | None:
    fill = _colour(style.get("fill", "#000000"))
    stroke = _colour(style.get("stroke", "none"))
    if fill is None and stroke is None:
        return None
    builder = PathBuilder()
    said = {name: value for name, value in element.attrib.items() if name != "transform"}
    builder.add_path_from_element(ElementTree.Element(element.tag, said))
    pen = _Pen()
    for path in builder.paths:
        parse_path(path, TransformPen(pen, place))
    starts = sum(step[0] == "m" for step in pen.steps)
    if style.get("fill-rule") == "evenodd" and fill and starts > 1:
        raise NotDrawable("not_allowed", "fill-rule: evenodd")
    if not pen.steps:
        return None
    weight = float(re.sub(r"px$", "", style.get("stroke-width", "1"))) * sqrt(
        abs(place[0] * place[3] - place[1] * place[2])
    )
    return Outline(tuple(pen.steps), fill, stroke, round(weight, 3))


def _colour(text: str) -> str | None:
    if text in {"none", "transparent"}:
        return None
    if text == "currentColor":
        return "#000000"
    if text.startswith("url"):
        raise NotDrawable("not_allowed", "gradient")
    try:
        red, green, blue, *alpha = ImageColor.getrgb(text)
    except ValueError as error:
        raise NotDrawable("not_svg", text[:40]) from error
    if alpha and alpha[0] != 255:
        raise NotDrawable("not_allowed", "opacity")
    return f"#{red:02x}{green:02x}{blue:02x}"


def _transform(text: str) -> Transform:
    found = Identity
    for name, inner in re.findall(r"\b(\w{1,20}+)\s*+\(([^()]*+)\)", text):
        numbers = [float(part) for part in re.split(r"[\s,]+", inner.strip()) if part]
        found = found.transform(_one_transform(name, numbers))
    return found


def _one_transform(name: str, numbers: list[float]) -> Transform:
    if (name, len(numbers)) == ("rotate", 3):
        angle, x, y = numbers
        return Identity.translate(x, y).rotate(radians(angle)).translate(-x, -y)
    makers: dict[tuple[str, int], Callable[..., Transform]] = {
        ("matrix", 6): Transform,
        ("translate", 1): Identity.translate,
        ("translate", 2): Identity.translate,
        ("scale", 1): Identity.scale,
        ("scale", 2): Identity.scale,
        ("rotate", 1): lambda angle: Identity.rotate(radians(angle)),
        ("skewX", 1): lambda angle: Transform(1, 0, tan(radians(angle)), 1, 0, 0),
        ("skewY", 1): lambda angle: Transform(1, tan(radians(angle)), 0, 1, 0, 0),
    }
    maker = makers.get((name, len(numbers)))
    if maker is None:
        raise NotDrawable("not_svg", name[:40])
    return maker(*numbers)


class _Pen(BasePen):  # type: ignore[misc]  # the library tells no types
    """Collect a path's steps; curves of the second order become those of the third."""

    def __init__(self) -> None:
        super().__init__(None)
        self.steps: list[tuple[str | float, ...]] = []

    def _put(self, op: str, *points: Any) -> None:
        if len(self.steps) > MOST_STEPS:
            raise NotDrawable("too_large")
        figures = [round(float(value), 3) + 0.0 for point in points for value in point]
        if not all(abs(figure) <= _FAR for figure in figures):
            raise NotDrawable("not_svg")
        self.steps.append((op, *figures))

    def _moveTo(self, pt: Any) -> None:  # noqa: N802 -- the library's name
        self._put("m", pt)

    def _lineTo(self, pt: Any) -> None:  # noqa: N802 -- the library's name
        self._put("l", pt)

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802 -- the library's name
        self._put("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802 -- the library's name
        self._put("h")

    def _endPath(self) -> None:  # noqa: N802 -- the library's name
        """Leave it open, as it was drawn."""


def _written(steps: Steps) -> str:
    return "".join(
        "Z" if op == "h" else f"{str(op).upper()}{' '.join(f'{figure:g}' for figure in figures)}"
        for op, *figures in steps
    )
