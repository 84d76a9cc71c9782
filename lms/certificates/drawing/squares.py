"""QR codes, quickly: what changes between two addresses of one site is added to a known square.

With version, level and mask fixed, a QR code is a linear function of its text: flipping one bit
of the text flips the same modules, whatever else it says. So the square of an address is that of
the site's first one, with the modules of each differing bit flipped.
"""

from __future__ import annotations

import threading
from typing import Final

import segno

MASK: Final = 3
"""One mask for all: which one is best costs more time than it gives, and every reader knows all."""

_KEPT: Final = 8
_WORTH_IT: Final = (
    150  # addresses of a family, before its flips are looked for: each costs a square
)
_MOST_ALIKE: Final = 28  # signs of an address that may differ: a certificate's code and its check


class _Family:
    """Addresses of one length that differ near their end alone."""

    def __init__(self, text: bytes) -> None:
        self.base = text
        self.square, self.side = _drawn(text)
        self._flips: dict[tuple[int, int], int] = {}
        self._asked = 0

    def square_of(self, text: bytes) -> int:
        """Return the modules of another address of the family, as the bits of one number."""
        self._asked += 1
        if self._asked < _WORTH_IT:
            return _drawn(text)[0]
        square = self.square
        for place, (own, other) in enumerate(zip(self.base, text, strict=True)):
            differing = own ^ other
            bit = 1
            while bit <= differing:
                if differing & bit:
                    square ^= self._flip(place, bit)
                bit <<= 1
        return square

    def _flip(self, place: int, bit: int) -> int:
        known = self._flips.get((place, bit))
        if known is None:
            changed = bytearray(self.base)
            changed[place] ^= bit
            known = _drawn(bytes(changed))[0] ^ self.square
            self._flips[place, bit] = known
        return known


_families: dict[tuple[int, bytes], _Family] = {}
_lock = threading.Lock()


def rows_of(text: str) -> list[str]:
    """Return the modules of a QR code row by row from the top: 1 is dark."""
    data = text.encode()
    key = (len(data), data[:-_MOST_ALIKE])
    with _lock:
        family = _families.get(key)
        if family is None:
            while len(_families) >= _KEPT:
                del _families[next(iter(_families))]
            family = _families[key] = _Family(data)
    square, side = family.square_of(data), family.side
    bits = f"{square:0{side * side}b}"
    return [bits[start : start + side] for start in range(0, side * side, side)]


def _drawn(text: bytes) -> tuple[int, int]:
    code = segno.make(text, mode="byte", error="m", boost_error=False, micro=False, mask=MASK)
    rows = ["".join("1" if module else "0" for module in row) for row in code.matrix]
    return int("".join(rows), 2), len(rows)
