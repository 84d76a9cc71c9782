"""Pictures on a certificate, pixels or outlines: their size without unpacking, and their place."""

from __future__ import annotations

import struct
from typing import Final

from lms.certificates.designs.vectors import is_vector, read_drawing
from lms.certificates.drawing.items import Item, Picture

PNG: Final = b"\x89PNG\r\n\x1a\n"


def pixels(png: bytes) -> tuple[int, int]:
    """Read the size of a PNG from its header. Raises ValueError."""
    if not png.startswith(PNG) or len(png) < 33:
        raise ValueError("not a PNG")
    across, high = struct.unpack(">II", png[16:24])
    return across, high


def size_of(data: bytes, *, across: float, high: float) -> tuple[float, float]:
    """Fit a picture into a place, its proportions kept. Raises ValueError."""
    own_across: float
    own_high: float
    if is_vector(data):
        drawing = read_drawing(data)
        own_across, own_high = drawing.across, drawing.high
    else:
        own_across, own_high = pixels(data)
    scale = min(across / own_across, high / own_high)
    return own_across * scale, own_high * scale


def placed(data: bytes, left: float, bottom: float, across: float, high: float) -> tuple[Item, ...]:
    """Put a picture at its place."""
    if is_vector(data):
        return read_drawing(data).shapes(left, bottom, across)
    return (Picture(data, left, bottom, across, high),)
