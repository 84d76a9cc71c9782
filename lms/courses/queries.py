"""Reads made for pages: where a person stands, in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.courses import activities, gates, hours_ahead, news
from lms.courses.activities import (
    Activity,
    ActivityKind,
    ActivityState,
    Edge,
    percents_shown,
    unpassed,
)
from lms.courses.completion import (
    Evidence,
    Result,
    assess,
    missing_at_start,
    module_is_complete,
    open_edges,
    steps_of,
)
from lms.courses.exercises import ExerciseState
from lms.courses.models import (
    Completion,
    Confirmation,
    Course,
    Edition,
    Enrolment,
    EnrolmentState,
    LessonProgress,
    Programme,
    SubjectKind,
)
from lms.courses.outline import LessonEntry, ModuleEntry, Outline, outline_of
from lms.courses.schedule import Closed, closed_modules
from lms.courses.tries import Tries
from lms.courses.way import way_of


@dataclass(frozen=True)
class Place:
    """A person's place on an edition, with what rules and pages ask of it."""

    enrolment_id: int
    person_id: int
    edition_id: int
    course_id: int
    course_version: int
    edition_title: str
    edition_slug: str
    hours_attended: Decimal
    hours_required: Decimal
    last_lesson_id: int | None
    ends_on: date
    opening: Mapping[str, object]
    zone: str
    waits_for: str | None = None  # the gate that asks for something before the first lesson
    has_hours_ahead: bool = False  # meetings, or what else gives hours
    has_news: bool = False  # announcements that were not read yet

    @property
    def is_held(self) -> bool:
        """Whether the first lesson waits; whoever has begun is never held back."""
        return self.waits_for is not None and self.last_lesson_id is None


_PLACE = (
    Enrolment.id,
    Enrolment.person_id,
    Enrolment.edition_id,
    Edition.course_id,
    Course.version,
    Edition.title,
    Edition.slug,
    Enrolment.hours_attended,
    Edition.hours_required,
    Enrolment.last_lesson_id,
    Edition.ends_on,
    Edition.opening,
    Programme.zone,
)


def _places() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_PLACE, gates.waiting(), hours_ahead.concerned(), news.waiting())
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .where(Enrolment.state == EnrolmentState.ACTIVE, Course.published_at.is_not(None))
        .order_by(Edition.starts_on.desc(), Enrolment.id.desc())
    )


def places_of(person_id: int) -> list[Place]:
    """Return a person's places, the newest edition first."""
    rows = db.session().execute(_places().where(Enrolment.person_id == person_id)).all()
    return [Place(*row) for row in rows]


def place_on(person_id: int, course_slug: str) -> Place | None:
    """Return a person's place on the newest edition of a course."""
    row = (
        db.session()
        .execute(
            _places().where(Enrolment.person_id == person_id, Course.slug == course_slug).limit(1)
        )
        .first()
    )
    return Place(*row) if row else None


def place_by_id(enrolment_id: int) -> Place | None:
    """Return the place with an id, whatever its state."""
    row = (
        db.session()
        .execute(
            sa.select(*_PLACE)
            .join(Edition, Edition.id == Enrolment.edition_id)
            .join(Course, Course.id == Edition.course_id)
            .join(Programme, Programme.id == Edition.programme_id)
            .where(Enrolment.id == enrolment_id)
        )
        .first()
    )
    return Place(*row) if row else None


