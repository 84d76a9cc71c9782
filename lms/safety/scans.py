"""Scans of signed papers: what a file is, found by what it holds and not by what it is called."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PIL import Image, UnidentifiedImageError

from lms.errors import Unusable
from lms.safety.file_names import safe_file_name

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000
ACCEPT: Final = ".pdf,.jpg,.jpeg,.png"
_PICTURES: Final = {b"\xff\xd8\xff": ("JPEG", "jpg"), b"\x89PNG\r\n\x1a\n": ("PNG", "png")}


class ScanFault(StrEnum):
    """Why a file is not taken for a scan."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"  # neither PDF nor JPEG nor PNG
    DAMAGED = "damaged"


class ScanRefused(Unusable):
    """The file is not taken; nothing of it is kept."""

    def __init__(self, fault: ScanFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Scan:
    """A file that may be kept: a tidy name that ends as its content says, its kind, its bytes."""

    name: str
    media_type: str
    data: bytes


def check_scan(name: str, data: bytes) -> Scan:
    """Return the scan as it may be kept, byte for byte as it came; raise ScanRefused."""
    if not data:
        raise ScanRefused(ScanFault.EMPTY)
    if len(data) > MOST_BYTES:
        raise ScanRefused(ScanFault.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        check_pdf(data)
        return Scan(_named(name, "pdf"), "application/pdf", data)
    for start, (form, suffix) in _PICTURES.items():
        if data.startswith(start):
            check_picture(data, form)
            return Scan(_named(name, suffix), f"image/{form.lower()}", data)
    raise ScanRefused(ScanFault.KIND)


def _named(name: str, suffix: str) -> str:
    stem = safe_file_name(name, fallback="scan").rpartition(".")
    return f"{(stem[0] or stem[2])[:80] or 'scan'}.{suffix}"


def check_pdf(data: bytes) -> None:
    """Refuse what does not begin and end as a PDF does."""
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise ScanRefused(ScanFault.DAMAGED)


def check_picture(data: bytes, form: str) -> None:
    """Decode it once: what can't be drawn now could not be read in ten years either."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=(form,)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise ScanRefused(ScanFault.TOO_LARGE)
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ScanRefused(ScanFault.TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ScanRefused(ScanFault.DAMAGED) from error
