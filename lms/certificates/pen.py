"""Strokes on a page: text, rules, pictures and the QR code, all placed in millimetres."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from lms import typography
from lms.typography import MM, Face

INK: Final = HexColor("#18272b")
MUTED: Final = HexColor("#475a5e")
BRAND: Final = HexColor("#063f3a")
RULE: Final = HexColor("#8fa3a0")
ACCENT: Final = HexColor("#9a4a06")


@dataclass(frozen=True)
class Style:
    """How a run of text is set; tracking is space between letters, as part of the size."""

    face: Face
    size: float
    colour: Color = INK
    tracking: float = 0.0

    def width(self, text: str) -> float:
        """Measure a line in millimetres."""
        return typography.width(text, self.face, self.size, self.tracking * self.size) / MM


class Pen:
    """Draw on a canvas; y is always a baseline or a lower edge."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def left(self, text: str, x: float, y: float, style: Style) -> None:
        """Set a line that begins at x."""
        self.canvas.setFont(style.face.value, style.size)
        self.canvas.setFillColor(style.colour)
        self.canvas.drawString(x * MM, y * MM, text, charSpace=style.tracking * style.size)

    def right(self, text: str, x: float, y: float, style: Style) -> None:
        """Set a line that ends at x."""
        self.left(text, x - style.width(text), y, style)

    def centred(self, text: str, x: float, y: float, style: Style) -> None:
        """Set a line round x."""
        self.left(text, x - style.width(text) / 2, y, style)

    def ghost(self, text: str, x: float, y: float, style: Style, outline: Color) -> None:
        """Set a large line round x as faint letters with an outline that a copier keeps."""
        self.canvas.saveState()
        self.canvas.setStrokeColor(outline)
        self.canvas.setLineWidth(0.5)
        self.canvas.setFont(style.face.value, style.size)
        self.canvas.setFillColor(style.colour)
        left = (x - style.width(text) / 2) * MM
        spacing = style.tracking * style.size
        self.canvas.drawString(left, y * MM, text, mode=2, charSpace=spacing)
        self.canvas.restoreState()

    def rule(self, left: float, right: float, y: float, weight: float = 0.4) -> None:
        """Draw a fine horizontal line."""
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(weight)
        self.canvas.line(left * MM, y * MM, right * MM, y * MM)

    def leader(self, left: float, right: float, y: float) -> None:
        """Lead the eye over a gap with dots that stand under each other in every row."""
        step = 1.6
        first = -(-left // step) * step
        if right - first < step:
            return
        self.canvas.saveState()
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(0.55)
        self.canvas.setLineCap(1)
        self.canvas.setDash([0, step * MM])
        self.canvas.line(first * MM, y * MM, right * MM, y * MM)
        self.canvas.restoreState()

    def picture(self, png: bytes, x: float, y: float, size: tuple[float, float]) -> None:
        """Draw a PNG, its transparency kept."""
        across, high = size
        reader = _picture(png)
        self.canvas.drawImage(reader, x * MM, y * MM, across * MM, high * MM, mask="auto")

    def qr(self, text: str, x: float, y: float, side: float) -> None:
        """Draw a QR code as the runs of one path; its quiet zone is the paper round it."""
        rows = list(segno.make(text, error="m", boost_error=False, micro=False).matrix)
        module = side * MM / len(rows)
        path = self.canvas.beginPath()
        for index, row in enumerate(rows):
            bottom = (y + side) * MM - (index + 1) * module
            for start, length in _runs(row):
                path.rect(x * MM + start * module, bottom, length * module, module)
        self.canvas.setFillColor(INK)
        self.canvas.drawPath(path, stroke=0, fill=1)


def picture_size(png: bytes, *, across: float, high: float) -> tuple[float, float]:
    """Fit a picture into a slot, its proportions kept."""
    pixels_across, pixels_high = _picture(png).getSize()
    scale = min(across / pixels_across, high / pixels_high)
    return pixels_across * scale, pixels_high * scale


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Turn a row of dark and light into starts and lengths of dark."""
    runs: list[tuple[int, int]] = []
    for index, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((index, 1))
    return runs


@lru_cache(maxsize=16)
def _picture(png: bytes) -> ImageReader:
    return ImageReader(io.BytesIO(png))
