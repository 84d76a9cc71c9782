"""The values of an act in words: what is called how, days and numbers as elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lms.audit.names import Name
from lms.audit.value_words import name_of, said_of
from lms.counties import COUNTIES
from lms.web.i18n import (
    format_datetime,
    format_number,
    format_short_date,
    ngettext,
)
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class Known:
    """What the objects and the parts of courses that values name are called."""

    names: Mapping[tuple[str, int], Name] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)


NOTHING_KNOWN = Known()

# Values that name a row of a table by its number.
_TABLES = {
    "edition": "editions",
    "edition_id": "editions",
    "enrolments": "enrolments",
    "group": "groups",
    "group_id": "groups",
    "meeting": "meetings",
    "new_place": "enrolments",
    "programme": "programmes",
    "quiz": "quizzes",
}

# Values, or their keys, that name a part of a course as its files do.
_PARTS = {"days": "module", "lesson": "lesson", "quiz": "quiz", "report": "report"}

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_NUMBER = re.compile(r"\d{1,6}\.\d{1,2}")
_ARROW = " → "
_MOST_NAMED = 5


def detail_words(values: Mapping[str, Any], known: Known = NOTHING_KNOWN) -> list[tuple[str, str]]:
    """Write an act's values as pairs of words; what is empty is left out."""
    return [
        (name_of(name), _value(name, value, known))
        for name, value in values.items()
        if value not in (None, "", [], {})
    ]


def rows_named(values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Name the rows whose names a reader of these values wants."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            if name == "hours":
                few = list(value)[:_MOST_NAMED]
                yield from (("enrolments", row) for key in few if (row := _row(key)))
            else:
                yield from rows_named(value)
        elif table := _TABLES.get(name):
            listed = value if isinstance(value, list) else [value]
            yield from ((table, row) for one in listed[:_MOST_NAMED] if (row := _row(one)))


def parts_named(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the parts of courses whose titles a reader of these values wants."""
    for name, kind in _PARTS.items():
        match values.get(name):
            case str() as part:
                yield kind, part
            case dict() as parts:
                yield from ((kind, part) for part in parts)


def _row(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _value(name: str, value: Any, known: Known) -> str:
    """Write a value; what it is called says how."""
    if (said := said_of(name, value)) is not None:
        told = said
    elif isinstance(value, bool):
        told = _("yes") if value else _("no")
    elif isinstance(value, Mapping):
        told = _pairs(name, value, known)
    elif isinstance(value, list):
        told = _listed(name, value, known)
    elif name == "percent":
        told = format_number(Decimal(str(value)))
    elif name == "county" and value in COUNTIES:
        told = COUNTIES[value].name
    else:
        told = _named(name, str(value), known) or _text(str(value))
    return told


def _named(name: str, value: str, known: Known) -> str:
    """Return what a row or a part of a course is called; nothing where it is neither."""
    if (row := _row(value)) and (found := known.names.get((_TABLES.get(name, ""), row))):
        return found.label
    return known.titles.get((_PARTS.get(name, ""), value), "")


def _pairs(name: str, value: Mapping[str, Any], known: Known) -> str:
    """Write values that have names of their own, or stand for people or parts of a course."""
    if name == "hours":
        few = list(value.items())[:_MOST_NAMED]
        told = [(_named("enrolments", key, known) or key, _text(str(one))) for key, one in few]
    elif name in _PARTS:
        told = [(_named(name, key, known) or key, _text(str(one))) for key, one in value.items()]
    elif name == "changes":
        told = [(name_of(key), _change(key, one, known)) for key, one in value.items()]
    else:
        kept = ((key, one) for key, one in value.items() if one not in (None, ""))
        told = [(name_of(key), _value(key, one, known)) for key, one in kept]
    shown = ", ".join(f"{what}: {how}" for what, how in told)
    return shown + (_more(len(value)) if name == "hours" else "")


def _listed(name: str, value: list[Any], known: Known) -> str:
    """Write a list; each of [what, before, after] in one of changes as a change."""
    if name == "changes":
        return ", ".join(f"{name_of(what)}: {_change(what, both, known)}" for what, *both in value)
    if name in _TABLES:
        few = (_value(name, one, known) for one in value[:_MOST_NAMED])
        return ", ".join(few) + _more(len(value))
    if name == "changed":
        return ", ".join(name_of(str(one)) for one in value)
    return ", ".join(_value("", one, known) for one in value)


def _change(what: str, both: Any, known: Known) -> str:
    if not isinstance(both, list):
        return _value(what, both, known)
    return _ARROW.join("–" if one in (None, "") else _value(what, one, known) for one in both)


def _more(count: int) -> str:
    """Say how many are not named."""
    if (left := count - _MOST_NAMED) <= 0:
        return ""
    return " " + ngettext("and %(num)s more", "and %(num)s more", left)


def _text(value: str) -> str:
    """Write days, moments and numbers as they are written elsewhere; other text as it is."""
    if _ARROW in value:
        return _ARROW.join(_text(part) for part in value.split(_ARROW))
    if _NUMBER.fullmatch(value):
        return format_number(Decimal(value))
    try:
        if _DAY.fullmatch(value):
            return format_short_date(date.fromisoformat(value))
        if _MOMENT.fullmatch(value):
            return format_datetime(datetime.fromisoformat(value))
    except ValueError:  # it looks like a day and is none
        return value
    return value
