"""Questions that a quiz draws from its course's bank, by category and tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

MOST_DRAWS: Final = 30
MOST_QUESTIONS: Final = 200
MOST_TAGS: Final = 10
LONGEST_NAME: Final = 200
_KEYS: Final = {"count", "category", "subcategories", "tags", "match", "section"}


class Match(StrEnum):
    """Whether a question has every tag, or any of them."""

    ALL = "all"
    ANY = "any"


class DrawsRefused(ValueError):
    """Say that draws can't be read; `detail` is what can't."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class Draw:
    """So many questions of a category, with tags; of any where nothing is said."""

    count: int
    category: str = ""
    subcategories: bool = True
    tags: tuple[str, ...] = ()
    match: Match = Match.ALL
    section: str = ""  # the heading that they stand under; empty: the end of the quiz

    def fits(self, category: str, tags: Collection[str]) -> bool:
        """Whether a question of a category with tags may be drawn."""
        if self.category and category != self.category:
            is_below = self.subcategories and category.startswith(f"{self.category}/")
            if not is_below:
                return False
        if not self.tags:
            return True
        found = [tag in tags for tag in self.tags]
        return any(found) if self.match is Match.ANY else all(found)


@dataclass(frozen=True)
class Shortage:
    """A draw that wants more than there is."""

    draw: Draw
    available: int


def read_draws(value: object) -> tuple[Draw, ...]:
    """Read „[{count: 3, category: Modulul 1, tags: [lege]}, …]”; raise DrawsRefused."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MOST_DRAWS:
        raise DrawsRefused
    return tuple(_draw(each) for each in value)


def _draw(value: object) -> Draw:
    if not isinstance(value, Mapping):
        raise DrawsRefused(str(value)[:40])
    if unknown := set(map(str, value)) - _KEYS:
        raise DrawsRefused(min(unknown)[:40])
    count, below = value.get("count"), value.get("subcategories", True)
    if isinstance(count, str) and count.isascii() and count.isdigit():
        count = int(count[:6])
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_QUESTIONS:
        raise DrawsRefused("count")
    if not isinstance(below, bool):
        raise DrawsRefused("subcategories")
    match = value.get("match", Match.ALL)
    if match not in list(Match):
        raise DrawsRefused("match")
    return Draw(
        count=count,
        category="/".join(
            part.strip() for part in _name(value, "category").split("/") if part.strip()
        ),
        subcategories=below,
        tags=_tags(value.get("tags", ())),
        match=Match(str(match)),
        section=_name(value, "section"),
    )


def _name(value: Mapping[Any, Any], key: str) -> str:
    found = value.get(key, "")
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or len(found) > LONGEST_NAME:
        raise DrawsRefused(key)
    return " ".join(found.split())


def _tags(value: object) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or len(listed) > MOST_TAGS:
        raise DrawsRefused("tags")
    if not all(isinstance(tag, str | int) and not isinstance(tag, bool) for tag in listed):
        raise DrawsRefused("tags")
    tidy = (" ".join(str(tag).split()) for tag in listed)
    return tuple(dict.fromkeys(tag for tag in tidy if tag))


def dump_draws(draws: Iterable[Draw]) -> list[dict[str, Any]]:
    """Write draws as JSON-able values that `read_draws` reads back; what is usual is left out."""
    return [
        {
            "count": draw.count,
            **({"category": draw.category} if draw.category else {}),
            **({} if draw.subcategories else {"subcategories": False}),
            **({"tags": list(draw.tags)} if draw.tags else {}),
            **({} if draw.match is Match.ALL else {"match": draw.match.value}),
            **({"section": draw.section} if draw.section else {}),
        }
        for draw in draws
    ]
