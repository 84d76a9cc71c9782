"""How warm each module is for a learner, and who is stuck: rules that can be said in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.participants.forecast import Risk
from lms.participants.standing import NOT_IN, Stage

FAILS = 2
"""So often a module's test was failed, and never passed: somebody is stuck at it."""

LONG = timedelta(days=7)
"""For so long all lessons of a module are read and its test is not passed: likewise."""


class Step(StrEnum):
    """How far somebody has come in a module, from cold to warm; the last three are trouble."""

    TODO = "todo"
    BEGUN = "begun"
    MOST = "most"  # half of the lessons or more
    AT_TEST = "at_test"  # every lesson is read
    DONE = "done"
    LONG_AT_TEST = "long"
    FAILED = "failed"
    BLOCKED = "blocked"


TROUBLE = frozenset({Step.LONG_AT_TEST, Step.FAILED, Step.BLOCKED})


class Stuck(StrEnum):
    """Why somebody needs a word from the trainer, the most urgent first."""

    BLOCKED = "blocked"
    FAILED = "failed"
    LONG_AT_TEST = "long"
    QUIET = "quiet"
    NEVER_IN = "never_in"


_OF_STEP = {
    Step.BLOCKED: Stuck.BLOCKED,
    Step.FAILED: Stuck.FAILED,
    Step.LONG_AT_TEST: Stuck.LONG_AT_TEST,
}


@dataclass(frozen=True, slots=True)
class ModuleSigns:
    """What decides about one square: `state` as the edition's table has it."""

    state: str  # done, half or todo
    lessons: int
    read: int = 0
    last_read_at: datetime | None = None
    has_test: bool = False
    failed: int = 0  # how often its test was failed, where it was never passed
    is_blocked: bool = False  # no attempt is left of it


@dataclass(frozen=True, slots=True)
class Square:
    """One learner in one module."""

    step: Step
    read: int = 0
    lessons: int = 0
    number: int = 0  # how often failed, or for how many days at the test


def square_of(signs: ModuleSigns, *, now: datetime) -> Square:
    """Say how far somebody has come; trouble comes before progress, what is done before trouble."""
    read, lessons = min(signs.read, signs.lessons), signs.lessons
    step, number = _step_of(signs, read, now)
    return Square(step, read, lessons, number)


def _step_of(signs: ModuleSigns, read: int, now: datetime) -> tuple[Step, int]:
    if signs.state == "done":
        return Step.DONE, 0
    if signs.is_blocked:
        return Step.BLOCKED, signs.failed
    if signs.failed >= FAILS:
        return Step.FAILED, signs.failed
    if signs.has_test and signs.lessons and read == signs.lessons:
        return _at_test(signs.last_read_at, now)
    if read and 2 * read >= signs.lessons:
        return Step.MOST, 0
    return (Step.BEGUN if read or signs.state == "half" else Step.TODO), 0


def _at_test(since: datetime | None, now: datetime) -> tuple[Step, int]:
    if since is not None and now - since >= LONG:
        return Step.LONG_AT_TEST, (now - since).days
    return Step.AT_TEST, 0


def stuck_of(stage: Stage, squares: Iterable[Square]) -> tuple[Stuck, ...]:
    """Say why somebody is stuck, the most urgent first; nobody who is done, shut out or gone is."""
    if stage in (Stage.COMPLETED, Stage.SUSPENDED, Stage.WITHDRAWN):
        return ()
    found = {_OF_STEP[square.step] for square in squares if square.step in TROUBLE}
    if stage is Stage.QUIET:
        found.add(Stuck.QUIET)
    if stage in NOT_IN:
        found.add(Stuck.NEVER_IN)
    return tuple(why for why in Stuck if why in found)


_BY_RISK: Mapping[Risk, int] = {
    Risk.OVER: len(Stuck),
    Risk.NOT_BEGUN: len(Stuck) + 1,
    Risk.TOO_SLOW: len(Stuck) + 2,
}


def urgency(stage: Stage, stuck: Sequence[Stuck], risk: Risk | None) -> int:
    """Return where somebody stands when the most urgent come first."""
    if stuck:
        return list(Stuck).index(stuck[0])
    if stage in (Stage.COMPLETED, Stage.SUSPENDED, Stage.WITHDRAWN):
        return len(Stuck) + 5
    return _BY_RISK.get(risk, len(Stuck) + 4) if risk is not None else len(Stuck) + 4
