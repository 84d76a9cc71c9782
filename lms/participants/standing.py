"""Where a participant stands, in one word; and which of them a table shows."""

from __future__ import annotations

from collections import Counter
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
    MAIL_FAILED = "mail_failed"
    OPENED = "opened"
    SIGNED_IN = "signed_in"
    LEARNING = "learning"
    QUIET = "quiet"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


NOT_IN = frozenset({Stage.NOT_INVITED, Stage.INVITED, Stage.MAIL_FAILED, Stage.OPENED})
"""Those who have never signed in."""


@dataclass(frozen=True)
class Signs:
    """What decides about the stage."""

    is_withdrawn: bool
    is_suspended: bool
    is_invited: bool
    mail_failed: bool  # of the newest invitation
    has_opened: bool  # its link, without choosing a password
    has_signed_in: bool
    signed_in_at: datetime | None
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
    if signs.has_signed_in or signs.last_activity_at is not None:
        return _stage_inside(signs, now)
    return _stage_outside(signs)


def _stage_outside(signs: Signs) -> Stage:
    """Name the stage of somebody who has never come in: how far the invitation got."""
    if not signs.is_invited:
        return Stage.NOT_INVITED
    if signs.has_opened:
        return Stage.OPENED
    return Stage.MAIL_FAILED if signs.mail_failed else Stage.INVITED


def _stage_inside(signs: Signs, now: datetime) -> Stage:
    """Name the stage of somebody who has come in; to come and do nothing is quiet as well."""
    last = signs.last_activity_at or signs.signed_in_at
    if last is not None and now - last >= QUIET_AFTER:
        return Stage.QUIET
    return Stage.SIGNED_IN if signs.last_activity_at is None else Stage.LEARNING


class Show(StrEnum):
    """What a table is narrowed to, besides one stage."""

    EVERYBODY = ""
    NOT_IN = "not_in"
    NOT_COMPLETE = "not_complete"
    NO_OWN_ADDRESS = "no_own_address"
    BLOCKED = "blocked"
    AT_RISK = "at_risk"


@dataclass(frozen=True)
class Filters:
    """What somebody asked the table to show; empty means everything."""

    state: str = ""
    group: str = ""
    county: str = ""
    kind: str = ""
    organisation: str = ""
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
    is_blocked: bool  # no attempt is left of some test
    organisation: str  # folded
    searchable: str  # folded


def matches(traits: Traits, filters: Filters, *, is_at_risk: bool = False) -> bool:
    """Tell whether a row is shown; those who withdrew are shown only when asked for."""
    return (
        _has_state(traits, filters.state, is_at_risk)
        and filters.group in ("", str(traits.group_id or "none"))
        and filters.county in ("", traits.county)
        and filters.kind in ("", traits.kind)
        and (not filters.organisation or fold(filters.organisation) in traits.organisation)
        and (not filters.search or _is_found(traits, filters.search))
    )


def _is_found(traits: Traits, search: str) -> bool:
    return all(word in traits.searchable for word in fold(search).split())


def _has_state(  # noqa: PLR0911 -- one answer a line
    traits: Traits, state: str, is_at_risk: bool
) -> bool:
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
        case Show.BLOCKED:
            return traits.is_blocked
        case Show.AT_RISK:
            return is_at_risk
        case _:
            return traits.stage.value == state


@dataclass(frozen=True)
class Figures:
    """The head line of a table, over everybody who has not withdrawn."""

    people: int
    not_in: int
    blocked: int
    quiet: int
    completed: int
    certified: int
    withdrawn: int


def figures_of(rows: Sequence[Traits], certified: int) -> Figures:
    """Count the stages, and who is blocked."""
    stages = Counter(row.stage for row in rows)
    withdrawn = stages[Stage.WITHDRAWN]
    return Figures(
        people=len(rows) - withdrawn,
        not_in=sum(stages[stage] for stage in NOT_IN),
        blocked=sum(1 for r in rows if r.is_blocked and r.stage is not Stage.WITHDRAWN),
        quiet=stages[Stage.QUIET],
        completed=stages[Stage.COMPLETED],
        certified=certified,
        withdrawn=withdrawn,
    )


def searchable(parts: Iterable[str | None]) -> str:
    """Fold what a search looks through."""
    return fold(" ".join(part for part in parts if part))
