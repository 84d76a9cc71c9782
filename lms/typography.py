"""Fonts and the measuring of text: what fits, where lines break, which glyphs are missing."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from lms.diacritics import Placed, Step, bare, extent, has_marks, outline, places

_FOLDER: Final = Path(__file__).parent / "fonts"

MM: Final = 72.0 / 25.4
"""Points in a millimetre."""

LOCK: Final = threading.Lock()
"""Held while a page is drawn: reportlab's font objects remember a position while they subset."""


class Face(StrEnum):
    """The faces of a certificate, named by what they do; the value is the file's stem."""

    DISPLAY = "NotoSerifDisplay-Regular"
    DISPLAY_BOLD = "NotoSerifDisplay-Bold"
    TEXT = "NotoSerif-Regular"
    LABEL = "NotoSans-Regular"


def path_of(face: Face) -> Path:
    """Where a face's file is."""
    return _FOLDER / f"{face.value}.ttf"


@cache
def load(face: Face) -> TTFont:
    """Register a face once in the process; only the glyphs used are put in a file."""
    font = TTFont(face.value, str(path_of(face)), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


def load_all() -> None:
    """Register every face; a caller does it before it opens a canvas."""
    for face in Face:
        load(face)


def missing_glyphs(text: str, faces: Iterable[Face] = tuple(Face)) -> str:
    """Return, in order and once each, the characters that one of the faces can't draw."""
    known = [load(face).face.charToGlyph for face in faces]
    return "".join(
        character
        for character in dict.fromkeys(text)
        if any(ord(character) not in glyphs for glyphs in known)
    )


def width(text: str, face: Face, size: float, tracking: float = 0.0) -> float:
    """Measure a line in points; tracking is the space added between letters."""
    plain = bare(text)
    return float(load(face).stringWidth(plain, size)) + tracking * max(0, len(plain) - 1)


def marks_of(text: str, face: Face) -> dict[int, Placed]:
    """Say where marks that combine with a letter stand, by their index in the text."""
    return places(text, path_of(face)) if has_marks(text) else {}


def mark_outline(mark: str, face: Face) -> tuple[Step, ...]:
    """Return the outline of such a mark; see `diacritics.outline`."""
    return outline(mark, path_of(face))


def mark_extent(text: str, face: Face) -> tuple[float, float]:
    """Return how far such marks reach below and above the baseline; see `diacritics.extent`."""
    return extent(text, path_of(face)) if has_marks(text) else (0.0, 0.0)


def wrap(text: str, face: Face, size: float, limit: float) -> list[str]:
    """Break a text at its spaces into lines no wider than the limit, where words allow it."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width(longer, face, size) > limit:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def balance(text: str, face: Face, size: float, limit: float) -> list[str]:
    """Break like `wrap`, then even the lines out, so that no word is left alone on the last."""
    lines = wrap(text, face, size, limit)
    if len(lines) < 2:
        return lines
    low, high = limit / 2, limit
    while high - low > 2:
        middle = (low + high) / 2
        if len(wrap(text, face, size, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    return wrap(text, face, size, high)
