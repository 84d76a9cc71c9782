"""When modules and courses are complete, what is open, what is missing: tables, no store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lms.courses.active_time import credit
from lms.courses.completion import (
    Condition,
    CoursePlan,
    Edge,
    Evidence,
    Kind,
    ModulePlan,
    assess,
    course_is_complete,
    missing_at_start,
    module_is_complete,
    open_edges,
    open_modules,
)

ONE = ModulePlan(1, (11, 12), ("quiz:1",))
TWO = ModulePlan(2, (21,), ("quiz:2",))
MODULES = (ONE, TWO)
READ = Condition(1, Kind.LESSONS_READ)
PASSED = Condition(2, Kind.QUIZZES_PASSED)
TAKEN = Condition(3, Kind.TESTS_TAKEN)
BOTH = (READ, PASSED)


def plan(*conditions, **more) -> CoursePlan:
    return CoursePlan(MODULES, conditions, **more)


def with_tests(*conditions, **more) -> CoursePlan:
    """A course with a test before its first module, one after its last, and a form after that."""
    edges = {"start": ("test:1",), "end": ("test:2", "form:1"), **more}
    return plan(*conditions, tests=frozenset({"test:1", "test:2"}), **edges)


def evidence(read=(), passed=(), **more) -> Evidence:
    return Evidence(lessons_read=set(read), activities_done=set(passed), **more)


@pytest.mark.parametrize(
    ("shown", "complete"),
    [
        pytest.param(evidence(), False, id="nothing done"),
        pytest.param(evidence([11, 12]), False, id="lessons without the quiz"),
        pytest.param(evidence([], ["quiz:1"]), False, id="the quiz without the lessons"),
        pytest.param(evidence([11], ["quiz:1"]), False, id="one lesson short"),
        pytest.param(evidence([11, 12], ["quiz:1"]), True, id="all of it"),
        pytest.param(
            evidence(modules_complete={1}), True, id="earned before, whatever changed since"
        ),
    ],
)
def test_a_module_is_complete_with_its_lessons_read_and_its_quizzes_passed(shown, complete):
    assert module_is_complete(plan(*BOTH), ONE, shown) is complete


@pytest.mark.parametrize(
    ("shown", "in_order", "opened"),
    [
        pytest.param(evidence(), True, {1}, id="the first is always open"),
        pytest.param(evidence([11, 12], ["quiz:1"]), True, {1, 2}, id="the next opens after it"),
        pytest.param(
            evidence([21], ["quiz:2"]), True, {1}, id="a later one done opens nothing before"
        ),
        pytest.param(evidence(), False, {1, 2}, id="without order all are open"),
        pytest.param(evidence(modules_begun={2}), True, {1, 2}, id="what was begun stays open"),
        pytest.param(evidence(modules_complete={2}), True, {1, 2}, id="and what was completed"),
        pytest.param(evidence(modules_begun={9}), True, {1}, id="what the course no longer has"),
    ],
)
def test_modules_open_in_order_where_the_course_says_so(shown, in_order, opened):
    assert open_modules(plan(*BOTH, in_order=in_order), shown) == opened


@pytest.mark.parametrize(
    ("condition", "shown", "met", "done", "needed"),
    [
        pytest.param(READ, evidence([11]), False, 1, 3, id="lessons are counted"),
        pytest.param(READ, evidence([11, 12, 21]), True, 3, 3, id="all lessons"),
        pytest.param(
            READ,
            evidence([], modules_complete={1}),
            False,
            2,
            3,
            id="a module once earned counts whole",
        ),
        pytest.param(PASSED, evidence([], ["quiz:1", "quiz:2"]), True, 2, 2, id="all quizzes"),
        pytest.param(
            PASSED,
            evidence([], ["quiz:2"], modules_complete={1}),
            True,
            1,
            1,
            id="a quiz that came after its module was completed is not claimed",
        ),
        pytest.param(
            PASSED,
            evidence([], ["quiz:9"]),
            False,
            0,
            2,
            id="a quiz that is not asked counts nothing",
        ),
        pytest.param(
            Condition(3, Kind.HOURS_ATTENDED),
            evidence(hours_attended=Decimal("5.5"), hours_required=Decimal(6)),
            False,
            Decimal("5.5"),
            6,
            id="half an hour short",
        ),
        pytest.param(
            Condition(3, Kind.HOURS_ATTENDED),
            evidence(hours_attended=Decimal(9), hours_required=Decimal(6)),
            True,
            6,
            6,
            id="more hours than asked are shown as asked",
        ),
        pytest.param(
            Condition(3, Kind.HOURS_ATTENDED), evidence(), True, 0, 0, id="no hours asked"
        ),
        pytest.param(
            Condition(3, Kind.HOURS_ATTENDED, {"hours": "4"}),
            evidence(hours_attended=Decimal(3)),
            False,
            3,
            4,
            id="the condition's own hours win over the edition's",
        ),
        pytest.param(
            Condition(4, Kind.FORM_SUBMITTED, {"form": "entry"}),
            evidence(forms_submitted={"entry"}),
            True,
            1,
            1,
            id="a form",
        ),
        pytest.param(
            Condition(5, Kind.CONFIRMED_BY_REGISTRAR),
            evidence(confirmed={5}),
            True,
            1,
            1,
            id="confirmed",
        ),
        pytest.param(
            Condition(5, Kind.CONFIRMED_BY_REGISTRAR),
            evidence(confirmed={6}),
            False,
            0,
            1,
            id="another was confirmed",
        ),
    ],
)
def test_a_condition_tells_how_much_of_it_is_done(condition, shown, met, done, needed):
    (result,) = assess(plan(condition), shown)
    assert (result.is_met, result.done, result.needed) == (met, done, needed)
    assert result.left == max(0, Decimal(needed) - Decimal(done))


def test_a_course_without_conditions_is_never_complete():
    assert not course_is_complete(())


def test_a_course_is_complete_when_every_condition_is_met():
    shown = evidence([11, 12, 21], ["quiz:1"])
    assert not course_is_complete(assess(plan(READ, PASSED), shown))
    shown = evidence([11, 12, 21], ["quiz:1", "quiz:2"])
    assert course_is_complete(assess(plan(READ, PASSED), shown))


# What a course asks for decides what opens.


@pytest.mark.parametrize(
    ("conditions", "shown", "opened"),
    [
        pytest.param([PASSED], evidence([], ["quiz:1"]), {1, 2}, id="quizzes alone are asked for"),
        pytest.param(
            [PASSED], evidence([11, 12]), {1}, id="lessons don't help where quizzes count"
        ),
        pytest.param([READ], evidence([11, 12]), {1, 2}, id="lessons alone are asked for"),
        pytest.param(BOTH, evidence([], ["quiz:1"]), {1}, id="both are asked for"),
        pytest.param([], evidence([11, 12]), {1}, id="a course that asks for neither wants both"),
        pytest.param([TAKEN], evidence([11, 12], ["quiz:1"]), {1, 2}, id="and so here"),
    ],
)
def test_modules_open_on_what_the_course_asks_for(conditions, shown, opened):
    assert open_modules(plan(*conditions), shown) == opened


def test_a_module_without_a_quiz_wants_its_lessons_where_quizzes_are_asked_for():
    course = CoursePlan((ModulePlan(1, (11,), ()),), (PASSED,))
    assert not module_is_complete(course, course.modules[0], evidence())
    assert module_is_complete(course, course.modules[0], evidence([11]))


@pytest.mark.parametrize(
    ("shown", "opened"),
    [
        pytest.param(evidence(), set(), id="nothing before the test at the start"),
        pytest.param(evidence([], ["test:1"]), {1}, id="it is taken"),
        pytest.param(evidence(has_begun=True), {1}, id="who has begun already goes on"),
        pytest.param(evidence(modules_complete={1}), {1, 2}, id="who has a module goes on"),
    ],
)
def test_a_test_at_the_start_comes_before_the_first_module(shown, opened):
    assert open_modules(with_tests(*BOTH), shown) == opened
    assert bool(missing_at_start(with_tests(*BOTH), shown)) is (not opened)


def test_it_comes_first_in_a_course_without_order_too():
    course = with_tests(PASSED, in_order=False)
    assert open_modules(course, evidence()) == frozenset()
    assert open_modules(course, evidence([], ["test:1"])) == {1, 2}


QUIZZES = ["quiz:1", "quiz:2"]


@pytest.mark.parametrize(
    ("conditions", "shown", "opened"),
    [
        pytest.param([PASSED], evidence(), set(), id="nothing done"),
        pytest.param([PASSED], evidence([], ["quiz:1"]), set(), id="a quiz is missing"),
        pytest.param([PASSED], evidence([], QUIZZES), {"test:2"}, id="all quizzes are passed"),
        pytest.param(BOTH, evidence([11, 12], QUIZZES), set(), id="a lesson asked for is missing"),
        pytest.param(BOTH, evidence([11, 12, 21], QUIZZES), {"test:2"}, id="all that is asked for"),
        pytest.param(
            [PASSED],
            evidence([], [*QUIZZES, "test:2"]),
            {"test:2", "form:1"},
            id="the form after it",
        ),
        pytest.param(
            [PASSED],
            evidence([], ["test:2"]),
            {"test:2"},
            id="what is done stays, whatever changes",
        ),
        pytest.param(
            [PASSED], evidence(modules_complete={1, 2}), {"test:2"}, id="modules earned before"
        ),
    ],
)
def test_the_end_opens_after_the_modules_one_thing_after_another(conditions, shown, opened):
    assert open_edges(with_tests(*conditions), shown) == opened | {"test:1"}


@pytest.mark.parametrize(
    ("shown", "met"),
    [
        pytest.param(evidence(), [False, False], id="neither"),
        pytest.param(evidence([], ["test:1"]), [True, False], id="the first"),
        pytest.param(evidence([], ["test:1", "test:2"]), [True, True], id="both"),
        pytest.param(evidence([], ["form:1"]), [False, False], id="a form is no test"),
    ],
)
def test_tests_taken_tells_the_first_from_the_last(shown, met):
    results = assess(with_tests(TAKEN), shown)
    assert [r.edge for r in results] == [Edge.START, Edge.END]
    assert [r.is_met for r in results] == met
    assert course_is_complete(results) is all(met)


def test_a_course_whose_tests_are_not_ready_is_not_complete():
    (result,) = assess(plan(TAKEN), evidence())
    assert (result.is_met, result.left) == (False, 1)


def test_one_test_is_enough_where_the_course_has_but_one():
    course = with_tests(TAKEN, start=(), end=("test:2",))
    (result,) = assess(course, evidence([], ["test:2"]))
    assert (result.edge, result.is_met) == (Edge.END, True)


NOW = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "seconds"),
    [
        pytest.param(None, 0, id="the first sign of life earns nothing"),
        pytest.param(timedelta(seconds=40), 40, id="a short gap counts whole"),
        pytest.param(timedelta(minutes=5), 300, id="five minutes still count"),
        pytest.param(timedelta(minutes=5, seconds=1), 0, id="a longer pause is cut"),
        pytest.param(timedelta(seconds=-30), 0, id="a clock that went back earns nothing"),
    ],
)
def test_active_time_is_the_gaps_between_signs_of_life(gap, seconds):
    assert credit(None if gap is None else NOW - gap, NOW) == seconds
