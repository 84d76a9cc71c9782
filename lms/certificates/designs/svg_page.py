"""A composed page as SVG, for looking at: the very list that the PDF is made of.

Letters are drawn as the font's own outlines at the widths that the PDF uses, so that what is
seen doesn't depend on the fonts of the machine that looks.
"""

from __future__ import annotations

import base64
from functools import cache
from html import escape

import segno
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

from lms.certificates.drawing.items import (
    Code,
    Element,
    Item,
    Page,
    Picture,
    Rule,
    Shape,
    Stamp,
    Text,
)
from lms.typography import MM, Face, marks_of, path_of


class _Outlines:
    """The letters of one face, as paths, read when first asked for."""

    def __init__(self, face: Face) -> None:
        self.font = TTFont(path_of(face), lazy=True)
        self.glyphs = self.font.getGlyphSet()
        self.names = self.font.getBestCmap()
        self.units = self.font["head"].unitsPerEm
        self.paths: dict[str, str] = {}

    def advance(self, character: str) -> float:
        return float(self.glyphs[self._name(character)].width)

    def path(self, character: str) -> str:
        if character not in self.paths:
            pen = SVGPathPen(self.glyphs, lambda value: f"{value:g}")
            self.glyphs[self._name(character)].draw(pen)
            self.paths[character] = pen.getCommands()
        return self.paths[character]

    def _name(self, character: str) -> str:
        return str(self.names.get(ord(character), ".notdef"))


@cache
def _outlines(face: Face) -> _Outlines:
    return _Outlines(face)


def page_svg(page: Page, *, title: str = "") -> str:
    """Draw a page as one SVG file."""
    writer = _Writer(page)
    body = "".join(writer.element(element) for element in page.elements)
    size = f'width="{page.across:g}mm" height="{page.high:g}mm"'
    box = f'viewBox="0 0 {page.across:g} {page.high:g}"'
    name = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>{name}'
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f"<defs>{''.join(writer.defined.values())}</defs>{body}</svg>"
    )


class _Writer:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.defined: dict[str, str] = {}

    def element(self, element: Element) -> str:
        items = "".join(self.item(item) for item in element.items)
        return items + "".join(self.element(child) for child in element.children)

    def item(self, item: Item) -> str:
        match item:
            case Text():
                return self.text(item)
            case Rule():
                return self.rule(item, self.page.high)
            case Shape():
                return self.shape(item, self.page.high)
            case Picture():
                data = base64.b64encode(item.png).decode()
                top = self.page.high - item.y - item.high
                return (
                    f'<image x="{item.x:.3f}" y="{top:.3f}" width="{item.across:.3f}" '
                    f'height="{item.high:.3f}" preserveAspectRatio="none" '
                    f'href="data:image/png;base64,{data}"/>'
                )
            case Code():
                return self.code(item)
            case Stamp():
                return self.stamp(item)

    def text(self, item: Text) -> str:
        outlines = _outlines(item.face)
        scale = item.size / MM / outlines.units
        letters, at = [], 0.0
        marks = marks_of(item.text, item.face)
        space = item.tracking / item.size * outlines.units
        for index, character in enumerate(item.text):
            if index in marks:
                mark = marks[index]
                x = at - space + mark.along * outlines.units / 1000
                y = mark.up * outlines.units / 1000
                name = self.letter(item.face, character)
                letters.append(f'<use href="#{name}" x="{x:.1f}" y="{y:.1f}"/>')
                continue
            if outlines.path(character):
                letters.append(f'<use href="#{self.letter(item.face, character)}" x="{at:.1f}"/>')
            at += outlines.advance(character) + space
        paint = f'fill="{item.colour}"'
        if item.outline:
            paint += f' stroke="{item.outline}" stroke-width="{0.5 / MM / scale:.1f}"'
        y = self.page.high - item.y
        place = f"translate({item.left:.3f} {y:.3f}) scale({scale:.6f} {-scale:.6f})"
        return f'<g transform="{place}" {paint}>{"".join(letters)}</g>'

    def letter(self, face: Face, character: str) -> str:
        name = f"{list(Face).index(face)}-{ord(character):x}"
        if name not in self.defined:
            path = _outlines(face).path(character)
            self.defined[name] = f'<path id="{name}" d="{path}"/>'
        return name

    def rule(self, item: Rule, high: float) -> str:
        dash = ""
        if item.dash:
            parts = " ".join(f"{length:g}" for length in item.dash)
            dash = f' stroke-dasharray="{parts}" stroke-linecap="round"'
        return (
            f'<line x1="{item.x1:.3f}" y1="{high - item.y1:.3f}" x2="{item.x2:.3f}" '
            f'y2="{high - item.y2:.3f}" stroke="{item.colour}" '
            f'stroke-width="{item.weight / MM:.4f}"{dash}/>'
        )

    def shape(self, item: Shape, high: float) -> str:
        commands = []
        for op, *numbers in item.path:
            figures = [float(number) for number in numbers]
            if op == "re":
                x, y, across, up = figures
                commands.append(f"M{x:.3f} {high - y:.3f}h{across:.3f}v{-up:.3f}h{-across:.3f}z")
            elif op == "h":
                commands.append("z")
            else:
                points = [
                    f"{figures[i]:.3f} {high - figures[i + 1]:.3f}"
                    for i in range(0, len(figures), 2)
                ]
                commands.append(f"{str(op).upper()}{' '.join(points)}")
        stroke = ""
        if item.stroke:
            stroke = f' stroke="{item.stroke}" stroke-width="{item.weight / MM:.4f}"'
        return f'<path d="{"".join(commands)}" fill="{item.fill or "none"}"{stroke}/>'

    def code(self, item: Code) -> str:
        rows = list(segno.make(item.text, error="m", boost_error=False, micro=False).matrix)
        module = item.side / len(rows)
        top = self.page.high - item.y - item.side
        runs = []
        for index, row in enumerate(rows):
            for start, length in _runs(row):
                runs.append(f"M{start} {index}h{length}v1h-{length}z")
        place = f"translate({item.x:.3f} {top:.3f}) scale({module:.6f})"
        return f'<path transform="{place}" d="{"".join(runs)}" fill="{item.colour}"/>'

    def stamp(self, item: Stamp) -> str:
        name = f"s{len(self.defined)}"
        drawing = "".join(
            self.rule(part, 0.0) if isinstance(part, Rule) else self.shape(part, 0.0)
            for part in item.drawing
        )
        self.defined[name] = f'<g id="{name}">{drawing}</g>'
        return "".join(
            f'<use href="#{name}" transform="translate({x:.3f} {self.page.high - y:.3f}) '
            f'rotate({-turn:g})"/>'
            for x, y, turn in item.places
        )


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Turn a row of dark and light into starts and lengths of dark."""
    runs: list[tuple[int, int]] = []
    for index, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((index, 1))
    return runs
