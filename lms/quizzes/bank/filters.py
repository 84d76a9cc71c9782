"""What a bank's list is asked for: plain values out of an address, and back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

NO_CATEGORY = "-"
NOWHERE = "nowhere"
LONGEST = 200
EARLIEST = 1900  # the year of a day


class Status(StrEnum):
    """How a question stands, in the bank's own words."""

    DRAFT = "draft"
    READY = "ready"
    PUBLISHED = "published"
    RETIRED = "retired"


class Sort(StrEnum):
    """By what a list can be put in order."""

    CHANGED = "changed"
    STEM = "stem"
    CATEGORY = "category"
    TYPE = "type"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; "" is no narrowing. Retired ones are shown only when asked for.

    `category` takes those under it too; `used` is a quiz's id or NOWHERE; `course` is of lists over
    several courses.
    """

    text: str = ""
    type: str = ""
    author: str = ""
    status: str = ""
    category: str = ""
    tag: str = ""
    used: str = ""
    since: str = ""
    course: str = ""
    sort: str = Sort.CHANGED

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Filters:
        """Read an address; what makes no sense is left out."""
        values = {
            each.name: " ".join(args.get(each.name, "").replace("\x00", "").split())[:LONGEST]
            for each in fields(cls)
        }
        values["status"] = values["status"] if values["status"] in list(Status) else ""
        values["sort"] = values["sort"] if values["sort"] in list(Sort) else Sort.CHANGED.value
        for name in ("author", "course"):
            values[name] = values[name] if _is_id(values[name]) else ""
        is_place = values["used"] == NOWHERE or _is_id(values["used"])
        values["used"] = values["used"] if is_place else ""
        values["since"] = values["since"] if _day(values["since"]) else ""
        return cls(**values)

    @property
    def day(self) -> date | None:
        """The day since which a question was changed."""
        return _day(self.since)

    @property
    def args(self) -> dict[str, str]:
        """The values of an address that asks for the same."""
        named = {each.name: str(getattr(self, each.name)) for each in fields(self)}
        return {n: v for n, v in named.items() if v and (n, v) != ("sort", Sort.CHANGED)}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out by them."""
        return any(name != "sort" for name in self.args)


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 9


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None
    return found if found is not None and found.year >= EARLIEST else None