@dataclass(frozen=True)
class Standing:
    """How far a place has come: evidence, states, results, and what is open."""

    place: Place
    outline: Outline
    evidence: Evidence
    states: dict[str, ActivityState]
    completed_at: datetime | None
    modules_completed: dict[int, datetime]
    read_at: dict[int, datetime]  # by lesson read
    last_active: dict[int, datetime]  # by lesson opened
    exercises: dict[int, ExerciseState]  # by lesson whose exercise was begun
    headings: dict[int, str]  # by lesson, where its reader stopped
    today: date  # where the programme is

    @cached_property
    def opened_lessons(self) -> frozenset[int]:
        """Lessons that were opened at least once."""
        return frozenset(self.last_active)

    @property
    def exercises_handed_in(self) -> int:
        """How many of the course's exercises are handed in."""
        states = (self.exercises.get(le.id) for le in self.outline.exercises)
        return sum(1 for state in states if state is not None and state.is_handed_in)

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Each condition and how it stands."""
        return assess(self.outline.plan, self.evidence)

    @cached_property
    def closed_modules(self) -> dict[int, Closed]:
        """What each module waits for that may not be entered yet."""
        days = self.outline.days(self.place.opening)
        return closed_modules(self.outline.plan, self.evidence, days=days, today=self.today)

    @cached_property
    def open_modules(self) -> frozenset[int]:
        """Modules that may be entered."""
        return frozenset(m.id for m in self.outline.modules if m.id not in self.closed_modules)

    @property
    def waits_for_day(self) -> ModuleEntry | None:
        """The module that waits for nothing but its day, the nearest."""
        waiting = [
            (closed.on, module)
            for module in self.outline.modules
            if (closed := self.closed_modules.get(module.id)) and closed == Closed(on=closed.on)
        ]
        return min(waiting, key=lambda each: (each[0], each[1].position))[1] if waiting else None

    def is_complete(self, module: ModuleEntry) -> bool:
        """Whether a module is complete."""
        return module_is_complete(self.outline.plan, module.plan, self.evidence)

    @cached_property
    def modules_done(self) -> int:
        """How many modules are complete."""
        return sum(1 for m in self.outline.modules if self.is_complete(m))

    def module_state(self, module: ModuleEntry) -> str:
        """done, half, todo or locked, as the train line draws it."""
        if self.is_complete(module):
            return "done"
        if module.id not in self.open_modules:
            return "locked"
        begun = any(le.id in self.opened_lessons for le in module.lessons) or any(
            a.key in self.states for a in module.activities
        )
        return "half" if begun else "todo"

    @cached_property
    def _open_edges(self) -> frozenset[str]:
        return open_edges(self.outline.plan, self.evidence)

    def is_open(self, activity: Activity) -> bool:
        """Whether an activity may be begun: its module is open, or its place at an edge."""
        return activity.key in self._open_edges or any(
            activity in m.activities for m in self.outline.modules if m.id in self.open_modules
        )

    def is_done(self, activity: Activity) -> bool:
        """Whether what an activity asks for is done."""
        return activity.key in self.evidence.activities_done

    def edge_state(self, activity: Activity) -> str:
        """done, half, todo or locked, of an activity that belongs to no module."""
        if self.is_done(activity):
            return "done"
        if not self.is_open(activity):
            return "locked"
        return "half" if activity.key in self.states else "todo"

    @cached_property
    def due_at_start(self) -> Activity | None:
        """What is to be done before the first module opens: a test at the course's start."""
        missing = missing_at_start(self.outline.plan, self.evidence)
        return self.outline.activity(missing[0]) if missing else None

    @cached_property
    def are_tests_over(self) -> bool:
        """Whether all tests at the course's end are taken, so that results may be shown."""
        tests = self.outline.tests_at(Edge.END)
        return bool(tests) and all(self.is_done(test) for test in tests)

    def percent_of(self, activity: Activity) -> Decimal | None:
        """The best result to show; that of a test at the start waits for the one at the end.

        One that the learner isn't shown elsewhere isn't shown here; what was on paper is known.
        """
        state = self.states.get(activity.key)
        if state is None or (activity in self.outline.start and not self.are_tests_over):
            return None
        if state.percent is None or state.is_on_paper or activity.shows_percent:
            return state.percent
        is_shown = activity.shows_percent is None and activity.key in self._percents_shown
        return state.percent if is_shown else None

    @cached_property
    def _percents_shown(self) -> frozenset[str]:
        """The results that are shown at this moment, of those for which it depends on that."""
        every = self.outline.activities
        keys = [a.key for a in every if a.shows_percent is None and a.key in self.states]
        return percents_shown(self.place.enrolment_id, keys)

    @cached_property
    def unpassed(self) -> dict[str, Tries]:
        """The tests of modules that were tried and not passed, by key, with what is left."""
        keys = [
            a.key
            for a in self.outline.inside
            if a.kind is ActivityKind.QUIZ
            and a.counts
            and a.key in self.states
            and not self.is_done(a)
        ]
        return unpassed(self.place.enrolment_id, keys) if keys else {}

    @property
    def to_pass_next(self) -> tuple[Activity, ModuleEntry] | None:
        """The first test that is not passed, with its module; what a done module got later not."""
        modules = [m for m in self.outline.modules if m.id not in self.modules_completed]
        left = ((a, m) for m in modules for a in m.activities if a.counts and not self.is_done(a))
        return next(left, None)

    def is_on_paper(self, activity: Activity) -> bool:
        """Whether the best result is of a paper."""
        state = self.states.get(activity.key)
        return state is not None and state.is_on_paper

    def next_step(self) -> tuple[str, str, ModuleEntry | None] | None:
        """Return (kind, key, module) of the next thing: a lesson's id or an activity's key.

        What stands at the course's start or end belongs to no module.
        """
        for activity in self.outline.start:
            if not self.is_done(activity):
                return "activity", activity.key, None
        for module in self.outline.modules:
            if self.is_complete(module):
                continue
            if module.id not in self.open_modules:
                continue
            for lesson in module.lessons:
                if lesson.id not in self.evidence.lessons_read:
                    return "lesson", str(lesson.id), module
            for activity in module.activities:
                if activity.counts and not self.is_done(activity):
                    return "activity", activity.key, module
        for activity in self.outline.end:
            if not self.is_done(activity):
                return ("activity", activity.key, None) if self.is_open(activity) else None
        return None

    @cached_property
    def hours_ahead(self) -> hours_ahead.HoursAhead | None:
        """What gives hours next; asked for only where hours are missing."""
        return hours_ahead.hours_ahead(self.place)

    @cached_property
    def steps(self) -> tuple[int, int]:
        """How many steps of the way are done, of how many; hours are told beside them."""
        return steps_of(self.results)

    def lesson(self, lesson_id: int) -> LessonEntry:
        """The outline's lesson with an id."""
        return next(le for le in self.outline.lessons if le.id == lesson_id)


