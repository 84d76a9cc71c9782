"""A list of presence: which column says who, whether they were there, and for how long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from lms.meetings.rules import read_hours
from lms.people_names import fold


class Key(StrEnum):
    """Columns that are read."""

    SIGN_IN_NAME = "sign_in_name"
    EMAIL = "email"
    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    WHOLE_NAME = "whole_name"
    PRESENT = "present"
    HOURS = "hours"


_HEADINGS: Mapping[Key, tuple[str, ...]] = MappingProxyType(
    {
        Key.SIGN_IN_NAME: ("nume de utilizator", "nume de intrare", "sign in name", "utilizator"),
        Key.EMAIL: ("e mail", "email", "adresa de e mail", "mail", "user email"),
        Key.FAMILY_NAME: ("nume", "nume de familie", "family name", "last name"),
        Key.GIVEN_NAMES: ("prenume", "given names", "first name"),
        Key.WHOLE_NAME: ("nume si prenume", "numele si prenumele", "full name", "name"),
        Key.PRESENT: ("prezent", "prezenta", "present", "presence", "a fost"),
        Key.HOURS: ("ore", "ore prezente", "hours", "nr ore", "numar de ore"),
    }
)
_YES = frozenset({"da", "x", "1", "prezent", "prezenta", "yes", "p", "true", "present"})
_NO = frozenset({"nu", "0", "absent", "absenta", "no", "a", "false"})


def squeezed(text: str) -> str:
    """Keep words of letters and figures only, folded: people write in many ways."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


class CellFault(StrEnum):
    """What is wrong with a row's own words."""

    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_HOURS = "not_hours"
    TOO_MANY_HOURS = "too_many_hours"


@dataclass(frozen=True)
class PresenceRow:
    """One row: whose it is, and the hours it gives; None where it says nothing."""

    number: int
    keys: Mapping[Key, str]
    hours: Decimal | None
    fault: CellFault | None = None
    text: str = ""  # of the cell that is wrong

    @property
    def name(self) -> str:
        """What the row calls the person."""
        parts = (self.keys.get(Key.FAMILY_NAME, ""), self.keys.get(Key.GIVEN_NAMES, ""))
        said = " ".join(part for part in parts if part)
        keys = (Key.WHOLE_NAME, Key.SIGN_IN_NAME, Key.EMAIL)
        return said or next((self.keys[k] for k in keys if self.keys.get(k)), "")


@dataclass(frozen=True)
class Columns:
    """Where everything stands; `ignored` are headings that name nothing here."""

    keys: Mapping[Key, int]
    ignored: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether rows say who, and whether they were there."""
        keys = self.keys.keys()
        named = {Key.FAMILY_NAME, Key.GIVEN_NAMES} <= keys
        single = {Key.SIGN_IN_NAME, Key.EMAIL, Key.WHOLE_NAME} & keys
        return bool((named or single) and {Key.PRESENT, Key.HOURS} & keys)


def columns_of(headings: Sequence[str]) -> Columns:
    """Recognise headings in either language; the first of two alike counts."""
    by_name = {name: key for key, names in _HEADINGS.items() for name in names}
    keys: dict[Key, int] = {}
    ignored = []
    for position, heading in enumerate(headings):
        key = by_name.get(squeezed(heading))
        if key is not None:
            keys.setdefault(key, position)
        elif heading.strip():
            ignored.append(heading)
    return Columns(keys, tuple(ignored))


def read_row(number: int, cells: Sequence[str], columns: Columns, *, whole: Decimal) -> PresenceRow:
    """Read one row; hours where they are written, else all of the meeting's for „yes”."""
    keys = {
        key: cells[position].strip()
        for key, position in columns.keys.items()
        if position < len(cells) and cells[position].strip()
    }
    said, written = squeezed(keys.get(Key.PRESENT, "")), keys.get(Key.HOURS, "")
    if said and said not in _YES | _NO:
        return PresenceRow(number, keys, None, CellFault.NOT_YES_OR_NO, keys[Key.PRESENT][:60])
    if said in _NO:
        return PresenceRow(number, keys, Decimal(0))
    if not written:
        return PresenceRow(number, keys, whole if said in _YES else None)
    hours = read_hours(written)
    if hours is None:
        return PresenceRow(number, keys, None, CellFault.NOT_HOURS, written[:60])
    if hours > whole:
        return PresenceRow(number, keys, None, CellFault.TOO_MANY_HOURS, written[:60])
    return PresenceRow(number, keys, hours)
