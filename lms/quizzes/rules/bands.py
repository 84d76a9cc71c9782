"""What is said of a result by grade bands: „90–100 %: …”, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Final

MOST_BANDS: Final = 20
LONGEST_TEXT: Final = 500
_WHOLE: Final = Decimal(100)
_LINE = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s*(?:-|–|—|\.\.)\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s*:\s*(.*)",
    re.ASCII,
)


class BandFault(StrEnum):
    """What is wrong with bands."""

    NOT_BANDS = "not_bands"  # they can't be read
    TOO_MANY = "too_many_bands"
    TOO_LONG = "band_too_long"
    BACKWARDS = "band_backwards"  # it ends before it begins, or leaves 0 to 100
    GAP = "band_gap"  # between two bands, or before the first, or after the last
    OVERLAP = "band_overlap"
    NO_TEXT = "band_without_text"  # in any language
    OTHER_BANDS = "other_bands"  # the English ones begin and end elsewhere


class BandsRefused(ValueError):
    """Say what is wrong, and where: the numbers or the line concerned."""

    def __init__(self, fault: BandFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True)
class Band:
    """What is said from one per cent up to the next band, or to the end of all."""

    low: Decimal
    high: Decimal
    ro: str
    en: str = ""

    def text(self, locale: str) -> str:
        """What it says in a language; in the other where it has no words of its own."""
        return (self.en or self.ro) if locale == "en" else (self.ro or self.en)

    @property
    def span(self) -> str:
        """Its numbers as people write them."""
        return f"{_number(self.low)}–{_number(self.high)}"


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def sound(bands: Iterable[Band]) -> tuple[Band, ...]:
    """Return bands from the lowest up; raise BandsRefused where they leave gaps or overlap.

    „0–69, 70–100” has no gap, and neither has „0–70, 70–100”: each band goes up to the next one.
    """
    found = tuple(sorted(bands, key=lambda band: (band.low, band.high)))
    if len(found) > MOST_BANDS:
        raise BandsRefused(BandFault.TOO_MANY, str(MOST_BANDS))
    for band in found:
        _check(band)
    if not found:
        return found
    if found[0].low > 0:
        raise BandsRefused(BandFault.GAP, f"0–{_number(found[0].low)}")
    for before, band in pairwise(found):
        if band.low < before.high or band.low == before.low:
            raise BandsRefused(BandFault.OVERLAP, f"{before.span}, {band.span}")
        if band.low - before.high > 1:
            raise BandsRefused(BandFault.GAP, f"{_number(before.high)}–{_number(band.low)}")
    if found[-1].high < _WHOLE:
        raise BandsRefused(BandFault.GAP, f"{_number(found[-1].high)}–100")
    return found


def _check(band: Band) -> None:
    if not 0 <= band.low < band.high <= _WHOLE:
        raise BandsRefused(BandFault.BACKWARDS, band.span)
    if not (band.ro or band.en):
        raise BandsRefused(BandFault.NO_TEXT, band.span)
    if max(len(band.ro), len(band.en)) > LONGEST_TEXT:
        raise BandsRefused(BandFault.TOO_LONG, band.span)


def band_at(bands: Sequence[Band], percent: Decimal) -> Band | None:
    """Find the band of an unrounded percentage: the highest one that begins at it or below."""
    return next((band for band in reversed(bands) if band.low <= percent), None)


# In a file's settings ------------------------------------------------------------------------


def read_bands(value: object) -> tuple[Band, ...]:
    """Read „[{from: 90, to: 100, text: {ro: …, en: …}}, …]”; raise BandsRefused."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise BandsRefused(BandFault.NOT_BANDS)
    return sound(_band(each) for each in value)


def _band(value: object) -> Band:
    if not isinstance(value, Mapping) or set(value) - {"from", "to", "text"}:
        raise BandsRefused(BandFault.NOT_BANDS)
    text = value.get("text", "")
    words = {"ro": text} if isinstance(text, str) else text
    if not isinstance(words, Mapping) or not all(
        name in ("ro", "en") and isinstance(said, str) for name, said in words.items()
    ):
        raise BandsRefused(BandFault.NOT_BANDS)
    ro, en = (" ".join(words.get(name, "").split()) for name in ("ro", "en"))
    return Band(_percent(value.get("from")), _percent(value.get("to")), ro, en)


def _percent(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise BandsRefused(BandFault.NOT_BANDS)
    text = str(value).strip().removesuffix("%").strip().replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BandsRefused(BandFault.NOT_BANDS, text[:20]) from None
    if not number.is_finite():
        raise BandsRefused(BandFault.NOT_BANDS, text[:20])
    if not 0 <= number <= _WHOLE or number != number.quantize(Decimal("0.01")):
        raise BandsRefused(BandFault.BACKWARDS, text[:20])
    return number


def dump_bands(bands: Iterable[Band]) -> list[dict[str, object]]:
    """Write bands as JSON-able values that `read_bands` reads back."""
    return [
        {
            "from": _plain(band.low),
            "to": _plain(band.high),
            "text": {name: said for name, said in (("ro", band.ro), ("en", band.en)) if said},
        }
        for band in bands
    ]


def _plain(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


# In a form -----------------------------------------------------------------------------------


def read_lines(written: str, english: str = "") -> tuple[Band, ...]:
    """Read lines such as „90–100: Foarte bine”, and the English ones of the same bands.

    Raise BandsRefused; its detail is the line that can't be read.
    """
    ro, en = _lines(written), _lines(english)
    if en and ro and set(en) != set(ro):
        other = next(iter(set(en) ^ set(ro)))
        raise BandsRefused(BandFault.OTHER_BANDS, f"{_number(other[0])}–{_number(other[1])}")
    return sound(Band(*span, ro.get(span, ""), en.get(span, "")) for span in (ro or en))


def _lines(written: str) -> dict[tuple[Decimal, Decimal], str]:
    found: dict[tuple[Decimal, Decimal], str] = {}
    for line in written.splitlines():
        said = " ".join(line.split())
        if not said:
            continue
        match = _LINE.fullmatch(said)
        if match is None:
            raise BandsRefused(BandFault.NOT_BANDS, said[:60])
        span = (_percent(match[1]), _percent(match[2]))
        if span in found:
            raise BandsRefused(BandFault.OVERLAP, f"{_number(span[0])}–{_number(span[1])}")
        found[span] = match[3]
    return found


def write_lines(bands: Sequence[Band], language: str) -> str:
    """Write bands as lines that `read_lines` reads back, the best first; empty without words."""
    if not any(getattr(band, language) for band in bands):
        return ""
    return "\n".join(f"{band.span}: {getattr(band, language)}".rstrip() for band in reversed(bands))
