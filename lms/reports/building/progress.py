"""How far people have come, module by module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import (
    Completion,
    Lesson,
    LessonProgress,
    Module,
    SubjectKind,
)
from lms.quizzes.models import Attempt, PaperResult, Quiz
from lms.reports import figures
from lms.reports.figures import Chart, Column, Part, Report, Row
from lms.reports.population import PlaceLine, Population, Scope
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

KIND = "progress"


@dataclass(frozen=True)
class Way:
    """What places have begun and completed; ids of modules and courses."""

    begun: Mapping[int, set[int]]  # by place
    passed: Mapping[int, set[int]]
    completed: Mapping[int, set[int]]


def build(scope: Scope, population: Population) -> Report:
    """Sort people by how they stand with each module; three statements."""
    way = _way(scope)
    parts = [
        _modules(scope, population, course_id, modules, way)
        for course_id, modules in _modules_of(scope).items()
    ]
    return Report(
        KIND,
        title(),
        (
            _("Everyone taking part is counted once; people who withdrew are not."),
            _("Finished is what was recorded as such; later changes don’t take it back."),
            _("In progress: a lesson was opened or a test begun, or taken on paper."),
        ),
        _head(population, way),
        tuple(parts),
    )


def title() -> str:
    """Name the report."""
    return _("How many have finished: progress by module")


def _head(population: Population, way: Way) -> Part:
    people = population.people
    began = {p.person_id for p in population.active if way.begun.get(p.id) or way.passed.get(p.id)}
    ended = {p.person_id for p in population.active if way.completed.get(p.id)}
    here = len(people)
    return figures.head(
        _("In all"),
        [
            ("people", _("take part"), figures.count(p.id for p in people)),
            ("begun", _("have begun"), _who(people, began, here)),
            ("completed", _("have completed a course"), _who(people, ended, here)),
            ("withdrawn", _("withdrew"), figures.count(p.id for p in population.withdrawn)),
        ],
    )


def _who(people: Iterable[PlaceLine], wanted: set[int], of: int) -> figures.Figure:
    return figures.count((p.id for p in people if p.person_id in wanted), of=of)


def _modules(
    scope: Scope, population: Population, course_id: int, modules: list[Module], way: Way
) -> Part:
    editions = [run.id for run in scope.runs if run.course_id == course_id]
    places = population.of_editions(editions)
    people = population.once(places)
    rows = []
    for number, module in enumerate(modules, 1):
        passed = {p.person_id for p in places if module.id in way.passed.get(p.id, ())}
        begun = {p.person_id for p in places if module.id in way.begun.get(p.id, ())} - passed
        todo = {p.person_id for p in people} - passed - begun
        counted = [_who(people, some, len(people)) for some in (todo, begun, passed)]
        rows.append(
            Row(
                f"m{module.id}",
                module.title_en if current_locale() == "en" else module.title_ro,
                (*counted, figures.percent(len(passed), len(people))),
                short=f"M{number}",
                code=f"M{number}",
            )
        )
    heading = _("Modules")
    if len(scope.course_ids) > 1:
        heading = _("Modules: %(course)s", course=scope.course_title(course_id, current_locale()))
    return Part(
        f"c{course_id}",
        heading,
        _("Module"),
        (
            Column("todo", _("Not begun")),
            Column("going", _("In progress")),
            Column("passed", _("Finished")),
            Column("share", _("Finished, per cent")),
        ),
        tuple(rows),
        chart=Chart(heading, ("passed", "going", "todo"), is_stacked=True, says_first=True),
    )


def _modules_of(scope: Scope) -> dict[int, list[Module]]:
    found: dict[int, list[Module]] = {course_id: [] for course_id in scope.course_ids}
    for module in db.session().scalars(
        sa.select(Module)
        .where(Module.course_id.in_(scope.course_ids), Module.withdrawn_at.is_(None))
        .order_by(Module.position, Module.id)
    ):
        found[module.course_id].append(module)
    return found


def _way(scope: Scope) -> Way:
    places = scope.places()
    lessons = (
        sa.select(LessonProgress.enrolment_id, Lesson.module_id)
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(LessonProgress.enrolment_id.in_(places))
    )
    attempts = (
        sa.select(Attempt.enrolment_id, Quiz.module_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.enrolment_id.in_(places), Quiz.module_id.is_not(None))
    )
    papers = (
        sa.select(PaperResult.enrolment_id, Quiz.module_id)
        .join(Quiz, Quiz.id == PaperResult.quiz_id)
        .where(
            PaperResult.enrolment_id.in_(places),
            PaperResult.revoked_at.is_(None),
            Quiz.module_id.is_not(None),
        )
    )
    begun: dict[int, set[int]] = {}
    every: sa.CompoundSelect[Any] = sa.union(lessons, attempts, papers)
    for row in db.session().execute(every):
        begun.setdefault(row[0], set()).add(row[1])
    earned: dict[SubjectKind, dict[int, set[int]]] = {kind: {} for kind in SubjectKind}
    for place_id, kind, subject_id in db.session().execute(
        sa.select(Completion.enrolment_id, Completion.kind, Completion.subject_id).where(
            Completion.enrolment_id.in_(places), Completion.kind != SubjectKind.LESSON
        )
    ):
        earned[kind].setdefault(place_id, set()).add(subject_id)
    return Way(begun, earned[SubjectKind.MODULE], earned[SubjectKind.COURSE])
