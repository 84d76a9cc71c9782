"""Pictures for the logo slots: checked, and stripped of all but the picture."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from lms.certificates.designs.vectors import NotDrawable, read_drawing
from lms.programmes.errors import PictureRefused

SLOTS = 4
MOST_BYTES = 3 * 1024 * 1024
MOST_SIDE = 4000
LEAST_SIDE = 60
KEPT_SIDE = 1600
_FORMATS = ("PNG", "JPEG")


def as_picture(data: bytes) -> tuple[bytes, str]:
    """Return a clean picture and its media type: a drawing as outlines, all else as PNG.

    Raises PictureRefused.
    """
    if len(data) <= MOST_BYTES and b"<svg" in data[:4096].lower():
        try:
            return read_drawing(data).to_svg(), "image/svg+xml"
        except NotDrawable as error:
            raise PictureRefused("not_drawable", error.detail) from error
    return as_png(data), "image/png"


def as_png(data: bytes) -> bytes:
    """Return the picture as a clean PNG, or raise PictureRefused.

    The picture is drawn anew: nothing of the file but its pixels is kept, and it is made no
    larger than print needs.
    """
    if not data:
        raise PictureRefused("empty")
    if len(data) > MOST_BYTES:
        raise PictureRefused("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _check_size(picture.size)
                picture.load()
                return _drawn_anew(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused("not_a_picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("too_many_pixels") from error


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > MOST_SIDE:
        raise PictureRefused("too_many_pixels")
    if min(size) < LEAST_SIDE:
        raise PictureRefused("too_few_pixels")


def _drawn_anew(picture: Image.Image) -> bytes:
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((KEPT_SIDE, KEPT_SIDE))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
