"""What a type's form is made of: fields and rows, told as plain values; one page draws them all.

A type's `form.py` has a `FORM`. What a person types stands in `Values`: a text for each field, and
for each list of rows a list of such texts. The page adds what all questions share (stem, feedback
for everyone, points, and what a quiz says of a question). A form may import its type's rules; the
rules never import a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from enum import StrEnum

from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import Payload

Row = dict[str, str]
Values = dict[str, str | list[Row]]
ON = "1"
_SHARE = Decimal("0.00001")


def lazy(message: str) -> str:
    """Mark a sentence for translation; the page translates it when it is drawn."""
    return message


class Kind(StrEnum):
    """How a field is typed."""

    TEXT = "text"  # Markdown, may have lines
    LINE = "line"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    PICTURE = "picture"  # Markdown that shows one picture


class Right(StrEnum):
    """How many rows may be marked as right."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class Field:
    """Something that is typed."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value and label
    unit: str = ""
    is_more: bool = False  # stands behind „more options”
    is_needed: bool = False


@dataclass(frozen=True)
class Rows:
    """A list of things that each have the same fields: options, pairs, answers.

    `right` says whether rows are marked as right; a marked row has the value „1” under „right”.
    With `shares`, the marked rows' `share` make up 100 per cent.
    """

    name: str
    label: str
    add: str
    fields: tuple[Field, ...]
    right: Right = Right.NONE
    share: str = ""  # the field that holds the per cent
    blank: int = 4  # how many rows a new question shows

    @property
    def first(self) -> Field:
        """The field without which a row is empty."""
        return self.fields[0]


@dataclass(frozen=True)
class Form:
    """The form of one type: how a stored question becomes what is typed, and back."""

    type: str
    label: str
    hint: str
    parts: tuple[Field | Rows, ...]
    values: Callable[[Payload], Values]
    payload: Callable[[Values], dict[str, object]]  # may raise nothing: parsing finds the faults
    is_usual: bool = False  # among the first five that the page offers

    @property
    def lists(self) -> tuple[Rows, ...]:
        """The parts that have rows."""
        return tuple(part for part in self.parts if isinstance(part, Rows))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The parts that are typed once."""
        return tuple(part for part in self.parts if isinstance(part, Field))


# What forms need often ---------------------------------------------------------------------------


def texts(payload: Payload, *names: str) -> Values:
    """Take fields over as they are; a true or false becomes a tick."""
    found: Values = {}
    for name in names:
        value = payload.get(name)
        found[name] = (ON if value else "") if isinstance(value, bool) else str(value or "")
    return found


def rows(payload: Payload, name: str) -> list[Mapping[str, object]]:
    """Read a list of objects of a payload."""
    value = payload.get(name)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return []
    return [each for each in value if isinstance(each, Mapping)]


def rows_of(values: Values, name: str) -> list[Row]:
    """Take the rows that were typed."""
    found = values.get(name)
    return list(found) if isinstance(found, list) else []


def text_of(values: Values, name: str) -> str:
    """Take a text that was typed."""
    found = values.get(name)
    return found if isinstance(found, str) else ""


def number(written: str) -> str:
    """Write a number as payloads do: „0,5” is „0.5”; what is none stays for the parser to name."""
    text = written.strip().replace("\u00a0", "").replace(" ", "")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def percent_of(fraction: object) -> str:
    """Write a fraction as per cent."""
    try:
        return number_text(Decimal(str(fraction)).scaleb(2))
    except InvalidOperation:
        return str(fraction)


def fraction_of(percent: str) -> str:
    """Read per cent as a fraction; what is no number stays for the parser to name."""
    text = number(percent.strip().removesuffix("%"))
    try:
        return number_text(Decimal(text).scaleb(-2)) if text else "0"
    except InvalidOperation:
        return text


def even_share(count: int) -> str:
    """Share 100 per cent evenly, as exactly as weights are written."""
    return number_text((Decimal(100) / max(1, count)).quantize(_SHARE, ROUND_DOWN))


def spread(found: Sequence[Row], share: str) -> list[Row]:
    """Give every right row the same share of 100 per cent."""
    right = sum(bool(row.get("right")) for row in found)
    return [
        {**row, share: even_share(right)} if row.get("right") and right else dict(row)
        for row in found
    ]
