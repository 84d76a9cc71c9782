"""Text fitted into boxes: the largest size at which every line keeps to its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from lms.certificates.designs.design import Stand, Type
from lms.typography import MM, mark_extent, width

CAPITALS: Final = 0.714
"""Height of capitals, as a part of the size."""

ABOVE: Final = 1.0
"""What accents on capitals take above the baseline."""

BELOW: Final = 0.3
"""What descenders, commas and hooks take below it."""

_STEP: Final = 0.25


@dataclass(frozen=True)
class Fit:
    """Lines at the size they take; `leading` in millimetres.

    `above` and `below` are what a line takes on both sides of its baseline, in parts of the size.
    """

    lines: tuple[str, ...]
    size: float
    leading: float
    above: float = ABOVE
    below: float = BELOW

    @property
    def high(self) -> float:
        """From the accents of the first line to the descenders of the last, in millimetres."""
        more = self.leading * (len(self.lines) - 1)
        return (self.above + self.below) * self.size / MM + more if self.lines else 0.0

    def baselines(self, top: float, high: float, stand: Stand) -> tuple[float, ...]:
        """Return the baselines in a box, from the sheet's upper edge down.

        In the middle it is the capitals that are centred, as the eye does it.
        """
        em = self.size / MM
        more = self.leading * (len(self.lines) - 1)
        first = top + self.above * em
        if stand is Stand.BOTTOM:
            first = top + high - self.below * em - more
        elif stand is Stand.MIDDLE:
            centred = top + (high - more + CAPITALS * em) / 2
            first = min(max(first, centred), top + high - self.below * em - more)
        return tuple(first + self.leading * at for at in range(len(self.lines)))


@dataclass(frozen=True)
class Setting:
    """A type at one size."""

    type: Type
    size: float

    @property
    def leading(self) -> float:
        """The distance of two lines, in millimetres."""
        return self.type.leading * self.size / MM

    @property
    def above(self) -> float:
        """What a line takes above its baseline, in millimetres."""
        return ABOVE * self.size / MM

    @property
    def below(self) -> float:
        """What a line takes below its baseline, in millimetres."""
        return BELOW * self.size / MM

    def across(self, text: str) -> float:
        """Measure a line, in millimetres."""
        return across(text, self.type, self.size)

    def wrap(self, text: str, limit: float) -> tuple[str, ...]:
        """Break a text into lines."""
        return wrap(text, self.type, self.size, limit)

    def balance(self, text: str, limit: float) -> tuple[str, ...]:
        """Break a text into lines that are even."""
        return balance(text, self.type, self.size, limit)


@cache
def settings(type_: Type) -> tuple[Setting, ...]:
    """List the sizes of a type as settings, the largest first."""
    return tuple(Setting(type_, size) for size in sizes(type_))


def across(text: str, type_: Type, size: float) -> float:
    """Measure a line in millimetres."""
    return width(text, type_.face.face, size, type_.tracking * size) / MM


def sizes(type_: Type) -> list[float]:
    """List the sizes to be tried, the largest first."""
    steps = round((type_.largest - type_.smallest) / _STEP)
    found = [type_.largest - _STEP * step for step in range(steps + 1)]
    return found if found[-1] <= type_.smallest else [*found, type_.smallest]


@lru_cache(maxsize=4096)
def fit(
    paragraphs: tuple[str, ...], type_: Type, limit: float, high: float, most: int
) -> Fit | None:
    """Find the largest setting of some paragraphs in a box; None if even the smallest is too large.

    Each paragraph stays on one line down to the size that its type names; then lines are evened
    out, so that no word is left alone.
    """
    marks = [mark_extent(each, type_.face.face) for each in paragraphs]
    below = max([BELOW, *(low for low, _ in marks)])
    above = max([ABOVE, *(top for _, top in marks)])
    stacked = above - ABOVE + below - BELOW  # lines give way to marks upon marks
    for size in sizes(type_):
        leading = (type_.leading + stacked) * size / MM
        is_whole = size >= type_.one_line
        lines: list[str] = []
        for text in paragraphs:
            lines += [text] if is_whole and type_.one_line else balance(text, type_, size, limit)
        found = Fit(tuple(lines), size, leading, above, below)
        if (
            len(lines) <= most
            and found.high <= high + 1e-6
            and all(across(line, type_, size) <= limit for line in lines)
        ):
            return found
    return None


@lru_cache(maxsize=2048)
def balance(text: str, type_: Type, size: float, limit: float) -> tuple[str, ...]:
    """Break a text into as few lines as fit, as even as can be."""
    pieces = _pieces(text, type_, size, limit)
    lines = _filled(pieces, type_, size, limit)
    if len(lines) < 2:
        return lines
    low, high = limit / 2, limit
    while high - low > 0.5:
        middle = (low + high) / 2
        tried = _filled(pieces, type_, size, middle)
        if len(tried) <= len(lines) and all(across(line, type_, size) <= middle for line in tried):
            high = middle
        else:
            low = middle
    return _filled(pieces, type_, size, high)


@lru_cache(maxsize=8192)
def wrap(text: str, type_: Type, size: float, limit: float) -> tuple[str, ...]:
    """Break a text at its spaces, and after a hyphen where a word alone is too wide."""
    return _filled(_pieces(text, type_, size, limit), type_, size, limit)


_Pieces = Sequence[tuple[str, str]]


def _filled(pieces: _Pieces, type_: Type, size: float, limit: float) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for space, piece in pieces:
        longer = f"{line}{space if line else ''}{piece}"
        if line and across(longer, type_, size) > limit:
            lines.append(line)
            line = piece
        else:
            line = longer
    return (*lines, line) if line else ()


def _pieces(text: str, type_: Type, size: float, limit: float) -> _Pieces:
    """Return what may not be broken, each with the space that would join it to the line."""
    pieces: list[tuple[str, str]] = []
    for word in re.split(r"[ \t]+", text.strip()):
        if across(word, type_, size) <= limit:
            pieces.append((" ", word))
        else:
            parts: Sequence[str] = re.findall(r"[^-‐–/]+[-‐–/]*|[-‐–/]+", word)
            pieces += [(" " if at == 0 else "", part) for at, part in enumerate(parts)]
    return pieces
