"""The registry by which packages above name their objects for the record's pages.

The record knows people and objects by id alone; whoever owns a table says what a row is called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class Name:
    """What an object is called, and where its page is."""

    label: str
    href: str = ""


Namer = Callable[[Collection[int]], Mapping[int, Name]]

NAMERS: dict[str, Namer] = {}


def register(table: str, namer: Namer) -> None:
    """Say who names the rows of a table; one statement for any number of them."""
    NAMERS[table] = namer


def names_of(objects: Collection[tuple[str, int]]) -> dict[tuple[str, int], Name]:
    """Return what objects are called; one statement for each table that occurs."""
    by_table: dict[str, set[int]] = {}
    for table, row in objects:
        by_table.setdefault(table, set()).add(row)
    found: dict[tuple[str, int], Name] = {}
    for table, rows in by_table.items():
        if namer := NAMERS.get(table):
            found.update({(table, row): name for row, name in namer(rows).items()})
    return found


Finder = Callable[[str], Collection[int]]

FINDERS: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Say who finds people by a text typed in the record's search."""
    FINDERS.append(finder)


def find_people(text: str) -> set[int]:
    """Return the ids of people whom a text may mean."""
    return {row for finder in FINDERS for row in finder(text)}


Concern = Callable[[Collection[int]], "sa.Select[int]"]

CONCERNS: dict[tuple[str, str], Concern] = {}


def register_concern(table: str, concern: Concern, *, action: str = "") -> None:
    """Say which rows of a table are about people; one act alone where the rest is everybody's."""
    CONCERNS[table, action] = concern


Titler = Callable[[Collection[str]], Mapping[str, str]]

TITLERS: dict[str, Titler] = {}


def register_titler(kind: str, titler: Titler) -> None:
    """Say who knows the titles of what the course's files call by ids, such as `quiz`."""
    TITLERS[kind] = titler


def titles_of(parts: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the titles of parts of courses; one statement for each kind that occurs."""
    by_kind: dict[str, set[str]] = {}
    for kind, part in parts:
        by_kind.setdefault(kind, set()).add(part)
    return {
        (kind, part): title
        for kind, wanted in by_kind.items()
        if kind in TITLERS
        for part, title in TITLERS[kind](wanted).items()
    }
