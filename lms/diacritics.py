"""Marks that combine with the letter before them, where no composed letter exists: x̌, ɛ̃, а́.

A font says where a mark meets a letter, and where a second mark meets the first (its GPOS table).
Where it doesn't, the mark is centred over the letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

_MARKS: Final = re.compile("[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]")
_MARK_TO_BASE, _MARK_TO_MARK, _EXTENSION = 4, 6, 9

Point = tuple[float, float]
Step = tuple[Any, ...]  # m, l, c or h, and its figures


@dataclass(frozen=True)
class Placed:
    """Where a mark stands, in thousandths of the size of type.

    `along` is from where the letter before it ends to where the mark's own origin is, `up` from
    the baseline, `width` how far the mark alone would move what follows.
    """

    along: float
    up: float
    width: float


def bare(text: str) -> str:
    """Leave out the marks: what is left is as wide as the text."""
    return text if text.isascii() else _MARKS.sub("", text)


def has_marks(text: str) -> bool:
    """Tell whether a text holds marks that combine."""
    return not text.isascii() and _MARKS.search(text) is not None


@lru_cache(maxsize=512)
def places(text: str, font: Path) -> dict[int, Placed]:
    """Say where the marks of a text stand, by their index; one with no letter before is left."""
    found: dict[int, Placed] = {}
    anchors = _anchors(font)
    base, stack = "", dict[str, Point]()
    for index, character in enumerate(text):
        if not _MARKS.match(character):
            base, stack = character, {}
            continue
        if not base.strip():
            continue
        along, up = anchors.on(base, stack, character)
        stack[character] = (along, up)
        ends = anchors.width(base)
        scale = 1000 / anchors.units
        found[index] = Placed((along - ends) * scale, up * scale, anchors.width(character) * scale)
    return found


@lru_cache(maxsize=512)
def outline(mark: str, font: Path) -> tuple[Step, ...]:
    """Return a mark's outline in thousandths of the size of type, as steps that PDF names."""
    return _anchors(font).outline(mark)


@lru_cache(maxsize=512)
def extent(text: str, font: Path) -> tuple[float, float]:
    """Return how far the marks of a text reach below and above the baseline, in parts of the size.

    Both are 0 where it has none.
    """
    low = high = 0.0
    for index, place in places(text, font).items():
        for _, *figures in outline(text[index], font):
            for y in figures[1::2]:
                low, high = min(low, place.up + y), max(high, place.up + y)
    return -low / 1000, high / 1000


@cache
def _anchors(font: Path) -> _Anchors:
    return _Anchors(font)


class _Anchors:
    """Where marks and letters of one font meet."""

    def __init__(self, path: Path) -> None:
        self._font = TTFont(path, lazy=True)
        self._names: dict[int, str] = self._font.getBestCmap()
        self.units: int = self._font["head"].unitsPerEm
        self._metrics = self._font["hmtx"]
        self._bases: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._marks: list[tuple[dict[str, Any], dict[str, Any]]] = []
        if "GPOS" in self._font:
            self._read(self._font["GPOS"].table)

    def _read(self, table: Any) -> None:
        for lookup in table.LookupList.Lookup:
            for subtable in lookup.SubTable:
                held = subtable.ExtSubTable if subtable.LookupType == _EXTENSION else subtable
                if held.LookupType == _MARK_TO_BASE:
                    marks = zip(held.MarkCoverage.glyphs, held.MarkArray.MarkRecord, strict=True)
                    bases = zip(held.BaseCoverage.glyphs, held.BaseArray.BaseRecord, strict=True)
                    self._bases.append((dict(marks), {g: r.BaseAnchor for g, r in bases}))
                elif held.LookupType == _MARK_TO_MARK:
                    marks = zip(held.Mark1Coverage.glyphs, held.Mark1Array.MarkRecord, strict=True)
                    under = zip(held.Mark2Coverage.glyphs, held.Mark2Array.Mark2Record, strict=True)
                    self._marks.append((dict(marks), {g: r.Mark2Anchor for g, r in under}))

    def _name(self, character: str) -> str:
        return self._names.get(ord(character), ".notdef")

    def width(self, character: str) -> float:
        """How far a character moves what follows, in the font's units."""
        return float(self._metrics[self._name(character)][0])

    def on(self, base: str, stack: dict[str, Point], mark: str) -> Point:
        """Return a mark's origin from its letter's, with the marks between them."""
        glyph = self._name(mark)
        for under, (x, y) in reversed(stack.items()):
            met = _meet(self._marks, glyph, self._name(under))
            if met is not None:
                return x + met[0], y + met[1]
        met = _meet(self._bases, glyph, self._name(base))
        return met if met is not None else (self._centred(base, glyph), 0.0)

    def outline(self, mark: str) -> tuple[Step, ...]:
        """Return a mark's outline."""
        glyphs = self._font.getGlyphSet()
        pen = _Pen(glyphs, 1000 / self.units)
        glyphs[self._name(mark)].draw(pen)
        return tuple(pen.steps)

    def _centred(self, base: str, mark: str) -> float:
        left, right = self._ink(self._name(base))
        own_left, own_right = self._ink(mark)
        return (left + right - own_left - own_right) / 2

    def _ink(self, glyph: str) -> Point:
        shape = self._font["glyf"][glyph]
        shape.expand(self._font["glyf"])
        if not shape.numberOfContours:
            return 0.0, float(self._metrics[glyph][0])
        return float(shape.xMin), float(shape.xMax)


class _Pen(BasePen):  # type: ignore[misc]  # the library tells no types
    """Collect an outline's steps; curves of the second order become those of the third."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.steps: list[Step] = []
        self._scale = scale

    def _put(self, op: str, *points: Point) -> None:
        self.steps.append((op, *(value * self._scale for point in points for value in point)))

    def _moveTo(self, pt: Point) -> None:  # noqa: N802 -- the library's name
        self._put("m", pt)

    def _lineTo(self, pt: Point) -> None:  # noqa: N802 -- the library's name
        self._put("l", pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        self._put("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802 -- the library's name
        self._put("h")


def _meet(
    tables: list[tuple[dict[str, Any], dict[str, Any]]], mark: str, under: str
) -> Point | None:
    """Find the first table that knows both; return the way from one's origin to the other's."""
    for marks, others in tables:
        record, anchors = marks.get(mark), others.get(under)
        if record is None or anchors is None:
            continue
        anchor, own = anchors[record.Class], record.MarkAnchor
        if anchor is not None:
            return (
                float(anchor.XCoordinate - own.XCoordinate),
                float(anchor.YCoordinate - own.YCoordinate),
            )
    return None
