"""Where a participant stands, in one word; and which of them a table shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.people_names import fold

QUIET_AFTER = timedelta(days=14)


class Stage(StrEnum):
    """How far somebody has come; the first that holds, from the last to the first."""

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    SIGNED_IN = "signed_in"
    LEARNING = "learning"
    QUIET = "quiet"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


NOT_IN = frozenset({Stage.NOT_INVITED, Stage.INVITED})
"""Those who have never signed in."""


@dataclass(frozen=True)
class Signs:
    """What decides about the stage."""

    is_withdrawn: bool
    is_suspended: bool
    is_invited: bool
    has_signed_in: bool
    last_activity_at: datetime | None
    completed_at: datetime | None


def stage_of(signs: Signs, *, now: datetime) -> Stage:
    """Name the stage; a place given up or an account shut comes before anything learnt."""
    if signs.is_withdrawn:
        return Stage.WITHDRAWN
    if signs.is_suspended:
        return Stage.SUSPENDED
    if signs.completed_at is not None:
        return Stage.COMPLETED
    if signs.last_activity_at is not None:
        quiet = now - signs.last_activity_at >= QUIET_AFTER
        return Stage.QUIET if quiet else Stage.LEARNING
    if signs.has_signed_in:
        return Stage.SIGNED_IN
    return Stage.INVITED if signs.is_invited else Stage.NOT_INVITED


class Show(StrEnum):
    """What a table is narrowed to, besides one stage."""

    EVERYBODY = ""
    NOT_IN = "not_in"
    NOT_COMPLETE = "not_complete"
    NO_OWN_ADDRESS = "no_own_address"


@dataclass(frozen=True)
class Filters:
    """What somebody asked the table to show; empty means everything."""

    state: str = ""
    group: str = ""
    county: str = ""
    kind: str = ""
    search: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the table."""
        return self == Filters()


@dataclass(frozen=True)
class Traits:
    """What filters ask of a row."""

    stage: Stage
    group_id: int | None
    county: str
    kind: str
    has_own_address: bool
    searchable: str  # folded


def matches(traits: Traits, filters: Filters) -> bool:
    """Tell whether a row is shown; those who withdrew are shown only when asked for."""
    return (
        _has_state(traits, filters.state)
        and filters.group in ("", str(traits.group_id or "none"))
        and filters.county in ("", traits.county)
        and filters.kind in ("", traits.kind)
        and all(word in traits.searchable for word in fold(filters.search).split())
    )


def _has_state(traits: Traits, state: str) -> bool:  # noqa: PLR0911 -- one answer a line
    if state == Stage.WITHDRAWN:
        return traits.stage is Stage.WITHDRAWN
    if traits.stage is Stage.WITHDRAWN:
        return False
    match state:
        case Show.EVERYBODY:
            return True
        case Show.NOT_IN:
            return traits.stage in NOT_IN
        case Show.NOT_COMPLETE:
            return traits.stage is not Stage.COMPLETED
        case Show.NO_OWN_ADDRESS:
            return not traits.has_own_address
        case _:
            return traits.stage.value == state


@dataclass(frozen=True)
class Figures:
    """The head line of a table, over everybody who has not withdrawn."""

    people: int
    not_in: int
    quiet: int
    completed: int
    certified: int


def figures_of(stages: Sequence[Stage], certified: int) -> Figures:
    """Count the stages."""
    return Figures(
        people=sum(1 for s in stages if s is not Stage.WITHDRAWN),
        not_in=sum(1 for s in stages if s in NOT_IN),
        quiet=sum(1 for s in stages if s is Stage.QUIET),
        completed=sum(1 for s in stages if s is Stage.COMPLETED),
        certified=certified,
    )


def searchable(parts: Iterable[str | None]) -> str:
    """Fold what a search looks through."""
    return fold(" ".join(part for part in parts if part))
