"""Status lists: a bit for each badge, among so many that nobody learns whose was asked for."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterable
from typing import Final

ENTRIES: Final = 131_072
"""Places in one list: the fewest that the standard allows, 16 KB."""

_BYTES: Final = ENTRIES // 8


class NotStatusList(Exception):
    """The text is no list of bits."""


def list_of(index: int) -> int:
    """Return the number of the list that holds a place."""
    return index // ENTRIES


def place_in(index: int) -> int:
    """Return the place within its list."""
    return index % ENTRIES


def bits_of(places: Iterable[int]) -> bytes:
    """Set the bits at some places of one list; the first is the highest of the first byte."""
    bits = bytearray(_BYTES)
    for place in places:
        bits[place // 8] |= 0x80 >> (place % 8)
    return bytes(bits)


def is_set(bits: bytes, place: int) -> bool:
    """Tell whether a bit is set. A place beyond the list is an IndexError."""
    if place < 0:
        raise IndexError(place)
    return bool(bits[place // 8] & (0x80 >> (place % 8)))


def encode(bits: bytes) -> str:
    """Write a list as the standard has it: gzip, base64url, and a u before it."""
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read a list back; one that swells beyond bounds is refused. Raises NotStatusList."""
    if not text.startswith("u"):
        raise NotStatusList("not multibase base64url")
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        reader = zlib.decompressobj(wbits=31)
        bits = reader.decompress(packed, 64 * _BYTES)
    except (ValueError, zlib.error) as error:
        raise NotStatusList("not gzip") from error
    if not reader.eof or len(bits) < _BYTES:
        raise NotStatusList("cut off, too short or too long")
    return bits
