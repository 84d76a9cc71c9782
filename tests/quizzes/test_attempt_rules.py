"""Starting, ending, and answers that come late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.quizzes.rules.attempt_rules import (
    AnswerVerdict,
    AttemptState,
    StartRefusal,
    Window,
    attempts_left,
    closed_at,
    due_at,
    judge_answer,
    refuse_start,
    shown_of,
    time_left,
)
from lms.quizzes.rules.review import Shown
from lms.quizzes.rules.settings import FeedbackTime, QuizSettings

NOON = datetime(2027, 3, 28, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THREE = QuizSettings(attempts=3)
UNLIMITED = QuizSettings(attempts=None)
TIMED = QuizSettings(time_limit=30)


@pytest.mark.parametrize(
    ("settings", "used", "extra", "left"),
    [
        (THREE, 0, 0, 3),
        (THREE, 3, 0, 0),
        (THREE, 3, 1, 1),
        (THREE, 5, 0, 0),
        (UNLIMITED, 99, 0, None),
    ],
)
def test_attempts_left(settings, used, extra, left):
    assert attempts_left(settings, used, extra) == left


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        pytest.param({"used": 0}, None, id="the first may start"),
        pytest.param({"used": 3}, StartRefusal.NONE_LEFT, id="none left"),
        pytest.param({"used": 3, "extra": 1}, None, id="an extra one given"),
        pytest.param({"used": 1, "has_open": True}, StartRefusal.ONE_IS_OPEN, id="one is open"),
        pytest.param(
            {"used": 0, "window": Window(opens_at=NOON + SECOND)},
            StartRefusal.NOT_YET_OPEN,
            id="a second before it opens",
        ),
        pytest.param({"used": 0, "window": Window(opens_at=NOON)}, None, id="as it opens"),
        pytest.param(
            {"used": 0, "window": Window(closes_at=NOON)}, StartRefusal.CLOSED, id="as it closes"
        ),
        pytest.param(
            {"used": 0, "window": Window(closes_at=NOON + SECOND)}, None, id="just before it closes"
        ),
    ],
)
def test_who_may_start(facts, refusal):
    assert refuse_start(THREE, now=NOON, **facts) is refusal


@pytest.mark.parametrize(
    ("settings", "closes_at", "extra", "due"),
    [
        pytest.param(THREE, None, 0, None, id="no limit, no close"),
        pytest.param(TIMED, None, 0, NOON + timedelta(minutes=30), id="start plus limit"),
        pytest.param(TIMED, NOON + SECOND, 0, NOON + SECOND, id="the close comes first"),
        pytest.param(THREE, NOON + SECOND, 0, NOON + SECOND, id="only a close"),
        pytest.param(TIMED, None, 15, NOON + timedelta(minutes=45), id="longer for one person"),
        pytest.param(TIMED, NOON + SECOND, 15, NOON + SECOND, id="not beyond the close"),
    ],
)
def test_when_an_attempt_is_due(settings, closes_at, extra, due):
    extra_time = timedelta(minutes=extra)
    got = due_at(settings, started_at=NOON, closes_at=closes_at, extra_time=extra_time)
    assert got == due


@pytest.mark.parametrize(
    ("state", "late", "verdict"),
    [
        pytest.param(AttemptState.OPEN, -1, AnswerVerdict.COUNTS, id="in time"),
        pytest.param(AttemptState.OPEN, 0, AnswerVerdict.COUNTS, id="on the second"),
        pytest.param(AttemptState.OPEN, 1, AnswerVerdict.COUNTS_IN_GRACE, id="a second late"),
        pytest.param(AttemptState.OPEN, 60, AnswerVerdict.COUNTS_IN_GRACE, id="end of grace"),
        pytest.param(AttemptState.OPEN, 61, AnswerVerdict.TOO_LATE, id="after grace"),
        pytest.param(AttemptState.SUBMITTED, -1, AnswerVerdict.ATTEMPT_CLOSED, id="submitted"),
    ],
)
def test_which_answers_count(state, late, verdict):
    now = NOON + late * SECOND
    assert judge_answer(state, now=now, due=NOON) is verdict
    assert verdict.counts == (verdict in {AnswerVerdict.COUNTS, AnswerVerdict.COUNTS_IN_GRACE})


def test_without_an_end_every_answer_counts():
    assert judge_answer(AttemptState.OPEN, now=NOON, due=None) is AnswerVerdict.COUNTS
    assert time_left(now=NOON, due=None) is None


def test_an_attempt_never_ends_after_it_was_due():
    assert closed_at(now=NOON + SECOND, due=NOON) == NOON
    assert closed_at(now=NOON - SECOND, due=NOON) == NOON - SECOND
    assert closed_at(now=NOON, due=None) == NOON


def test_time_left_never_falls_below_nothing():
    assert time_left(now=NOON, due=NOON + 5 * SECOND) == 5 * SECOND
    assert time_left(now=NOON + SECOND, due=NOON) == timedelta(0)


@pytest.mark.parametrize(
    ("feedback", "state", "closes_at", "seen"),
    [
        (FeedbackTime.AFTER_SUBMISSION, AttemptState.OPEN, None, False),
        (FeedbackTime.AFTER_SUBMISSION, AttemptState.SUBMITTED, None, True),
        (FeedbackTime.AFTER_CLOSE, AttemptState.SUBMITTED, None, False),
        (FeedbackTime.AFTER_CLOSE, AttemptState.SUBMITTED, NOON + SECOND, False),
        (FeedbackTime.AFTER_CLOSE, AttemptState.SUBMITTED, NOON, True),
        (FeedbackTime.AFTER_CLOSE, AttemptState.OPEN, NOON, False),
        (FeedbackTime.NEVER, AttemptState.SUBMITTED, NOON, False),
    ],
)
def test_when_feedback_may_be_seen(feedback, state, closes_at, seen):
    settings = QuizSettings(feedback=feedback)
    shown = shown_of(settings, state, now=NOON, submitted_at=NOON, closes_at=closes_at)
    assert (Shown.RIGHT_ANSWER in shown) is seen


@pytest.mark.parametrize(
    ("state", "is_final_taken", "seen"),
    [
        (AttemptState.OPEN, True, False),
        (AttemptState.SUBMITTED, False, False),
        (AttemptState.SUBMITTED, True, True),
    ],
)
def test_a_first_test_shows_its_feedback_after_the_final_one(state, is_final_taken, seen):
    settings = QuizSettings(feedback=FeedbackTime.AFTER_FINAL, pass_mark=None)
    shown = shown_of(settings, state, now=NOON, submitted_at=NOON, is_final_taken=is_final_taken)
    assert (Shown.RIGHT_ANSWER in shown) is seen
