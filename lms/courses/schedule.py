"""What is open when: each module in its order, after another one, and from its day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.courses.completion import (
    CoursePlan,
    Evidence,
    missing_at_start,
    module_is_complete,
    open_modules,
)


@dataclass(frozen=True)
class Closed:
    """What a module waits for: something at the course's start, another module, a day."""

    start: str | None = None  # the key of what comes before the first module
    after: int | None = None  # the module to be completed first
    on: date | None = None


def closed_modules(
    plan: CoursePlan, evidence: Evidence, *, days: Mapping[int, date], today: date
) -> dict[int, Closed]:
    """Return what each module waits for that may not be entered today.

    A module opens with its day, at midnight. Whoever has begun a module, or has completed it, goes
    on in it whatever day or order is set afterwards.
    """
    missing = missing_at_start(plan, evidence)
    in_order = open_modules(plan, evidence)
    complete = {m.id for m in plan.modules if module_is_complete(plan, m, evidence)}
    known = {module.id for module in plan.modules}
    kept = {*evidence.modules_begun, *evidence.modules_complete}
    found = {}
    for place, module in enumerate(plan.modules):
        if module.id in kept:
            continue
        after = None
        if not missing:
            own = module.after if module.after in known and module.after not in complete else None
            before = [m.id for m in plan.modules[:place] if m.id not in complete]
            after = own or (before[-1] if before and module.id not in in_order else None)
        day = days.get(module.id)
        closed = Closed(
            start=missing[0] if missing else None,
            after=after,
            on=day if day is not None and today < day else None,
        )
        if closed != Closed():
            found[module.id] = closed
    return found


def days_of(
    own: Mapping[str, date | None], edition: Mapping[str, object], ids: Mapping[str, int]
) -> dict[int, date]:
    """Put together the days of an edition's modules: its own, else the course's.

    `own` and `edition` go by the modules' names in the files; an empty text is „no day here”.
    """
    found = {}
    for name, module_id in ids.items():
        day = own.get(name)
        if isinstance(said := edition.get(name), str):
            day = date.fromisoformat(said) if said else None
        if day is not None:
            found[module_id] = day
    return found
