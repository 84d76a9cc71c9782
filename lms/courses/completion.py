"""When a module or a course is complete, what is missing, and which modules are open."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


class Kind(enum.StrEnum):
    """What may be asked for; the same names as the stored conditions."""

    LESSONS_READ = "lessons_read"
    QUIZZES_PASSED = "quizzes_passed"
    HOURS_ATTENDED = "hours_attended"
    FORM_SUBMITTED = "form_submitted"
    CONFIRMED_BY_REGISTRAR = "confirmed_by_registrar"


@dataclass(frozen=True)
class ModulePlan:
    """The parts of a module, by id."""

    id: int
    lessons: tuple[int, ...]
    activities: tuple[str, ...]  # quizzes and later kinds, by their registry key


@dataclass(frozen=True)
class Condition:
    """One thing asked for: its id, kind and parameters as stored."""

    id: int
    kind: Kind
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What a person has to show for an enrolment."""

    lessons_read: Collection[int]
    activities_done: Collection[str]
    hours_attended: Decimal = Decimal(0)
    hours_required: Decimal = Decimal(0)  # the edition's own threshold
    forms_submitted: Collection[str] = ()
    confirmed: Collection[int] = ()  # ids of conditions
    modules_complete: Collection[int] = ()  # earned before; never taken back


@dataclass(frozen=True)
class Result:
    """How a condition stands: done of needed, in the kind's own unit."""

    condition: Condition
    is_met: bool
    done: Decimal
    needed: Decimal

    @property
    def left(self) -> Decimal:
        """What is still missing; never below nothing."""
        return max(Decimal(0), self.needed - self.done)


def module_is_complete(module: ModulePlan, evidence: Evidence) -> bool:
    """A module is complete when its lessons are read and its quizzes passed; once, it stays so."""
    if module.id in evidence.modules_complete:
        return True
    return all(i in evidence.lessons_read for i in module.lessons) and all(
        key in evidence.activities_done for key in module.activities
    )


def open_modules(
    modules: Sequence[ModulePlan], evidence: Evidence, *, in_order: bool
) -> frozenset[int]:
    """Return the modules that may be entered: all, or those up to the first incomplete one."""
    if not in_order:
        return frozenset(m.id for m in modules)
    found = set()
    for module in modules:
        found.add(module.id)
        if not module_is_complete(module, evidence):
            break
    return frozenset(found)


def _count(wanted: Iterable[object], held: Collection[object], given: bool) -> tuple[int, int]:
    wanted = list(wanted)
    done = len(wanted) if given else sum(1 for w in wanted if w in held)
    return done, len(wanted)


def _figures(
    condition: Condition, modules: Sequence[ModulePlan], evidence: Evidence
) -> tuple[Decimal | int, Decimal | int]:
    complete = set(evidence.modules_complete)
    kind = condition.kind
    if kind is Kind.LESSONS_READ:
        counts = [_count(m.lessons, evidence.lessons_read, m.id in complete) for m in modules]
    elif kind is Kind.QUIZZES_PASSED:
        counts = [_count(m.activities, evidence.activities_done, m.id in complete) for m in modules]
    elif kind is Kind.HOURS_ATTENDED:
        own = condition.parameters.get("hours")
        needed = Decimal(str(own)) if own is not None else evidence.hours_required
        return min(evidence.hours_attended, needed), needed
    elif kind is Kind.FORM_SUBMITTED:
        name = str(condition.parameters.get("form", ""))
        return int(name in evidence.forms_submitted), 1
    else:
        return int(condition.id in evidence.confirmed), 1
    return sum(d for d, _ in counts), sum(n for _, n in counts)


def assess(
    conditions: Iterable[Condition], modules: Sequence[ModulePlan], evidence: Evidence
) -> tuple[Result, ...]:
    """Hold the evidence against each condition, in the conditions' order.

    What a completed module asked for counts as done: content added later takes nothing back.
    """
    results = []
    for condition in conditions:
        done, needed = (Decimal(x) for x in _figures(condition, modules, evidence))
        results.append(Result(condition, done >= needed, done, needed))
    return tuple(results)


def course_is_complete(results: Sequence[Result]) -> bool:
    """A course is complete when all conditions are met; one without conditions never is."""
    return bool(results) and all(r.is_met for r in results)
