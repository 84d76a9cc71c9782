"""The registry by which packages above name their objects for the record's pages.

The record knows people and objects by id alone; whoever owns a table says what a row is called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


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
