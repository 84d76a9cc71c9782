"""A course's outline as plain values, kept in memory for as long as its version stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses import activities
from lms.courses.activities import Activity, ActivityKind, Edge
from lms.courses.completion import Condition, CoursePlan, Kind, ModulePlan
from lms.courses.exercises import Exercise
from lms.courses.glossary import Term
from lms.courses.models import CompletionCondition, Course, GlossaryTerm, Lesson, Module
from lms.courses.schedule import days_of


@dataclass(frozen=True)
class LessonEntry:
    """A lesson in the outline."""

    id: int
    module_id: int
    slug: str
    number: str
    title_ro: str
    title_en: str
    minutes: int
    terms: Sequence[str] = ()  # ids, as they come in the text
    exercise: Exercise | None = None

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class ModuleEntry:
    """A module in the outline, with its lessons and activities in order."""

    id: int
    slug: str
    position: int
    title_ro: str
    title_en: str
    summary_ro: str
    summary_en: str
    outcomes: tuple[dict[str, str], ...]
    hours: object
    lessons: tuple[LessonEntry, ...]
    activities: tuple[Activity, ...]
    name: str = ""  # as the files call it
    opens_on: date | None = None  # unless its edition says another day
    after: int | None = None

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def summary(self, locale: str) -> str:
        """The summary in a language."""
        return self.summary_en if locale == "en" else self.summary_ro

    @cached_property
    def plan(self) -> ModulePlan:
        """The module as the rules of completion want it."""
        return ModulePlan(
            self.id,
            tuple(le.id for le in self.lessons),
            tuple(a.key for a in self.activities if a.counts),
            self.after,
        )


@dataclass(frozen=True)
class Outline:
    """A course's whole structure at one version."""

    course_id: int
    slug: str
    version: int
    title_ro: str
    title_en: str
    summary_ro: str
    summary_en: str
    in_order: bool
    modules: tuple[ModuleEntry, ...]
    conditions: tuple[Condition, ...]
    terms: Mapping[str, Term]
    start: tuple[Activity, ...] = ()  # before the first module
    end: tuple[Activity, ...] = ()  # after the last one, each opening after the one before

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def summary(self, locale: str) -> str:
        """The summary in a language."""
        return self.summary_en if locale == "en" else self.summary_ro

    @cached_property
    def plan(self) -> CoursePlan:
        """The course as the rules of completion want it."""
        edges = (*self.start, *self.end)
        return CoursePlan(
            modules=tuple(m.plan for m in self.modules),
            conditions=self.conditions,
            in_order=self.in_order,
            start=tuple(a.key for a in self.start),
            end=tuple(a.key for a in self.end),
            tests=frozenset(a.key for a in edges if a.kind is ActivityKind.TEST),
        )

    @cached_property
    def lessons(self) -> tuple[LessonEntry, ...]:
        """All lessons in reading order."""
        return tuple(le for m in self.modules for le in m.lessons)

    @cached_property
    def exercises(self) -> tuple[LessonEntry, ...]:
        """The lessons that have an exercise, in reading order."""
        return tuple(le for le in self.lessons if le.exercise is not None)

    @property
    def has_proposals(self) -> bool:
        """Whether an exercise is a proposal, whose sheets are gathered."""
        return any(le.exercise and le.exercise.is_proposal for le in self.exercises)

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """All activities in the course's order."""
        return (*self.start, *self.inside, *self.end)

    @cached_property
    def inside(self) -> tuple[Activity, ...]:
        """The modules' activities."""
        return tuple(a for m in self.modules for a in m.activities)

    def days(self, edition: Mapping[str, object]) -> dict[int, date]:
        """The days on which modules open, in an edition that may have days of its own."""
        own = {m.name: m.opens_on for m in self.modules}
        return days_of(own, edition, {m.name: m.id for m in self.modules})

    def begun(self, lessons: Collection[int], keys: Collection[str]) -> frozenset[int]:
        """Name the modules in which one of the lessons stands, or one of the activities."""
        return frozenset(
            module.id
            for module in self.modules
            if any(lesson.id in lessons for lesson in module.lessons)
            or any(activity.key in keys for activity in module.activities)
        )

    def tests_at(self, edge: Edge | None) -> tuple[Activity, ...]:
        """The tests that stand at an edge of the course."""
        found = {Edge.START: self.start, Edge.END: self.end}.get(edge, ()) if edge else ()
        return tuple(a for a in found if a.kind is ActivityKind.TEST)

    def form(self, form_id: object) -> Activity | None:
        """The form with an id, as a condition names it."""
        return next((a for a in self.activities if a.form and a.form == form_id), None)

    def activity(self, key: str) -> Activity:
        """The activity with a key."""
        return next(a for a in self.activities if a.key == key)

    def module(self, module_id: int) -> ModuleEntry:
        """The module with an id."""
        return next(m for m in self.modules if m.id == module_id)


