"""Read the QR code, or the printed code, from a picture or a scan: what it claims, no more."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from lms.certificates.numbering import normalise_code

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
_MOST_PIXELS: Final = 60_000_000  # a telephone's picture has 12 to 50 million
_LONGEST: Final = 2600  # pixels; enough for a QR code of 22 mm on a whole sheet
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SHOWN: Final = 1600  # pixels; the code's letters on a whole sheet are then 16 high
_MOST_SHOWN: Final = 400_000  # bytes
_PAGES: Final = 3
_MOST_TEXT: Final = 20_000
_PRINTED: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]{4}[-\u2010-\u2015 ]){6}[0-9A-Za-z]{3}"
)


@dataclass(frozen=True)
class Reading:
    """What stands on a page: a code, the address in its QR code, and whether it is all picture.

    `shown` is the picture for a person to read (JPEG), where no code was found on it.
    """

    code: str | None = None
    address: str = ""
    is_picture: bool = False
    shown: bytes = b""

    def better(self, other: Reading) -> Reading:
        """Keep this one unless only the other has a code."""
        found = self if self.code or not other.code else other
        return Reading(found.code, found.address, self.is_picture)


def read_picture(data: bytes) -> Reading:
    """Read a picture file. Whatever it holds may raise: call it under limits."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            return Reading(is_picture=True)
        opened.draft("L", (_LONGEST, _LONGEST))
        grey = ImageOps.exif_transpose(opened.convert("L"))
    longest = max(grey.size)
    sizes = [1.0] if longest <= _LONGEST else [_LONGEST / longest, 0.5 * _LONGEST / longest]
    for size in sizes:
        smaller = grey if size == 1.0 else grey.resize(_scaled(grey.size, size))
        found = _from_qr(smaller)
        if found.code:
            return found
    return Reading(is_picture=True, shown=_to_show(grey))


def read_pages(data: bytes) -> Reading:
    """Read the first pages of a PDF as they look. It may raise: call it under limits."""
    found = Reading()
    with pypdfium2.PdfDocument(data) as document:
        drawn = [_read_page(document[number]) for number in range(min(_PAGES, len(document)))]
    for page in drawn:
        found = found.better(page)
    if not drawn:
        return found
    shown = b"" if found.code else drawn[0].shown
    return Reading(found.code, found.address, drawn[0].is_picture, shown)


def _read_page(page: pypdfium2.PdfPage) -> Reading:
    held = page.get_textpage()
    count = min(held.count_chars(), _MOST_TEXT)
    text = held.get_text_range(0, count) if count > 0 else ""
    looks = not text.strip()
    scale = min(_LONGEST / max(*page.get_size(), 1.0), 4.0)
    grey = page.render(scale=scale, grayscale=True).to_pil()
    found = _from_qr(grey)
    if not found.code:
        found = Reading(next(_printed(text), None))
    shown = _to_show(grey) if looks and not found.code else b""
    return Reading(found.code, found.address, looks, shown)


def _printed(text: str) -> Iterator[str]:
    for found in _PRINTED.finditer(text):
        if code := normalise_code(found.group()):
            yield code


def _from_qr(grey: Image.Image) -> Reading:
    """Take the first QR code that holds one of our codes, whatever address it stands in."""
    for found in zxingcpp.read_barcodes(grey, formats=_QR):
        if code := normalise_code(found.text):
            return Reading(code, found.text[:300], is_picture=True)
    return Reading(is_picture=True)


def _to_show(grey: Image.Image) -> bytes:
    """Make a picture small enough for a page, and large enough for its code to be read."""
    small = grey.copy()
    small.thumbnail((_SHOWN, _SHOWN))
    for quality in (70, 45, 20):
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality)
        if out.tell() <= _MOST_SHOWN:
            return out.getvalue()
    return b""


def _scaled(size: tuple[int, int], by: float) -> tuple[int, int]:
    return max(1, round(size[0] * by)), max(1, round(size[1] * by))
