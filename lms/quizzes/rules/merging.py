"""What becomes of an answer that arrives while another one may have arrived before it.

An answer says which one its giver had before the eyes (`seen`), when it was given, and in which
window. Nothing that arrives is dropped: an answer that another one outdoes stays beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

OFFLINE_AFTER = timedelta(seconds=10)


class Standing(StrEnum):
    """What an answer that was kept is worth."""

    COUNTS = "counts"  # of these the newest is the answer
    BESIDE = "beside"  # a later one had been given elsewhere
    LATE = "late"  # given in time, arrived after the end
    BEHIND = "behind"  # the question was left behind, or checked for good, when it arrived


class Placing(StrEnum):
    """Where an answer that arrives goes."""

    UNCHANGED = "unchanged"
    STANDS = "stands"
    REPLACES = "replaces"  # another window's, which its giver had not seen
    BESIDE = "beside"  # another window's was given later
    OUTDATED = "outdated"  # the same window's later one was here first
    BEHIND = "behind"  # the question takes no more answers

    @property
    def standing(self) -> Standing | None:
        """What it is kept as; `None` where nothing is added."""
        if self is Placing.UNCHANGED:
            return None
        if self is Placing.BEHIND:
            return Standing.BEHIND
        counts = self in {Placing.STANDS, Placing.REPLACES}
        return Standing.COUNTS if counts else Standing.BESIDE

    @property
    def is_told(self) -> bool:
        """Whether the person must hear that two windows answered."""
        return self in {Placing.REPLACES, Placing.BESIDE}


@dataclass(frozen=True)
class Given:
    """An answer as it was given in one window; no window is named by a page without a script."""

    payload: Mapping[str, Any]
    given_at: datetime
    writer: str = ""


@dataclass(frozen=True)
class Held(Given):
    """The answer that counts so far."""

    sequence: int = 1


def place(new: Given, held: Held | None, *, seen: int | None) -> Placing:
    """Place an answer; of two that did not know of each other, the one given later counts.

    `seen` is the sequence that the giver had before the eyes; `None` says that it is not known,
    as where there is no script: then the giver is believed.
    """
    if held is None:
        # A form without a script carries every question, answered or not.
        return Placing.STANDS if new.payload or new.writer else Placing.UNCHANGED
    is_same = dict(new.payload) == dict(held.payload)
    if seen is None or seen >= held.sequence:
        return Placing.UNCHANGED if is_same else Placing.STANDS
    is_own = new.writer != "" and new.writer == held.writer
    if new.given_at < held.given_at:
        if is_same:
            return Placing.UNCHANGED
        return Placing.OUTDATED if is_own else Placing.BESIDE
    if is_same:  # given again, later: it must outdo what is still on its way
        is_again = new.writer != "" and new.given_at > held.given_at
        return Placing.STANDS if is_again else Placing.UNCHANGED
    return Placing.STANDS if is_own else Placing.REPLACES


def place_behind(new: Given, held: Held | None) -> Placing:
    """Place an answer to a question that takes no more: kept, unless it says nothing new."""
    is_same = dict(new.payload) == (dict(held.payload) if held else {})
    return Placing.UNCHANGED if is_same else Placing.BEHIND


def given_at(*, now: datetime, age: timedelta | None, started_at: datetime) -> datetime:
    """Tell when an answer was given: its age by the giver's own clock, before the server's now.

    A clock that is wrong is wrong alike at both moments; one that was set in between can't put an
    answer before the attempt or into the future.
    """
    if age is None or age <= timedelta(0):
        return now
    return max(now - age, min(started_at, now))


def came_late(given: datetime, received: datetime) -> bool:
    """Whether an answer waited in the browser, so that the line must have been down."""
    return received - given > OFFLINE_AFTER
