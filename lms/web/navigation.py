"""The site's navigation: each package adds its entries; a person sees what they may open.

The entry whose part of the site is open is marked, also on the pages below it: of the entries that
a person sees, the one with the longest beginning of the page's address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from flask import request, url_for

from lms.access import PERMISSIONS, Actor, current_actor
from lms.web.i18n import gettext


@dataclass(frozen=True)
class Entry:
    """One entry: its message id, endpoint, icon, and who sees it."""

    label: str
    endpoint: str
    icon: str
    permission: str
    order: int
    shown: Callable[[Actor], bool] = lambda _actor: True
    below: tuple[str, ...] = ()  # where its pages begin, besides its own address


ENTRIES: list[Entry] = []


class Item(NamedTuple):
    """An entry as the page draws it."""

    label: str
    href: str
    current: str  # aria-current: "page", "true" on a page below it, or nothing
    icon: str


def add(entry: Entry) -> None:
    """Add an entry; one for the same endpoint takes the earlier one's place."""
    ENTRIES[:] = [known for known in ENTRIES if known.endpoint != entry.endpoint]
    ENTRIES.append(entry)
    ENTRIES.sort(key=lambda e: e.order)


def items() -> list[Item]:
    """Return the entries for whoever asks."""
    actor = current_actor()
    if actor is None:
        return []
    shown = [
        (e, url_for(e.endpoint))
        for e in ENTRIES
        if PERMISSIONS[e.permission].allows(actor) and e.shown(actor)
    ]
    inside = _closest(request.path, [(href, *e.below) for e, href in shown])
    return [
        Item(
            gettext(e.label),
            href,
            "page" if request.endpoint == e.endpoint else "true" if place == inside else "",
            e.icon,
        )
        for place, (e, href) in enumerate(shown)
    ]


def _closest(path: str, beginnings: list[tuple[str, ...]]) -> int | None:
    """Return the place of the entry that a path is under; the longest beginning wins.

    Of two entries with the same beginning the later one is taken.
    """
    found = [
        (len(beginning), place)
        for place, many in enumerate(beginnings)
        for beginning in many
        if f"{path}/".startswith(f"{beginning}/")
    ]
    return max(found)[1] if found else None
