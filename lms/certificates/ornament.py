"""The engraved frame: fine woven lines that a copier dims and a hand can't redraw."""

from __future__ import annotations

import math
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from lms.typography import MM

_LINE: Final = HexColor("#5d918b")
_RULE: Final = HexColor("#0b5c55")
_TILE: Final = "weave"
_ROSETTE: Final = "rosette"

_OUTER: Final = 10.0  # millimetres from the edge of the sheet to the outer rule
_BAND: Final = 6.0
_STRANDS: Final = 6
_SAMPLES: Final = 96


def draw_frame(canvas: Canvas, sheet_width: float, sheet_height: float) -> None:
    """Draw the frame round a sheet measured in points; its parts are stored once per file."""
    if not canvas.hasForm(_ROSETTE):
        _define_rosette(canvas)
    inner = _OUTER + _BAND
    across, along = sheet_width / MM, sheet_height / MM
    canvas.saveState()
    for start, length, turn in (
        ((inner, along - _OUTER - _BAND / 2), across - 2 * inner, 0),
        ((inner, _OUTER + _BAND / 2), across - 2 * inner, 0),
        ((_OUTER + _BAND / 2, inner), along - 2 * inner, 90),
        ((across - _OUTER - _BAND / 2, inner), along - 2 * inner, 90),
    ):
        _draw_band(canvas, start, length, turn)
    for x in (_OUTER + _BAND / 2, across - _OUTER - _BAND / 2):
        for y in (_OUTER + _BAND / 2, along - _OUTER - _BAND / 2):
            _place(canvas, _ROSETTE, x, y)
    _draw_rules(canvas, across, along)
    canvas.restoreState()


def _draw_rules(canvas: Canvas, across: float, along: float) -> None:
    canvas.setStrokeColor(_RULE)
    for inset, weight in ((_OUTER, 0.9), (_OUTER + _BAND, 0.35), (_OUTER + _BAND + 0.9, 0.35)):
        canvas.setLineWidth(weight)
        canvas.rect(
            inset * MM, inset * MM, (across - 2 * inset) * MM, (along - 2 * inset) * MM, fill=0
        )


def _draw_band(canvas: Canvas, start: tuple[float, float], length: float, turn: int) -> None:
    """Lay whole tiles end to end; they are stretched a little so that none is cut."""
    count = round(length / 22.0)
    name = f"{_TILE}-{round(length)}"
    if not canvas.hasForm(name):
        _define_weave(canvas, name, length / count)
    for index in range(count):
        canvas.saveState()
        canvas.translate(start[0] * MM, start[1] * MM)
        if turn:
            canvas.rotate(turn)
        canvas.translate(index * length / count * MM, 0)
        canvas.doForm(name)
        canvas.restoreState()


def _place(canvas: Canvas, name: str, x: float, y: float) -> None:
    canvas.saveState()
    canvas.translate(x * MM, y * MM)
    canvas.doForm(name)
    canvas.restoreState()


def _define_weave(canvas: Canvas, name: str, length: float) -> None:
    """Store one tile of the band: sine strands whose swing breathes once over the tile."""
    half = _BAND / 2 * MM
    canvas.beginForm(name, 0, -half, length * MM, half)
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.22)
    for strand in range(_STRANDS):
        phase = 2 * math.pi * strand / _STRANDS
        points = []
        for sample in range(_SAMPLES + 1):
            part = 2 * math.pi * sample / _SAMPLES
            swing = (_BAND / 2 - 0.55) * (0.72 + 0.28 * math.cos(2 * part))
            points.append((length * sample / _SAMPLES, swing * math.sin(3 * part + phase)))
        _polyline(canvas, points)
    canvas.endForm()


def _define_rosette(canvas: Canvas) -> None:
    """Store the corner: one closed curve wound round itself."""
    half = _BAND / 2
    canvas.beginForm(_ROSETTE, -half * MM, -half * MM, half * MM, half * MM)
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.22)
    for turn in range(3):
        points = []
        for sample in range(241):
            angle = 2 * math.pi * sample / 240
            radius = (half - 0.5) * (0.62 + 0.38 * math.cos(8 * angle + 2 * math.pi * turn / 3))
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
        _polyline(canvas, points)
    canvas.endForm()


def _polyline(canvas: Canvas, points: list[tuple[float, float]]) -> None:
    path = canvas.beginPath()
    path.moveTo(points[0][0] * MM, points[0][1] * MM)
    for x, y in points[1:]:
        path.lineTo(x * MM, y * MM)
    canvas.drawPath(path, stroke=1, fill=0)
