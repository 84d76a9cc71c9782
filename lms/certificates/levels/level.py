"""The four levels of a signed file, each holding all that the one below it holds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol, TypeVar


class Level(StrEnum):
    """How long a file can be verified without us, by the names of the PAdES baseline."""

    BASIC = "B-B"  # the seal alone
    TIMESTAMPED = "B-T"  # and a foreign authority's word on when it was there
    EVIDENCED = "B-LT"  # and what is needed to verify both later
    ARCHIVED = "B-LTA"  # and a timestamp over all of that, to be renewed in time


ORDER: Final = tuple(Level)


class KeptFile(Protocol):
    """What is asked of a kept file, to tell which is the best."""

    @property
    def level(self) -> str:
        """Return the level's name."""

    @property
    def approvals(self) -> int:
        """Return how many signatories have signed it besides the seal."""

    @property
    def renewal(self) -> int:
        """Return how often its last timestamp was followed by another."""


F = TypeVar("F", bound=KeptFile)


def rank(level: str) -> int:
    """Return a level's place, from 0."""
    return ORDER.index(Level(level))


def next_level(level: str, target: str) -> Level | None:
    """Return the next level on the way to a target; None where it is reached."""
    return ORDER[rank(level) + 1] if rank(level) < rank(target) else None


def best(files: Iterable[F]) -> F | None:
    """Return the file to hand out: most signatories, then the highest level, then the newest."""
    return max(files, key=lambda f: (f.approvals, rank(f.level), f.renewal), default=None)
