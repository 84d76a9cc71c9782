"""What waits for a learner: tests to be passed, and works that were sent back."""

from __future__ import annotations

from lms.courses.activities import Activity
from lms.courses.exercises import ExerciseState
from lms.courses.outline import LessonEntry, ModuleEntry
from lms.courses.queries import Standing


def failed_tests(standing: Standing, shown: Activity | None = None) -> list[Activity]:
    """Return the tests that were tried and not passed and that a module still asks for.

    All but the one that the page shows as the next step.
    """
    return [
        activity
        for module in standing.outline.modules
        if module.id in standing.open_modules and not standing.is_complete(module)
        for activity in module.activities
        if activity.key in standing.unpassed
        and activity != shown
        and activity.key in standing.outline.plan.asked_of(module.plan)[1]
    ]


def sent_back(standing: Standing) -> list[tuple[LessonEntry, ModuleEntry]]:
    """Return the lessons whose exercise the trainer wants once more."""
    return [
        (lesson, standing.outline.module(lesson.module_id))
        for lesson in standing.outline.exercises
        if standing.exercises.get(lesson.id) is ExerciseState.REOPENED
    ]