def standing_of(place: Place) -> Standing:
    """Read how far a place has come: two statements."""
    outline = outline_of(place.course_id, place.course_version)
    progress, completions = way_of(place.enrolment_id)
    states = activities.states_of(place.enrolment_id)
    done = frozenset(key for key, state in states.items() if state.is_done)
    confirmed = _confirmed(outline, [place.enrolment_id]).get(place.enrolment_id, frozenset())
    modules = {c[1]: c[2] for c in completions if c[0] == SubjectKind.MODULE}
    evidence = Evidence(
        lessons_read=frozenset(p[0] for p in progress if p[1] is not None),
        activities_done=done,
        hours_attended=place.hours_attended,
        hours_required=place.hours_required,
        forms_submitted=activities.forms_of(outline.activities, done),
        confirmed=confirmed,
        modules_complete=frozenset(modules),
        has_begun=bool(progress) or any(a.key in states for a in outline.inside),
        modules_begun=outline.begun({p[0] for p in progress}, states),
    )
    course = [c[2] for c in completions if c[0] == SubjectKind.COURSE]
    return Standing(
        place=place,
        outline=outline,
        evidence=evidence,
        states=states,
        completed_at=course[0] if course else None,
        modules_completed=modules,
        read_at={p[0]: p[1] for p in progress if p[1] is not None},
        last_active={p[0]: p[2] for p in progress},
        exercises={p[0]: p[3] for p in progress if p[3] is not None},
        headings={p[0]: p[4] for p in progress if p[4] is not None},
        today=clock.today(place.zone),
    )


