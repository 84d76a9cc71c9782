"""Red lines on the pages of staff: each package says what is on fire, base.html shows it.

A look is cheap: it keeps its own answer for a while, and learners' pages never ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lms.access import current_actor


class Alarm(NamedTuple):
    """A sentence, already translated, and where more of it is."""

    sentence: str
    href: str = ""
    link: str = ""


Look = Callable[[], Alarm | None]

LOOKS: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """Add a look; one of the same name takes the earlier one's place."""
    LOOKS[name] = look


def items() -> list[Alarm]:
    """Return what burns, for whoever asks; only staff are told."""
    actor = current_actor()
    if actor is None or not actor.is_staff:
        return []
    return [alarm for look in LOOKS.values() if (alarm := look()) is not None]
