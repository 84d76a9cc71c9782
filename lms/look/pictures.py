"""Logos for the pages: drawn anew as small PNG files, so that nothing else travels in them."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Final

from PIL import Image, UnidentifiedImageError

from lms.errors import Unusable
from lms.web.site import Picture

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_SIDE: Final = 5000
KEPT: Final = (448, 112)  # twice the room that it has, for sharp screens


class PictureRefused(Unusable):
    """The file is no picture that can be shown."""


def as_logo(data: bytes, alt: str) -> tuple[Picture, bytes]:
    """Return a logo as it is kept. Raises PictureRefused."""
    if len(data) > MOST_BYTES:
        raise PictureRefused
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if max(picture.size) > MOST_SIDE:
                raise PictureRefused
            drawn = picture.convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,  # a PNG whose parts are broken
        ValueError,
        Warning,
    ) as error:
        raise PictureRefused from error
    drawn.thumbnail(KEPT)
    stream = io.BytesIO()
    drawn.save(stream, "PNG", optimize=True)
    kept = stream.getvalue()
    width, height = (max(1, round(side / 2)) for side in drawn.size)
    return Picture(hashlib.sha256(kept).hexdigest(), width, height, alt), kept
