"""The site's navigation: each package adds its entries; a person sees what they may open."""

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


ENTRIES: list[Entry] = []


class Item(NamedTuple):
    """An entry as the page draws it."""

    label: str
    href: str
    is_current: bool
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
    return [
        Item(
            gettext(e.label),
            url_for(e.endpoint),
            request.endpoint == e.endpoint,
            e.icon,
        )
        for e in ENTRIES
        if PERMISSIONS[e.permission].allows(actor) and e.shown(actor)
    ]
