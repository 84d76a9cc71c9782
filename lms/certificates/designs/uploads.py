"""Pictures that people bring for certificates: checked, and stripped of all but the picture.

Logos of a programme, signatures, and what a design shows of its own: its backgrounds and marks.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageStat, UnidentifiedImageError

from lms.certificates.designs.pictures import pixels
from lms.certificates.designs.vectors import NotDrawable, is_vector, read_drawing
from lms.errors import Unusable

MOST_BYTES: Final = 3 * 1024 * 1024
MOST_SIDE: Final = 4000
LEAST_SIDE: Final = 60
KEPT_SIDE: Final = 1600
GROUND_SIDE: Final = 1754
"""The longer side of an A4 sheet at 150 dots an inch."""

GROUND_BYTES: Final = 700_000
"""A background travels in every file; a richer one would make 160 of them too large to send."""

_FORMATS: Final = ("PNG", "JPEG")
_OFF_SHAPE: Final = 0.03
_DARK: Final = 190  # of 255, on the whole sheet


class PictureRefused(Unusable):
    """The picture can't be used; `reason` is a code, `detail` what it is about."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Brought:
    """A picture as it is kept, and whether it would hide text on a black-and-white print."""

    data: bytes
    media_type: str
    is_dark: bool = False


def as_picture(data: bytes) -> tuple[bytes, str]:
    """Return a clean picture and its media type: a drawing as outlines, all else as PNG.

    Raises PictureRefused.
    """
    if is_drawing(data):
        try:
            return read_drawing(data).to_svg(), "image/svg+xml"
        except NotDrawable as error:
            raise PictureRefused("not_drawable", error.detail) from error
    return as_png(data), "image/png"


def is_drawing(data: bytes) -> bool:
    """Whether a file means to be a drawing in SVG."""
    return len(data) <= MOST_BYTES and b"<svg" in data[:4096].lower()


def as_ground(data: bytes, across: float, high: float) -> Brought:
    """Return a picture that lies under a whole sheet of these millimetres. Raises PictureRefused.

    It must have the sheet's shape: stretched it would not be what was brought.
    """
    if is_drawing(data):
        kept, media_type = as_picture(data)
    else:
        kept, media_type = as_png(data, GROUND_SIDE), "image/png"
    own_across, own_high = _shape(kept)
    if abs(own_across / own_high / (across / high) - 1) > _OFF_SHAPE:
        raise PictureRefused("wrong_shape", f"{across:g} × {high:g}")
    if len(kept) > GROUND_BYTES:
        raise PictureRefused("too_rich")
    return Brought(kept, media_type, is_dark=_is_dark(kept))


def _shape(data: bytes) -> tuple[float, float]:
    if is_vector(data):
        drawing = read_drawing(data)
        return drawing.across, drawing.high
    return pixels(data)


def _is_dark(data: bytes) -> bool:
    if is_vector(data):
        return False  # plain shapes, seen in the preview
    with Image.open(io.BytesIO(data)) as picture:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        return ImageStat.Stat(paper.convert("L")).mean[0] < _DARK


def as_png(data: bytes, kept_side: int = KEPT_SIDE) -> bytes:
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
                return _drawn_anew(picture, kept_side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused("not_a_picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("too_many_pixels") from error


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > MOST_SIDE:
        raise PictureRefused("too_many_pixels")
    if min(size) < LEAST_SIDE:
        raise PictureRefused("too_few_pixels")


def _drawn_anew(picture: Image.Image, kept_side: int) -> bytes:
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((kept_side, kept_side))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
