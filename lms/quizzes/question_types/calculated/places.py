"""The places of drawn numbers in a text: `[[a]]` is a variable's value, `[[=a*2]]` a formula's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from lms.quizzes.question_types.calculated.formula import BadFormula, value_of
from lms.quizzes.question_types.calculated.variables import Values
from lms.quizzes.question_types.payload import number_text

PLACE = re.compile(r"\[\[\s*(=?)\s*([^\[\]<>&=]{1,200}?)\s*\]\]")
# Around the number of a place while a text becomes HTML, so that `a*b*c` makes no emphasis.
_OPEN, _CLOSE = "\ue002", "\ue003"
_HIDDEN = re.compile(f"{_OPEN}(\\d{{1,4}}){_CLOSE}")
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


class Rounding(StrEnum):
    """Name how a computed number is rounded."""

    DECIMALS = "decimals"
    DIGITS = "digits"


def rounded(value: Decimal, how: Rounding, places: int) -> Decimal:
    """Round half away from nothing, to decimals or to significant digits."""
    if how is Rounding.DIGITS:
        if not value:
            return Decimal(0)
        places = max(places, 1) - 1 - value.adjusted()
    exact = value.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    return Decimal(number_text(exact))


def names_in(text: str) -> Iterator[tuple[bool, str]]:
    """List the places of a text: whether a formula stands there, and what."""
    for match in PLACE.finditer(text):
        yield bool(match[1]), match[2]


def changed(text: str, change: Callable[[str], str], sign: str = "[[{}]]") -> str:
    """Change a text but for its places; `sign` is how they are written afterwards."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(f"{match[1]}{match[2]}")
        return f"{_OPEN}{len(kept) - 1}{_CLOSE}"

    def show(match: re.Match[str]) -> str:
        at = int(match[1])
        return sign.replace("{}", kept[at]) if at < len(kept) else ""

    plain = text.replace(_OPEN, "").replace(_CLOSE, "")
    return _HIDDEN.sub(show, change(PLACE.sub(hide, plain)))


def filled(
    text: str, values: Values, how: Rounding, places: int, *, is_english: bool = False
) -> str:
    """Put the drawn values in their places; what is none of ours stays as it is."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            try:
                found = rounded(value_of(match[2], values), how, places)
            except BadFormula:
                return "?"
            return shown_number(found, is_english=is_english)
        if match[2] not in values:
            return match[0]
        return shown_number(values[match[2]], is_english=is_english)

    return PLACE.sub(value, text)


def shown_number(value: Decimal, *, is_english: bool = False) -> str:
    """Write a number as readers of the language do: „18.240,96” and “18,240.96”."""
    sign = "\u2212" if value < 0 else ""
    whole, _, part = number_text(abs(value)).partition(".")
    group, point = (",", ".") if is_english else (".", ",")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", group)
    return f"{sign}{whole}{point}{part}" if part else f"{sign}{whole}"