_kept: dict[int, Outline] = {}


def outline_of(course_id: int, version: int) -> Outline:
    """Return a course's outline; read from the database once per version and process."""
    known = _kept.get(course_id)
    if known is not None and known.version == version:
        return known
    outline = _read(course_id)
    if outline.version == version:  # a change may have come between the two reads
        _kept[course_id] = outline
    return outline


def forget() -> None:
    """Drop what is kept; for a store that was replaced under the process."""
    _kept.clear()


def _read(course_id: int) -> Outline:
    session = db.session()
    course = session.scalars(sa.select(Course).where(Course.id == course_id)).one()
    lessons = session.execute(
        sa.select(
            Lesson.id,
            Lesson.module_id,
            Lesson.slug,
            Lesson.number,
            Lesson.title_ro,
            Lesson.title_en,
            (Lesson.reading_minutes + Lesson.exercise_minutes + Lesson.test_minutes).label(
                "minutes"
            ),
            Lesson.terms,
            Lesson.exercise,
        )
        .where(
            Lesson.course_id == course_id,
            Lesson.is_published,
            Lesson.withdrawn_at.is_(None),
        )
        .order_by(Lesson.position)
    ).all()
    by_module: dict[int, list[LessonEntry]] = {}
    for row in lessons:
        by_module.setdefault(row.module_id, []).append(_lesson_entry(row))
    extra: dict[int | Edge, list[Activity]] = {}
    for provider in activities.PROVIDERS:
        for place, found in provider.outline(course_id).items():
            extra.setdefault(place, []).extend(found)
    modules = session.scalars(
        sa.select(Module)
        .where(Module.course_id == course_id, Module.withdrawn_at.is_(None))
        .order_by(Module.position)
    ).all()
    conditions = session.scalars(
        sa.select(CompletionCondition)
        .where(CompletionCondition.course_id == course_id)
        .order_by(CompletionCondition.position)
    ).all()
    return Outline(
        course_id=course.id,
        slug=course.slug,
        version=course.version,
        title_ro=course.title_ro,
        title_en=course.title_en,
        summary_ro=course.summary_ro,
        summary_en=course.summary_en,
        in_order=course.modules_in_order,
        modules=tuple(
            _module_entry(m, by_module.get(m.id, []), extra.get(m.id, []), modules) for m in modules
        ),
        conditions=tuple(Condition(c.id, Kind(c.kind.value), c.parameters) for c in conditions),
        terms=_terms(course_id),
        start=_in_order(extra.get(Edge.START, [])),
        end=_in_order(extra.get(Edge.END, [])),
    )


def _lesson_entry(row: Any) -> LessonEntry:
    return LessonEntry(
        id=row.id,
        module_id=row.module_id,
        slug=row.slug,
        number=row.number,
        title_ro=row.title_ro,
        title_en=row.title_en,
        minutes=row.minutes,
        terms=row.terms,
        exercise=Exercise.from_json(row.exercise) if row.exercise else None,
    )


def _in_order(found: list[Activity]) -> tuple[Activity, ...]:
    return tuple(sorted(found, key=lambda activity: activity.position))


def _terms(course_id: int) -> dict[str, Term]:
    rows = db.session().execute(
        sa.select(
            GlossaryTerm.term_id,
            GlossaryTerm.term_ro,
            GlossaryTerm.term_en,
            GlossaryTerm.definition_ro,
            GlossaryTerm.definition_en,
            GlossaryTerm.forms,
        )
        .where(GlossaryTerm.course_id == course_id)
        .order_by(GlossaryTerm.id)
    )
    return {row[0]: Term(*row) for row in rows}


def _module_entry(
    module: Module, lessons: list[LessonEntry], extra: list[Activity], others: Iterable[Module]
) -> ModuleEntry:
    after = (m.id for m in others if m.content_id == module.opens_after and m is not module)
    return ModuleEntry(
        id=module.id,
        slug=module.slug,
        position=module.position,
        title_ro=module.title_ro,
        title_en=module.title_en,
        summary_ro=module.summary_ro,
        summary_en=module.summary_en,
        outcomes=tuple(module.outcomes),
        hours=module.hours,
        lessons=tuple(lessons),
        activities=_in_order(extra),
        name=module.content_id,
        opens_on=module.opens_on,
        after=next(after, None),
    )