def _confirmed(outline: Outline, enrolment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Read confirmations only where the course asks for one."""
    if not any(c.kind.value == "confirmed_by_registrar" for c in outline.conditions):
        return {}
    rows = db.session().execute(
        sa.select(Confirmation.enrolment_id, Confirmation.condition_id).where(
            Confirmation.enrolment_id.in_(list(enrolment_ids))
        )
    )
    found: dict[int, set[int]] = {}
    for enrolment_id, condition_id in rows:
        found.setdefault(enrolment_id, set()).add(condition_id)
    return {k: frozenset(v) for k, v in found.items()}


@dataclass(frozen=True)
class CohortRow:
    """One participant in the edition's table."""

    place: Place
    evidence: Evidence
    completed_at: datetime | None
    results: tuple[Result, ...]
    modules: tuple[str, ...]  # done, half or todo, in the outline's order


def ids_of_edition(edition_id: int, only: Collection[int] | None = None) -> sa.Select[int]:
    """Select the places of an edition, all or some of them, as a condition of other reads."""
    ids = sa.select(Enrolment.id).where(Enrolment.edition_id == edition_id)
    return ids if only is None else ids.where(Enrolment.id.in_(only))


def cohort_of(
    edition: Edition, version: int, only: Collection[int] | None = None
) -> tuple[Outline, dict[int, CohortRow]]:
    """Read how enrolments of an edition stand, all or some, in a fixed number of statements."""
    session = db.session()
    outline = outline_of(edition.course_id, version)
    ids = ids_of_edition(edition.id, only)
    places = [
        Place(*row)
        for row in session.execute(
            sa.select(*_PLACE)
            .join(Edition, Edition.id == Enrolment.edition_id)
            .join(Course, Course.id == Edition.course_id)
            .join(Programme, Programme.id == Edition.programme_id)
            .where(Enrolment.id.in_(ids))
        )
    ]
    read: dict[int, set[int]] = {}
    opened: dict[int, set[int]] = {}
    for enrolment_id, lesson_id, read_at in session.execute(
        sa.select(
            LessonProgress.enrolment_id, LessonProgress.lesson_id, LessonProgress.read_at
        ).where(LessonProgress.enrolment_id.in_(ids))
    ):
        opened.setdefault(enrolment_id, set()).add(lesson_id)
        if read_at is not None:
            read.setdefault(enrolment_id, set()).add(lesson_id)
    earned: dict[int, dict[tuple[SubjectKind, int], datetime]] = {}
    for enrolment_id, kind, subject_id, earned_at in session.execute(
        sa.select(
            Completion.enrolment_id, Completion.kind, Completion.subject_id, Completion.earned_at
        ).where(Completion.enrolment_id.in_(ids), Completion.kind != SubjectKind.LESSON)
    ):
        earned.setdefault(enrolment_id, {})[kind, subject_id] = earned_at
    done_by = activities.done_by(lambda column: column.in_(ids))
    confirmed = _confirmed(outline, [p.enrolment_id for p in places])
    rows = {}
    for place in places:
        mine = earned.get(place.enrolment_id, {})
        done = frozenset(done_by.get(place.enrolment_id, ()))
        evidence = Evidence(
            lessons_read=frozenset(read.get(place.enrolment_id, ())),
            activities_done=done,
            hours_attended=place.hours_attended,
            hours_required=place.hours_required,
            forms_submitted=activities.forms_of(outline.activities, done),
            confirmed=confirmed.get(place.enrolment_id, frozenset()),
            modules_complete=frozenset(i for k, i in mine if k is SubjectKind.MODULE),
        )
        seen = opened.get(place.enrolment_id, set())
        rows[place.enrolment_id] = CohortRow(
            place=place,
            evidence=evidence,
            completed_at=mine.get((SubjectKind.COURSE, outline.course_id)),
            results=assess(outline.plan, evidence),
            modules=tuple(_cohort_state(outline, m, evidence, seen) for m in outline.modules),
        )
    return outline, rows


def _cohort_state(
    outline: Outline, module: ModuleEntry, evidence: Evidence, opened: set[int]
) -> str:
    if module_is_complete(outline.plan, module.plan, evidence):
        return "done"
    return "half" if any(le.id in opened for le in module.lessons) else "todo"
