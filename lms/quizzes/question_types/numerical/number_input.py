"""Reading a number as people in Romania, and people used to English, write it.

What is read: „18.240,96”, „18240,96”, „18 240,96” (any kind of space, also the apostrophe),
„18,240.96”, „-3”, „−3”, „,5”, „1,8e3”, „310 mii”, „1,2 milioane”, „100,-”, „30 (treizeci)”,
each with the declared unit before or after it („lei”, „de lei”, „RON”, „%”, „la sută”).

**What is ambiguous.** One separator before exactly three digits can group or divide:

- „1.234” is 1234 first (Romanian groups with a point), and 1.234 second;
- „1,234” is 1.234 first (Romanian divides with a comma), and 1234 second.

Both readings are returned, likeliest first, and marking takes the kinder one: nobody fails for
how a number was written. The two lie a thousandfold apart, so a wrong answer gains nothing.
„0.123”, „1234.567” and „1.5” have one reading only; „1.23.456” has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

MAX_LENGTH = 100

_SPACES = re.compile("[\\s\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+")
_SIGNS = str.maketrans(
    {
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2019": "'",
        "\u066b": ",",
        "\uff05": "%",
    }
)
_IN_WORDS = re.compile(r"\([^()0-9]*\)")
_SHAPE = re.compile(
    r"(?P<before>[^0-9.,'+-]*)"
    r"(?P<sign>[+-]?) ?"
    r"(?P<body>[0-9.,'][0-9.,' ]*)"
    r"(?P<exponent>[eE][+-]?[0-9]{1,2}(?![0-9]))?"
    r"(?P<after>[^0-9]*)",
    re.ASCII,
)
_GROUPED = r"[1-9]\d{0,2}(?:%s\d{3})+"
_MULTIPLIERS = {
    "mie": 3,
    "mii": 3,
    "milion": 6,
    "milioane": 6,
    "mil": 6,
    "miliard": 9,
    "miliarde": 9,
    "mld": 9,
    "thousand": 3,
    "million": 6,
}
_SAME_UNIT = (
    {"lei", "leu", "ron"},
    {
        "%",
        "la sută",
        "la suta",
        "procent",
        "procente",
        "percent",
        "per cent",
        "puncte procentuale",
        "punct procentual",
        "puncte",
        "pp",
        "p.p",
        "percentage points",
    },
    {"zile", "zi", "day", "days"},
    {"zile lucrătoare", "zile lucratoare", "working days"},
    {"ore", "oră", "ora", "h", "hour", "hours"},
    {"minute", "minut", "min", "minutes"},
    {"luni", "lună", "luna", "month", "months"},
    {"ani", "an", "year", "years"},
    {"persoane", "persoană", "persoana", "pers", "people", "persons", "person"},
    {"euro", "eur", "€"},
)


_ENGLISH = {
    "puncte procentuale": "percentage points",
    "zile": "days",
    "zile lucrătoare": "working days",
    "ore": "hours",
    "minute": "minutes",
    "luni": "months",
    "ani": "years",
    "persoane": "people",
}


class NumberFault(StrEnum):
    """Why a text gives no number to compare."""

    NOT_A_NUMBER = "not_a_number"
    OTHER_UNIT = "other_unit"


@dataclass(frozen=True)
class NumberReading:
    """Hold the plausible values of a text, likeliest first, or what is wrong with it."""

    values: tuple[Decimal, ...] = ()
    fault: NumberFault | None = None


_UNREADABLE = NumberReading(fault=NumberFault.NOT_A_NUMBER)


def read_number(text: str, *, unit: str = "") -> NumberReading:
    """Read a typed number; never raise.

    With a declared unit, that unit (or a usual word for it) may be written, and no other one.
    Without, words around the number („3 membri”) are passed over.
    """
    if len(text) > MAX_LENGTH:
        return _UNREADABLE
    shape = _SHAPE.fullmatch(_tidy(text))
    if shape is None or not any(digit.isdigit() for digit in shape["body"]):
        return _UNREADABLE
    if shape["after"].strip()[:1].isnumeric():  # „5²” and „5 ½” are not 5
        return _UNREADABLE
    after, power = _split_multiplier(shape["after"])
    if not _unit_fits(shape["before"], after, unit):
        return NumberReading(fault=NumberFault.OTHER_UNIT)
    power += int((shape["exponent"] or "e0")[1:])
    values = [
        Decimal(f"{shape['sign']}{digits}e{power}") for digits in _readings(shape["body"].strip())
    ]
    return NumberReading(tuple(values)) if values else _UNREADABLE


def unit_in_english(unit: str) -> str:
    """Word a declared unit for readers of English; an unknown one stays as it is."""
    return _ENGLISH.get(unit, unit)


def _tidy(text: str) -> str:
    plain = _SPACES.sub(" ", text.translate(_SIGNS)).strip()
    plain = _IN_WORDS.sub(" ", plain)
    plain = re.sub(r"(?<=\d)[.,]-", "", plain)  # „100,-”: a price without bani
    plain = re.sub(r"(?<=\d) ?([.,]) ?(?=\d)", r"\1", plain)
    return _SPACES.sub(" ", plain).strip().removeprefix("=").strip()


def _readings(body: str) -> list[str]:
    """List the ways to read digits and separators, as plain decimals, likeliest first."""
    body = body.replace("'", " ").rstrip(" .,")
    if " " in body:
        return _with_spaces(body)
    if "," in body and "." in body:
        divider = max(",.", key=body.rfind)
        return _grouped(body, group="," if divider == "." else ".", divider=divider)
    for mark in ",.":
        if mark in body:
            return _one_kind(body, mark)
    return [body] if body else []


def _with_spaces(body: str) -> list[str]:
    return _grouped(body, " ", ",") or _grouped(body, " ", ".")


def _grouped(body: str, group: str, divider: str) -> list[str]:
    pattern = _GROUPED % re.escape(group) + rf"(?:{re.escape(divider)}\d+)?"
    if not re.fullmatch(pattern, body, re.ASCII):
        return []
    return [body.replace(group, "").replace(divider, ".")]


def _one_kind(body: str, mark: str) -> list[str]:
    grouped = _GROUPED % re.escape(mark)
    as_group = [body.replace(mark, "")] if re.fullmatch(grouped, body, re.ASCII) else []
    if body.count(mark) > 1:
        return as_group
    as_decimal = [("0" if body.startswith(mark) else "") + body.replace(mark, ".")]
    return as_group + as_decimal if mark == "." else as_decimal + as_group


def _split_multiplier(after: str) -> tuple[str, int]:
    word, _, rest = after.strip().partition(" ")
    power = _MULTIPLIERS.get(word.rstrip(".").lower())
    return (after, 0) if power is None else (rest, power)


def _unit_fits(before: str, after: str, unit: str) -> bool:
    written = [word for word in (_unit_word(before), _unit_word(after)) if word]
    if not written or not unit:
        return True
    declared = _unit_word(unit)
    meant = next((words for words in _SAME_UNIT if declared in words), {declared})
    return len(written) == 1 and written[0] in meant


def _unit_word(text: str) -> str:
    word = _SPACES.sub(" ", text).strip(" .,;:!").lower()
    word = word.replace("ş", "ș").replace("ţ", "ț")
    return word.removeprefix("de ").strip()
