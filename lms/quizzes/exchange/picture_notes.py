"""What cameras and programs write beside a picture: where, when, by whom. It is left out.

The picture itself stays to the byte, so nothing is lost by it, and twice is once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PNG_HEAD, _WEBP_HEAD = 8, 12
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF", b"XMP "}
_WEBP_SAYS_SO = 0b1100  # of the flags of VP8X: that such notes follow


def without_notes(kind: str, data: bytes) -> bytes:
    """Return a PNG or WebP picture without notes; another kind comes back as it is.

    Raise ValueError where it is cut short.
    """
    if kind == "png":
        pieces = (piece for name, piece in _png_pieces(data) if name not in _PNG_NOTES)
        return data[:_PNG_HEAD] + b"".join(pieces)
    if kind == "webp":
        kept = b"".join(
            _quiet(piece) if name == b"VP8X" else piece
            for name, piece in _webp_pieces(data)
            if name not in _WEBP_NOTES
        )
        return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept
    return data


def _png_pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = _PNG_HEAD, b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise ValueError("a PNG without its end")
        size, name = struct.unpack_from(">I4s", data, at)
        yield name, data[at : at + size + 12]
        at += size + 12


def _webp_pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _WEBP_HEAD
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        size += size % 2
        yield name, data[at : at + size + 8]
        at += size + 8


def _quiet(piece: bytes) -> bytes:
    return piece[:8] + bytes([piece[8] & ~_WEBP_SAYS_SO]) + piece[9:] if len(piece) > 8 else piece
