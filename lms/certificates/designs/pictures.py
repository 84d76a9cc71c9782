"""Pictures on a certificate: their size without unpacking them, and their place."""

from __future__ import annotations

import struct
from typing import Final

from lms.certificates.drawing.items import Item, Picture

PNG: Final = b"\x89PNG\r\n\x1a\n"


def pixels(png: bytes) -> tuple[int, int]:
    """Read the size of a PNG from its header. Raises ValueError."""
    if not png.startswith(PNG) or len(png) < 33:
        raise ValueError("not a PNG")
    across, high = struct.unpack(">II", png[16:24])
    return across, high


def size_of(png: bytes, *, across: float, high: float) -> tuple[float, float]:
    """Fit a picture into a place, its proportions kept."""
    pixels_across, pixels_high = pixels(png)
    scale = min(across / pixels_across, high / pixels_high)
    return pixels_across * scale, pixels_high * scale


def placed(png: bytes, left: float, bottom: float, across: float, high: float) -> tuple[Item, ...]:
    """Put a picture at its place."""
    return (Picture(png, left, bottom, across, high),)
