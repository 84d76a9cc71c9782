"""Credential numbers for the register and codes for the stranger who verifies.

A *number* is what people quote: `OS2-2026-000123-X`, that is series, year of issue, six digits
and a check character by ISO/IEC 7064, MOD 37,36, over everything before it. It catches every
single wrong character and nearly every pair of swapped ones.

A *code* is what nobody can guess: 26 symbols of Crockford's base32 (130 random bits) and one
check symbol, the value modulo 37. No I, L, O or U, so that it can be read from paper.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

CODE_LENGTH: Final = 27
"""Symbols in a code, its check symbol included, without what groups them in print."""

_LONGEST_TYPED: Final = 500  # signs, of an address with a code at its end
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_SYMBOLS: Final = 26
_CODE_BITS: Final = 5 * _CODE_SYMBOLS
_CODE_BYTES: Final = 17  # the fewest whole bytes that hold 130 bits
_CHECK_SYMBOLS: Final = _CROCKFORD + "*~$=U"
_BRITTLE: Final = frozenset("*~$=")  # programs that make links of addresses cut these off the end

_SERIES: Final = re.compile(r"[A-Z0-9]{1,12}")
_NUMBER: Final = re.compile(r"(?P<series>[A-Z0-9]{1,12})(?P<year>.{4})(?P<serial>.{6})(?P<check>.)")
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212/._]+")


@dataclass(frozen=True, order=True)
class CertificateNumber:
    """A number that its check character confirms."""

    series: str
    year: int
    serial: int

    def __str__(self) -> str:
        """Write the number as it is printed."""
        return format_number(self.series, self.year, self.serial)


def format_number(series: str, year: int, serial: int) -> str:
    """Write a number with its check character; a figure that doesn't fit is a ValueError."""
    if not _SERIES.fullmatch(series):
        raise ValueError("a series is 1 to 12 capital letters A-Z and digits")
    if not 1000 <= year <= 9999:
        raise ValueError("a year has four digits")
    if not 1 <= serial <= 999_999:
        raise ValueError("a serial runs from 1 to 999999")
    body = f"{series}{year:04}{serial:06}"
    return f"{series}-{year:04}-{serial:06}-{_mod_37_36(body)}"


def parse_number(text: str) -> CertificateNumber | None:
    """Read a number as people type it, or return None where it can't be right.

    Forgives lower case, missing or other dashes, spaces, and o, i or l for a digit.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    year, serial = (match[part].translate(_LOOKALIKES) for part in ("year", "serial"))
    if not (_is_digits(year) and _is_digits(serial)):
        return None
    expected = _mod_37_36(match["series"] + year + serial)
    if match["check"].translate(_LOOKALIKES) != expected.translate(_LOOKALIKES):
        return None
    if int(year) < 1000 or int(serial) < 1:
        return None
    return CertificateNumber(match["series"], int(year), int(serial))


def looks_like_number(text: str) -> bool:
    """Tell whether a text has the shape of a number, though its check character may be wrong.

    A series of letters, a year of this century: the beginning of a code hardly ever has it.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return False
    year, serial = (match[part].translate(_LOOKALIKES) for part in ("year", "serial"))
    is_dated = year.startswith("20") and _is_digits(year)
    return is_dated and match["series"][0].isalpha() and _is_digits(serial)


def code_from_bytes(random: bytes) -> str:
    """Make a code of at least 17 random bytes; the same bytes make the same code.

    Values whose check symbol would be one of `*~$=` are passed over, because a mail program
    leaves such an ending out of the link. It costs a sixth of one bit of the 130.
    """
    if len(random) < _CODE_BYTES:
        raise ValueError("a code needs at least 17 random bytes")
    while True:
        value = int.from_bytes(random[:_CODE_BYTES], "big") >> (8 * _CODE_BYTES - _CODE_BITS)
        check = _CHECK_SYMBOLS[value % 37]
        if check not in _BRITTLE:
            return _base32(value) + check
        random = hashlib.sha256(random).digest()


def normalise_code(text: str) -> str | None:
    """Return the code that a person typed or pasted, or None where it is malformed.

    Forgives lower case, spaces, dashes, o for 0, i and l for 1, and a whole address
    pasted in place of the code that ends it.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    plain = _plain_code(text)
    if len(plain) != CODE_LENGTH or any(symbol not in _CROCKFORD for symbol in plain[:-1]):
        return None
    value = 0
    for symbol in plain[:-1]:
        value = value * 32 + _CROCKFORD.index(symbol)
    return plain if plain[-1] == _CHECK_SYMBOLS[value % 37] else None


def signs_in(text: str) -> int:
    """Count the signs of what was typed as a code, without what groups them."""
    return len(text) if len(text) > _LONGEST_TYPED else len(_plain_code(text))


def display_code(code: str) -> str:
    """Group a code in fours, as it is printed and read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _plain_code(text: str) -> str:
    address = re.split(r"[?#]", unicodedata.normalize("NFKC", text).strip())[0]
    last = address.rstrip("/").rpartition("/")[2]
    return _SEPARATORS.sub("", last).upper().translate(_LOOKALIKES)


def _base32(value: int) -> str:
    shifts = range(_CODE_BITS - 5, -1, -5)
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in shifts)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _mod_37_36(body: str) -> str:
    """Return the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters."""
    product = 36
    for character in body:
        total = (product + _ALPHANUMERIC.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ALPHANUMERIC[(37 - product) % 36]
