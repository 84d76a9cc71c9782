"""Whether an edition will reach its target, from each person's own pace: plain rules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

PACE_DAYS = 28  # a pace is what somebody did in the last four weeks
GRACE_DAYS = 14  # whoever has just come is at no risk yet


class Risk(StrEnum):
    """Why somebody may not complete in time; the first that holds."""

    OVER = "over"
    BLOCKED = "blocked"
    NEVER_IN = "never_in"
    QUIET = "quiet"
    NOT_BEGUN = "not_begun"
    TOO_SLOW = "too_slow"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How far somebody has come. Steps are lessons to read and tests to pass."""

    enrolment_id: int
    enrolled_on: date
    completed_on: date | None = None
    is_in: bool = True
    is_blocked: bool = False
    is_quiet: bool = False
    steps_left: int = 0
    recent_steps: int = 0  # in the last PACE_DAYS
    begun_on: date | None = None


@dataclass(frozen=True)
class Outlook:
    """What is to be expected of one person: a day, or a risk."""

    enrolment_id: int
    expected_on: date | None
    risk: Risk | None = None


def outlook(way: Way, *, today: date, ends_on: date) -> Outlook:
    """Say when somebody will complete at their pace, or why that is in doubt."""
    if way.completed_on is not None:
        return Outlook(way.enrolment_id, way.completed_on)
    if today <= ends_on and not way.is_blocked and _waits_or_is_new(way, today):
        return Outlook(way.enrolment_id, ends_on)
    risk = Risk.OVER if today > ends_on else _standstill(way)
    if risk is not None:
        return Outlook(way.enrolment_id, None, risk)
    expected_on = today + timedelta(days=_days_needed(way, today))
    late = Risk.TOO_SLOW if expected_on > ends_on else None
    return Outlook(way.enrolment_id, expected_on, late)


def _waits_or_is_new(way: Way, today: date) -> bool:
    """Tell whether only hours, forms or the registrar's word are missing, or all has just begun."""
    if not way.steps_left and way.is_in:
        return True
    return not way.recent_steps and (today - way.enrolled_on).days < GRACE_DAYS


def _standstill(way: Way) -> Risk | None:
    if way.is_blocked:
        return Risk.BLOCKED
    if not way.is_in:
        return Risk.NEVER_IN
    if way.is_quiet:
        return Risk.QUIET
    return None if way.recent_steps else Risk.NOT_BEGUN


def _days_needed(way: Way, today: date) -> int:
    """Divide what is left by the pace; who began last week is measured over a week, not four."""
    begun = way.begun_on or way.enrolled_on
    observed = min(PACE_DAYS, max(7, (today - begun).days))
    return math.ceil(way.steps_left * observed / way.recent_steps)


@dataclass(frozen=True)
class Point:
    """How many have completed by a day."""

    day: date
    people: int


@dataclass(frozen=True)
class Forecast:
    """Where an edition stands against its target, and where it is going."""

    people: int
    target: int | None
    today: date
    ends_on: date
    completed: int
    expected: int  # completed by the last day, those on course included
    so_far: tuple[Point, ...]
    to_come: tuple[Point, ...]
    at_risk: Mapping[int, Risk]

    @property
    def risks(self) -> Mapping[Risk, int]:
        """How many are at each risk, the most frequent first."""
        return dict(Counter(self.at_risk.values()).most_common())

    @property
    def is_reached(self) -> bool:
        """Whether the target is within reach as things go; without a target everybody counts."""
        return self.expected >= (self.people if self.target is None else self.target)


def forecast(
    ways: Iterable[Way], *, starts_on: date, ends_on: date, today: date, target: int | None
) -> Forecast:
    """Put everybody's outlook together: counts, who is at risk, and both curves by weeks."""
    views = [(way, outlook(way, today=today, ends_on=ends_on)) for way in ways]
    done = sorted(way.completed_on for way, _view in views if way.completed_on is not None)
    expected = sorted(
        view.expected_on
        for way, view in views
        if way.completed_on is None and view.risk is None and view.expected_on is not None
    )
    return Forecast(
        people=len(views),
        target=target,
        today=today,
        ends_on=ends_on,
        completed=len(done),
        expected=len(done) + len(expected),
        so_far=_curve(_weeks(min([starts_on, *done[:1]]), today), done, 0),
        to_come=_curve(_weeks(today, ends_on), expected, len(done)) if today < ends_on else (),
        at_risk={view.enrolment_id: view.risk for _way, view in views if view.risk is not None},
    )


def _weeks(first: date, last: date) -> list[date]:
    """Return days a week apart, the last one among them; longer spans are parted wider."""
    if last <= first:
        return [last]
    step = 7 * max(1, math.ceil((last - first).days / 7 / 26))
    days = [first + timedelta(days=n) for n in range(0, (last - first).days, step)]
    return [*days, last]


def _curve(days: Sequence[date], when: Sequence[date], base: int) -> tuple[Point, ...]:
    return tuple(Point(day, base + sum(1 for w in when if w <= day)) for day in days)
