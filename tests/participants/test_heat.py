"""How warm a module is for somebody, and who is stuck: the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms.participants.forecast import Risk
from lms.participants.heat import (
    LONG,
    ModuleSigns,
    Square,
    Step,
    Stuck,
    square_of,
    stuck_of,
    urgency,
)
from lms.participants.standing import Stage

NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
COLD = ModuleSigns(state="todo", lessons=7, has_test=True)
READ = replace(COLD, state="half", read=7, last_read_at=NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("signs", "step", "number"),
    [
        pytest.param(COLD, Step.TODO, 0, id="nothing yet"),
        pytest.param(replace(COLD, state="half"), Step.BEGUN, 0, id="opened, nothing read"),
        pytest.param(replace(READ, read=3), Step.BEGUN, 0, id="less than half"),
        pytest.param(replace(READ, read=4), Step.MOST, 0, id="half or more"),
        pytest.param(READ, Step.AT_TEST, 0, id="every lesson read"),
        pytest.param(replace(READ, last_read_at=NOW - LONG), Step.LONG_AT_TEST, 7, id="for a week"),
        pytest.param(
            replace(READ, last_read_at=NOW - LONG + timedelta(seconds=1)),
            Step.AT_TEST,
            0,
            id="a second less than a week",
        ),
        pytest.param(
            replace(READ, has_test=False, last_read_at=NOW - 9 * LONG),
            Step.MOST,
            0,
            id="where no test is nobody stands at one",
        ),
        pytest.param(replace(READ, failed=1), Step.AT_TEST, 0, id="failed once is no trouble"),
        pytest.param(replace(READ, failed=2), Step.FAILED, 2, id="failed twice"),
        pytest.param(
            replace(READ, failed=3, is_blocked=True), Step.BLOCKED, 3, id="no attempt left"
        ),
        pytest.param(
            replace(READ, state="done", failed=3, is_blocked=True),
            Step.DONE,
            0,
            id="what is completed is done, whatever came before",
        ),
        pytest.param(
            ModuleSigns(state="todo", lessons=0), Step.TODO, 0, id="a module without lessons"
        ),
    ],
)
def test_a_square_says_how_far_somebody_is(signs: ModuleSigns, step: Step, number: int) -> None:
    square = square_of(signs, now=NOW)
    assert (square.step, square.number) == (step, number)


def test_lessons_withdrawn_since_are_not_counted_beyond_all() -> None:
    assert square_of(replace(READ, read=9), now=NOW).read == 7


@pytest.mark.parametrize(
    ("stage", "steps", "stuck"),
    [
        pytest.param(Stage.LEARNING, [Step.DONE, Step.AT_TEST], (), id="on the way"),
        pytest.param(
            Stage.QUIET,
            [Step.LONG_AT_TEST, Step.FAILED, Step.BLOCKED],
            (Stuck.BLOCKED, Stuck.FAILED, Stuck.LONG_AT_TEST, Stuck.QUIET),
            id="all at once, the most urgent first",
        ),
        pytest.param(Stage.INVITED, [Step.TODO], (Stuck.NEVER_IN,), id="never came in"),
        pytest.param(Stage.COMPLETED, [Step.FAILED], (), id="who has completed"),
        pytest.param(Stage.SUSPENDED, [Step.FAILED], (), id="who is shut out"),
        pytest.param(Stage.WITHDRAWN, [Step.BLOCKED], (), id="who has left"),
    ],
)
def test_who_is_stuck(stage: Stage, steps: list[Step], stuck: tuple[Stuck, ...]) -> None:
    assert stuck_of(stage, [Square(step) for step in steps]) == stuck


def test_the_most_in_need_come_first_and_who_is_done_last() -> None:
    order = [
        urgency(Stage.LEARNING, (Stuck.BLOCKED,), None),
        urgency(Stage.LEARNING, (Stuck.FAILED, Stuck.QUIET), None),
        urgency(Stage.QUIET, (Stuck.QUIET,), Risk.QUIET),
        urgency(Stage.INVITED, (Stuck.NEVER_IN,), Risk.NEVER_IN),
        urgency(Stage.SIGNED_IN, (), Risk.NOT_BEGUN),
        urgency(Stage.LEARNING, (), Risk.TOO_SLOW),
        urgency(Stage.LEARNING, (), None),
        urgency(Stage.COMPLETED, (), None),
    ]
    assert order == sorted(order)
    assert len(set(order)) == len(order)
