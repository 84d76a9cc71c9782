"""Answers of several windows: none disappears, and of two the one given later counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.rules.merging import Given, Held, Placing, Standing, came_late, given_at, place

NOON = datetime(2027, 3, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A, B, NONE = {"choice": "a"}, {"choice": "b"}, {}
NEVER = None


def at(minute: int) -> datetime:
    return NOON + minute * MINUTE


@pytest.mark.parametrize(
    ("new", "held", "seen", "placing"),
    [
        pytest.param((A, 1, "x"), NEVER, 0, Placing.STANDS, id="the first answer stands"),
        pytest.param((NONE, 1, ""), NEVER, 0, Placing.UNCHANGED, id="an empty form adds nothing"),
        pytest.param(
            (NONE, 1, "x"), NEVER, 0, Placing.STANDS, id="an answer taken back on purpose is kept"
        ),
        pytest.param((B, 2, "x"), (A, 1, "x"), 1, Placing.STANDS, id="a change of what was seen"),
        pytest.param(
            (B, 2, "y"), (A, 1, "x"), 1, Placing.STANDS, id="another window that saw the answer"
        ),
        pytest.param(
            (B, 1, "y"),
            (A, 2, "x"),
            1,
            Placing.STANDS,
            id="who saw the answer is believed, not clocks",
        ),
        pytest.param((A, 2, "y"), (A, 1, "x"), 1, Placing.UNCHANGED, id="the same as was seen"),
        pytest.param(
            (B, 2, ""), (A, 1, "x"), None, Placing.STANDS, id="no script, nothing known: believed"
        ),
        pytest.param((B, 2, "y"), (A, 1, "x"), 0, Placing.REPLACES, id="unseen, given later"),
        pytest.param((B, 1, "y"), (A, 2, "x"), 0, Placing.BESIDE, id="unseen, given earlier"),
        pytest.param((B, 1, "y"), (A, 1, "x"), 0, Placing.REPLACES, id="given at once: last wins"),
        pytest.param(
            (B, 2, "x"), (A, 1, "x"), 0, Placing.STANDS, id="one's own answer, its receipt lost"
        ),
        pytest.param(
            (B, 1, "x"), (A, 2, "x"), 0, Placing.OUTDATED, id="one's own, overtaken on the way"
        ),
        pytest.param(
            (A, 2, "y"), (A, 1, "x"), 0, Placing.STANDS, id="the same said again later holds later"
        ),
        pytest.param(
            (A, 1, "y"), (A, 2, "x"), 0, Placing.UNCHANGED, id="the same said earlier adds nothing"
        ),
        pytest.param((B, 2, ""), (A, 1, ""), 0, Placing.REPLACES, id="two pages without a script"),
    ],
)
def test_where_an_answer_goes(new, held, seen, placing):
    payload, minute, writer = new
    before = None if held is None else Held(held[0], at(held[1]), held[2], 1)
    found = place(Given(payload, at(minute), writer), before, seen=seen)
    assert found is placing
    assert found.is_told == (placing in {Placing.REPLACES, Placing.BESIDE})
    assert (found.standing is Standing.COUNTS) == (placing in {Placing.STANDS, Placing.REPLACES})


@pytest.mark.parametrize(
    ("age", "moment"),
    [
        pytest.param(None, at(60), id="unknown: when it arrived"),
        pytest.param(timedelta(0), at(60), id="at once"),
        pytest.param(5 * MINUTE, at(55), id="waited five minutes"),
        pytest.param(-5 * MINUTE, at(60), id="a clock set back puts nothing into the future"),
        pytest.param(timedelta(days=9), at(0), id="a clock set on: never before the attempt"),
    ],
)
def test_when_an_answer_was_given(age, moment):
    assert given_at(now=at(60), age=age, started_at=NOON) == moment


def test_an_answer_that_waited_is_told_from_one_that_came_at_once():
    assert came_late(NOON, NOON + timedelta(seconds=11))
    assert not came_late(NOON, NOON + timedelta(seconds=10))


class Question:
    """The versions of one answer, kept as the service keeps them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Given, Standing]] = []

    @property
    def held(self) -> Held | None:
        counting = [(n, g) for n, (_k, g, s) in enumerate(self.rows, 1) if s is Standing.COUNTS]
        if not counting:
            return None
        sequence, answer = counting[-1]
        return Held(answer.payload, answer.given_at, answer.writer, sequence)

    def deliver(self, key: str, answer: Given, seen: int) -> None:
        if any(key == known for known, _given, _standing in self.rows):
            return
        before = self.held
        placing = place(answer, before, seen=seen)
        if placing.standing is None:
            assert before is not None
            assert before.payload == answer.payload, "acknowledged, and nowhere to be found"
        else:
            self.rows.append((key, answer, placing.standing))


windows = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("abc")), min_size=1, max_size=8
)


@given(answers=windows, chance=st.randoms(use_true_random=False))
def test_no_acknowledged_answer_disappears_in_whatever_order_and_however_often_it_comes(
    answers, chance
):
    """Windows that know nothing of each other: what was given last counts, all else is there."""
    sent = [
        (f"k{n}", Given({"choice": choice}, at(n), writer))
        for n, (writer, choice) in enumerate(answers)
    ]
    deliveries = sent * 2
    chance.shuffle(deliveries)
    question = Question()
    for key, answer in deliveries:
        question.deliver(key, answer, seen=0)
    kept = [given.payload for _key, given, _standing in question.rows]
    assert all(answer.payload in kept for _key, answer in sent)
    assert question.held is not None
    assert question.held.payload == sent[-1][1].payload


@given(answers=windows, chance=st.randoms(use_true_random=False))
def test_what_a_person_saw_and_changed_is_changed_whatever_arrives_late(answers, chance):
    """All in one window, each after the other's receipt; old deliveries come again in between."""
    question, earlier = Question(), []
    for n, (_writer, choice) in enumerate(answers):
        held = question.held
        answer = Given({"choice": choice}, at(n), "x")
        question.deliver(f"k{n}", answer, held.sequence if held else 0)
        earlier.append((f"k{n}", answer))
        for key, old in chance.sample(earlier, k=chance.randint(0, len(earlier))):
            question.deliver(key, old, 0)
        assert question.held is not None
        assert question.held.payload == answer.payload
