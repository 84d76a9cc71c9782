"""A text with places to fill in, written `[[1]]`, `[[2]]` …: what gap and cloze questions share.

A place is known by the number in it, not by where it stands: in another language the order of
places may differ. A number that comes again is another place (`1-2`).
"""

from __future__ import annotations

import re

PLACE = re.compile(r"\[\[(\d{1,2})\]\]", re.ASCII)


def places_in(text: str) -> dict[str, int]:
    """List the places of a text in order, each with its number, counted from 1."""
    found: dict[str, int] = {}
    times: dict[int, int] = {}
    for match in PLACE.finditer(text):
        number = int(match[1])
        times[number] = times.get(number, 0) + 1
        again = f"-{times[number]}" if times[number] > 1 else ""
        found[f"{number}{again}"] = number
    return found


def segments(text: str) -> list[tuple[str, str]]:
    """Cut a text at its places: (text before, key of the place), and the rest with no key."""
    keys = iter(places_in(text))
    pieces = PLACE.split(text)
    return [(before, next(keys, "")) for before in pieces[::2]]


def split_lead(text: str) -> tuple[str, str]:
    """Split whole lines without a place, at the start, from the text with places."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if PLACE.search(line)), 0)
    return "\n".join(lines[:first]).strip(), "\n".join(lines[first:]).strip()


def with_dots(text: str) -> str:
    """Show a text with its places left open: what stands for the question in a list."""
    return PLACE.sub("…", text)
