"""Pictures of a page: their proportions, and their pixels as a PDF keeps them."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image

from lms.certificates.drawing.objects import Objects, reference, stream


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


def add_picture(png: bytes, objects: Objects) -> int:
    """Add a picture, with its transparency as a mask where it has any; return its number."""
    with Image.open(io.BytesIO(png)) as opened:
        opened.load()
        picture = opened.convert("RGBA")
    entries = {
        "Type": b"/XObject",
        "Subtype": b"/Image",
        "Width": b"%d" % picture.width,
        "Height": b"%d" % picture.height,
        "BitsPerComponent": b"8",
    }
    alpha = picture.getchannel("A")
    mask = {}
    if alpha.getextrema() != (255, 255):
        grey = stream(alpha.tobytes(), {**entries, "ColorSpace": b"/DeviceGray"})
        mask = {"SMask": reference(objects.add(grey))}
    pixels_of = picture.convert("RGB").tobytes()
    return objects.add(stream(pixels_of, {**entries, "ColorSpace": b"/DeviceRGB", **mask}))
