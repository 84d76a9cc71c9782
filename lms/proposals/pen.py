"""Strokes on a page: text and rules, placed in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from lms import typography
from lms.typography import MM, Face

INK: Final = HexColor("#18272b")
MUTED: Final = HexColor("#475a5e")
BRAND: Final = HexColor("#063f3a")
RULE: Final = HexColor("#8fa3a0")


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
