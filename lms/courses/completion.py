"""When a module or a course is complete, what is missing, and what is open.

Modules open, and the course's end opens, on what the course's conditions ask for: a course that
asks for its quizzes alone keeps nobody waiting for a lesson that was not marked as read.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


class Kind(enum.StrEnum):
    """What may be asked for; the same names as the stored conditions."""

    LESSONS_READ = "lessons_read"
    QUIZZES_PASSED = "quizzes_passed"
    TESTS_TAKEN = "tests_taken"
    HOURS_ATTENDED = "hours_attended"
    FORM_SUBMITTED = "form_submitted"
    CONFIRMED_BY_REGISTRAR = "confirmed_by_registrar"


@dataclass(frozen=True)
class ModulePlan:
    """The parts of a module, by id."""

    id: int
    lessons: tuple[int, ...]
    activities: tuple[str, ...]  # quizzes and later kinds, by their registry key
    after: int | None = None  # the module to be completed first, beside the course's order


@dataclass(frozen=True)
class Condition:
    """One thing asked for: its id, kind and parameters as stored."""

    id: int
    kind: Kind
    parameters: Mapping[str, object] = field(default_factory=dict)


class Edge(enum.StrEnum):
    """Where an activity stands that belongs to no module."""

    START = "start"  # before the first module
    END = "end"  # after the last one; these open one after another


@dataclass(frozen=True)
class CoursePlan:
    """A course as far as its rules go: modules, what stands at its edges, what it asks for.

    `start` and `end` hold keys of activities in order; `tests` says which of them are tests.
    """

    modules: tuple[ModulePlan, ...]
    conditions: tuple[Condition, ...] = ()
    in_order: bool = True
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    tests: frozenset[str] = frozenset()

    def _asks(self, kind: Kind) -> bool:
        return any(condition.kind is kind for condition in self.conditions)

    def asked_of(self, module: ModulePlan) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return the lessons and activities that completing a module takes.

        Both where the course asks for neither, or where the module has nothing of what it asks for.
        """
        lessons = module.lessons if self._asks(Kind.LESSONS_READ) else ()
        activities = module.activities if self._asks(Kind.QUIZZES_PASSED) else ()
        return (
            (lessons, activities) if lessons or activities else (module.lessons, module.activities)
        )


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
    has_begun: bool = False  # opened a lesson, or began an attempt in a module
    modules_begun: Collection[int] = ()  # in which that was


@dataclass(frozen=True)
class Result:
    """How a condition stands: done of needed, in the kind's own unit.

    The tests of each edge are a result of their own.
    """

    condition: Condition
    is_met: bool
    done: Decimal
    needed: Decimal
    edge: Edge | None = None

    @property
    def left(self) -> Decimal:
        """What is still missing; never below nothing."""
        return max(Decimal(0), self.needed - self.done)


def module_is_complete(plan: CoursePlan, module: ModulePlan, evidence: Evidence) -> bool:
    """A module is complete when what its course asks of it is done; once, it stays so."""
    if module.id in evidence.modules_complete:
        return True
    lessons, activities = plan.asked_of(module)
    return all(i in evidence.lessons_read for i in lessons) and all(
        key in evidence.activities_done for key in activities
    )


def missing_at_start(plan: CoursePlan, evidence: Evidence) -> tuple[str, ...]:
    """Return what must be done before the first module opens.

    Nobody who has begun the course is sent back to its start.
    """
    if evidence.has_begun or evidence.modules_complete:
        return ()
    return tuple(key for key in plan.start if key not in evidence.activities_done)


def open_modules(plan: CoursePlan, evidence: Evidence) -> frozenset[int]:
    """Return the modules that may be entered: all, or those up to the first incomplete one.

    Nobody who has begun a module, or has completed it, is sent out of it again.
    """
    if missing_at_start(plan, evidence):
        return frozenset()
    if not plan.in_order:
        return frozenset(m.id for m in plan.modules)
    kept = {*evidence.modules_begun, *evidence.modules_complete}
    found = {module.id for module in plan.modules if module.id in kept}
    for module in plan.modules:
        found.add(module.id)
        if not module_is_complete(plan, module, evidence):
            break
    return frozenset(found)


def open_edges(plan: CoursePlan, evidence: Evidence) -> frozenset[str]:
    """Return what may be begun at the edges: the start at any time, the end in its order.

    The end opens once all modules are complete, and then one thing after another. What is done
    stays open.
    """
    found = set(plan.start) | {key for key in plan.end if key in evidence.activities_done}
    if all(module_is_complete(plan, module, evidence) for module in plan.modules):
        for key in plan.end:
            found.add(key)
            if key not in evidence.activities_done:
                break
    return frozenset(found)


def _count(wanted: Iterable[object], held: Collection[object], given: bool) -> tuple[int, int]:
    wanted = list(wanted)
    done = len(wanted) if given else sum(1 for w in wanted if w in held)
    return done, len(wanted)


def _figures(
    condition: Condition, plan: CoursePlan, evidence: Evidence
) -> tuple[Decimal | int, Decimal | int]:
    complete = set(evidence.modules_complete)
    kind = condition.kind
    if kind is Kind.LESSONS_READ:
        counts = [_count(m.lessons, evidence.lessons_read, m.id in complete) for m in plan.modules]
    elif kind is Kind.QUIZZES_PASSED:
        # A module that was completed asked for what is done in it: what came later is not claimed.
        done = evidence.activities_done
        asked = [
            [a for a in m.activities if a in done or m.id not in complete] for m in plan.modules
        ]
        counts = [_count(keys, done, given=False) for keys in asked]
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


def assess(plan: CoursePlan, evidence: Evidence) -> tuple[Result, ...]:
    """Hold the evidence against each condition: a test at the start first, then in their order.

    What a completed module asked for counts as done: content added later takes nothing back.
    """
    results = []
    for condition in plan.conditions:
        if condition.kind is Kind.TESTS_TAKEN:
            results += _tests_taken(condition, plan, evidence)
            continue
        done, needed = (Decimal(x) for x in _figures(condition, plan, evidence))
        results.append(Result(condition, done >= needed, done, needed))
    return tuple(sorted(results, key=lambda result: result.edge is not Edge.START))


def _tests_taken(condition: Condition, plan: CoursePlan, evidence: Evidence) -> list[Result]:
    """Tell the tests of each edge apart; a course that has none yet is not complete."""
    results = []
    for edge, keys in ((Edge.START, plan.start), (Edge.END, plan.end)):
        tests = [key for key in keys if key in plan.tests]
        done = Decimal(sum(1 for key in tests if key in evidence.activities_done))
        if tests:
            needed = Decimal(len(tests))
            results.append(Result(condition, done >= needed, done, needed, edge))
    return results or [Result(condition, is_met=False, done=Decimal(0), needed=Decimal(1))]


def steps_of(results: Sequence[Result]) -> tuple[int, int]:
    """Count the steps of the whole way that are done, and all: lessons, tests, forms.

    Hours are no steps: they are sat through, not done one after another.
    """
    counted = [r for r in results if r.condition.kind is not Kind.HOURS_ATTENDED]
    done = sum(int(min(r.done, r.needed)) for r in counted)
    return done, sum(int(r.needed) for r in counted)


def course_is_complete(results: Sequence[Result]) -> bool:
    """A course is complete when all conditions are met; one without conditions never is."""
    return bool(results) and all(r.is_met for r in results)
