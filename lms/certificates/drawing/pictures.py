"""Pictures of a page: their proportions, and their pixels as a PDF keeps them."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image


@lru_cache(maxsize=64)
def pixels(png: bytes) -> tuple[int, int]:
    """Return how many pixels a picture has across and high."""
    with Image.open(io.BytesIO(png)) as picture:
        return picture.size


def fitted(png: bytes, across: float, high: float) -> tuple[float, float]:
    """Fit a picture into a box, its proportions kept; return what it then takes."""
    pixels_across, pixels_high = pixels(png)
    scale = min(across / pixels_across, high / pixels_high)
    return pixels_across * scale, pixels_high * scale
