"""Corrections as plain rules: what an answer is worth after them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.corrections.keyed import stale_feedback
from lms.quizzes.corrections.marking import can_mark, mark_item, total_of
from lms.quizzes.corrections.neutral import flawable, may_ignore
from lms.quizzes.corrections.proposal import Proposal, Why, refusal
from lms.quizzes.corrections.standing import Act, CorrectionKind, Standing, standing_of
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.registry import parse_question

K = CorrectionKind
IDS = ("a", "b", "c", "d")


def options(*fractions: str) -> list[dict[str, str]]:
    return [{"id": i, "text": i, "fraction": f} for i, f in zip(IDS, fractions, strict=False)]


SINGLE = parse_question(
    {"type": "single_choice", "stem": "?", "options": options("1", "0", "0.5", "-0.25")}
)
SEVERAL = parse_question(
    {
        "type": "multiple_choice",
        "stem": "?",
        "scoring": "sum_of_fractions",
        "options": options("0.5", "0.5", "-0.5", "-0.5"),
    }
)
TRUE = parse_question({"type": "true_false", "stem": "?", "answer": True})
MATCH = parse_question(
    {
        "type": "matching",
        "stem": "?",
        "stems": [
            {"id": "a", "text": "unu", "answer": "x"},
            {"id": "b", "text": "doi", "answer": "y"},
            {"id": "c", "text": "trei", "answer": "z"},
        ],
        "answers": [{"id": i, "text": i} for i in "xyz"],
    }
)


def said(right: str):
    """Ask for one of two; what is said of each is for „a” as the right one."""
    words = {"a": "Corect: așa este.", "b": "Greșit: nu este.", "c": ""}
    rows = [
        {"id": i, "text": i, "fraction": "1" if i == right else "0", "feedback": text}
        for i, text in words.items()
    ]
    return parse_question({"type": "single_choice", "stem": "?", "options": rows})


def test_comments_that_stay_while_their_answer_became_right_or_wrong_are_found():
    old = said("a")
    assert [o.id for o in stale_feedback(old, said("b"))] == ["a", "b"]
    assert [o.id for o in stale_feedback(old, said("c"))] == ["a"]
    assert stale_feedback(old, old) == ()
    assert stale_feedback(TRUE, old) == ()


def worth(question, payload, *, credited=(), ignored=(), **more):
    standing = Standing(credited=frozenset(credited), ignored=frozenset(ignored), **more)
    return mark_item(question, payload, standing)


@pytest.mark.parametrize(
    ("question", "payload", "credited", "ignored", "fraction", "left_out"),
    [
        # One answer: counted as right, ignored.
        (SINGLE, {"choice": "b"}, "", "", "0", False),
        (SINGLE, {"choice": "b"}, "b", "", "1", False),
        (SINGLE, {"choice": "c"}, "c", "", "1", False),
        (SINGLE, {"choice": "a"}, "b", "", "1", False),
        (SINGLE, {}, "b", "", "0", False),
        (SINGLE, {"choice": "b"}, "", "b", "0", True),
        (SINGLE, {"choice": "c"}, "", "b", "0.5", False),
        (SINGLE, {}, "", "b", "0", False),
        (TRUE, {"choice": "false"}, ["false"], "", "1", False),
        (TRUE, {"choice": "false"}, "", ["false"], "0", True),
        # Several: the weights of the right ones are made whole again.
        (SEVERAL, {"choices": ["a"]}, "", "", "0.5", False),
        (SEVERAL, {"choices": ["a"]}, "", "b", "1", False),
        (SEVERAL, {"choices": ["a", "c"]}, "", "c", "0.5", False),
        (SEVERAL, {"choices": ["a", "b", "c"]}, "", "c", "1", False),
        (SEVERAL, {"choices": ["c"]}, "", "c", "0", False),
        (SEVERAL, {"choices": ["a", "b", "c"]}, "c", "", "1", False),
        (SEVERAL, {"choices": ["a", "b"]}, "c", "", "1", False),
        (SEVERAL, {"choices": ["a"]}, "b", "", "1", False),
        (SEVERAL, {}, "c", "", "0", False),
        # Rows: right wherever answered; not counted.
        (MATCH, {"pairs": {"a": "x", "b": "z"}}, "", "", "0.3333333", False),
        (MATCH, {"pairs": {"a": "x", "b": "z"}}, "b", "", "0.6666667", False),
        (MATCH, {"pairs": {"a": "x", "b": "z"}}, "", "c", "0.5", False),
        (MATCH, {"pairs": {"a": "x", "b": "z"}}, "", "bc", "1", False),
        (MATCH, {"pairs": {"a": "x"}}, "b", "", "0.3333333", False),
    ],
)
def test_a_flawed_option_is_made_harmless(question, payload, credited, ignored, fraction, left_out):
    found = worth(question, payload, credited=credited, ignored=ignored)
    assert found.marks * found.kept_fraction == Decimal(fraction)
    assert found.is_left_out is left_out


def test_a_dropped_question_gives_full_marks_or_leaves_the_total():
    right, wrong = {"choice": "a"}, {"choice": "b"}
    credit = worth(SINGLE, wrong, whole=K.QUESTION_CREDIT)
    assert (credit.earned, credit.possible) == (1, 1)
    out = worth(SINGLE, wrong, whole=K.QUESTION_LEFT_OUT)
    assert (out.earned, out.possible) == (0, 0)
    total = total_of([mark_item(SINGLE, right), out], pass_mark=Decimal(70))
    assert (total.earned, total.possible, total.percent, total.passed) == (1, 1, 100, True)
    unanswered = worth(SINGLE, {}, whole=K.QUESTION_CREDIT)
    assert unanswered.earned == 1


def test_a_mark_by_hand_outdoes_the_key_and_a_dropped_question_outdoes_it():
    assert mark_item(SINGLE, {"choice": "a"}, by_hand=Decimal("0.25")).fraction == Decimal("0.25")
    dropped = Standing(whole=K.QUESTION_CREDIT)
    assert mark_item(SINGLE, {}, dropped, Decimal("0.25")).fraction == 1


def test_answers_are_marked_by_another_key_with_the_same_options():
    other = parse_question(
        {"type": "single_choice", "stem": "?", "options": options("0", "1", "0", "0")}
    )
    assert can_mark(other, SINGLE)
    assert mark_item(SINGLE, {"choice": "b"}, Standing(key=other)).fraction == 1
    assert mark_item(SINGLE, {"choice": "a"}, Standing(key=other)).fraction == 0
    assert not can_mark(TRUE, SINGLE)
    shorter = parse_question(
        {"type": "single_choice", "stem": "?", "options": options("0", "1", "0")}
    )
    assert not can_mark(shorter, SINGLE)
    dearer = parse_question(
        {"type": "single_choice", "stem": "?", "marks": "2", "options": options("0", "1", "0", "0")}
    )
    assert not can_mark(dearer, SINGLE)


def test_of_two_corrections_of_one_thing_the_later_holds_and_a_withdrawn_one_does_not():
    acts = [
        Act(1, K.OPTION_CREDIT, "b"),
        Act(2, K.OPTION_IGNORED, "b"),
        Act(3, K.QUESTION_CREDIT),
        Act(4, K.WITHDRAWN, withdraws=3),
    ]
    held = standing_of(acts)
    assert (held.credited, held.ignored, held.whole) == (frozenset(), {"b"}, None)
    assert standing_of([*acts, Act(5, K.WITHDRAWN, withdraws=2)]).credited == {"b"}


@pytest.mark.parametrize(
    ("question", "acts", "proposal", "why"),
    [
        (SINGLE, (), (K.OPTION_CREDIT, "b"), None),
        (SINGLE, (), (K.OPTION_CREDIT, "a"), Why.CHANGES_NOTHING),
        (SINGLE, (), (K.OPTION_IGNORED, "a"), Why.NOTHING_RIGHT_LEFT),
        (SINGLE, (), (K.OPTION_IGNORED, "nu-e"), Why.NO_SUCH_OPTION),
        (SINGLE, (), (K.OPTION_IGNORED, None), Why.NO_SUCH_OPTION),
        (SINGLE, (Act(1, K.OPTION_IGNORED, "b"),), (K.OPTION_IGNORED, "b"), Why.ALREADY),
        (TRUE, (), (K.OPTION_CREDIT, "true"), Why.CHANGES_NOTHING),
        (SEVERAL, (), (K.OPTION_IGNORED, "a"), None),
        (
            SEVERAL,
            (Act(1, K.OPTION_IGNORED, "a"),),
            (K.OPTION_IGNORED, "b"),
            Why.NOTHING_RIGHT_LEFT,
        ),
        (SINGLE, (), (K.QUESTION_CREDIT, None), None),
        (SINGLE, (Act(1, K.QUESTION_CREDIT),), (K.QUESTION_CREDIT, None), Why.ALREADY),
        (SINGLE, (Act(1, K.QUESTION_CREDIT),), (K.QUESTION_LEFT_OUT, None), None),
        (SINGLE, (), (K.WITHDRAWN, None), Why.NOT_IN_FORCE),
        (SINGLE, (), (K.KEY, None), Why.CHANGES_NOTHING),
    ],
)
def test_what_makes_no_sense_is_refused(question, acts, proposal, why):
    kind, option = proposal
    assert refusal(Proposal(7, kind, option), acts, question, None) is why


ticks = st.lists(st.sampled_from(IDS), unique=True)


@st.composite
def several(draw):
    right = draw(st.integers(1, 3))
    share = Decimal(1) / right
    weights = [str(round(share, 7))] * right + ["-0.5"] * (4 - right)
    return parse_question(
        {
            "type": "multiple_choice",
            "stem": "?",
            "scoring": draw(st.sampled_from(sorted(Scheme))).value,
            "options": options(*weights),
        }
    )


@given(question=several(), chosen=ticks, credited=ticks)
def test_counting_options_as_right_never_lowers_a_mark(question, chosen, credited):
    payload = {"choices": chosen}
    before, after = mark_item(question, payload), worth(question, payload, credited=credited)
    assert before.fraction <= after.fraction <= 1


@given(question=several(), chosen=ticks, credited=ticks, ignored=ticks)
def test_marks_stay_between_nothing_and_all_whatever_was_corrected(
    question, chosen, credited, ignored
):
    found = worth(question, {"choices": chosen}, credited=credited, ignored=ignored)
    assert 0 <= found.fraction <= 1
    assert 0 <= found.earned <= found.possible


@given(question=several(), chosen=ticks, ignored=st.sampled_from(IDS))
def test_whether_an_ignored_option_was_ticked_makes_no_difference(question, chosen, ignored):
    if not may_ignore(question, ignored, Standing()):
        return
    with_it = {"choices": [*{*chosen, ignored}]}
    without = {"choices": [i for i in chosen if i != ignored]}
    first = worth(question, with_it, ignored=[ignored])
    assert first.fraction == worth(question, without, ignored=[ignored]).fraction


kinds = st.sampled_from([k for k in K if k not in {K.KEY, K.WITHDRAWN}])


@given(
    kinds=st.lists(kinds, max_size=6),
    option=st.sampled_from(IDS),
    choice=st.sampled_from([*IDS, None]),
)
def test_corrections_all_withdrawn_leave_every_mark_as_it_was(kinds, option, choice):
    acts = [Act(n, kind, option) for n, kind in enumerate(kinds, 1)]
    back = [Act(100 + act.id, K.WITHDRAWN, withdraws=act.id) for act in acts]
    payload = {"choice": choice} if choice else {}
    held = standing_of([*acts, *back])
    assert not held
    assert mark_item(SINGLE, payload, held) == mark_item(SINGLE, payload)


def test_only_what_may_be_flawed_is_offered():
    assert [each.id for each in flawable(SINGLE)] == list(IDS)
    assert [each.id for each in flawable(TRUE)] == ["true", "false"]
    assert [each.id for each in flawable(MATCH)] == ["a", "b", "c"]
    number = parse_question(
        {"type": "numerical", "stem": "?", "answers": [{"value": "3", "fraction": "1"}]}
    )
    assert flawable(number) == ()
