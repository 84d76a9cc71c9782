"""Ordering: nine schemes, what is drawn, and what a form without a script sends."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.question_types.ordering.schemes import OrderScheme, fraction_of
from lms.quizzes.question_types.protocol import InvalidResponse
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.types.cases import earned, near, question

SHEET = "quiz-rules 2"


def ordering(items="abcd", **options):
    return question("ordering", items=[{"id": i, "text": f"pasul {i}"} for i in items], **options)


# scheme, given order of abcd, fraction
CASES = [
    ("all_or_nothing", "abcd", "1"),
    ("all_or_nothing", "abdc", "0"),
    ("all_or_nothing", "dcba", "0"),
    ("absolute_position", "abcd", "1"),
    ("absolute_position", "abdc", "1/2"),
    ("absolute_position", "bcda", "0"),
    ("absolute_position", "dbca", "1/2"),
    ("absolute_position", "acbd", "1/2"),
    ("next_without_last", "abcd", "1"),
    ("next_without_last", "bcda", "2/3"),
    ("next_without_last", "abdc", "1/3"),
    ("next_without_last", "dcba", "0"),
    ("next_without_last", "cdab", "2/3"),
    ("next_with_last", "abcd", "1"),
    ("next_with_last", "bcda", "1/2"),
    ("next_with_last", "acbd", "1/4"),
    ("next_with_last", "dabc", "1/2"),
    ("next_with_last", "dcba", "0"),
    ("one_previous_and_next", "abcd", "1"),
    ("one_previous_and_next", "abdc", "1/3"),
    ("one_previous_and_next", "bcda", "2/3"),
    ("one_previous_and_next", "dcba", "0"),
    ("all_previous_and_next", "abcd", "1"),
    ("all_previous_and_next", "abdc", "5/6"),
    ("all_previous_and_next", "bcda", "1/2"),
    ("all_previous_and_next", "dcba", "0"),
    ("all_previous_and_next", "dabc", "1/2"),
    ("longest_ordered", "abcd", "1"),
    ("longest_ordered", "abdc", "3/4"),
    ("longest_ordered", "dabc", "3/4"),
    ("longest_ordered", "badc", "1/2"),
    ("longest_ordered", "dcba", "1/4"),
    ("longest_contiguous", "abcd", "1"),
    ("longest_contiguous", "abdc", "1/2"),
    ("longest_contiguous", "dabc", "3/4"),
    ("longest_contiguous", "acbd", "1/4"),
    ("relative_to_correct", "abcd", "1"),
    ("relative_to_correct", "abdc", "10/12"),
    ("relative_to_correct", "dcba", "4/12"),
    ("relative_to_correct", "bcda", "6/12"),
]


@pytest.mark.parametrize(("scheme", "given_order", "expected"), CASES)
def test_an_order_earns(scheme, given_order, expected):
    asked = ordering(scoring=scheme)
    assert near(earned(asked, {"order": list(given_order)}), expected), f"{SHEET}: {scheme}"


def by_definition(scheme: OrderScheme, given: tuple[str, ...], right: tuple[str, ...]) -> Fraction:
    """Say the sheet's words in the plainest way."""
    n = len(right)

    def sets(order):
        return {x: (set(order[: order.index(x)]), set(order[order.index(x) + 1 :])) for x in order}

    def following(order, x):
        at = order.index(x)
        return order[at + 1] if at + 1 < n else None

    def runs(contiguous):
        best = 0
        for size in range(1, n + 1):
            for places in itertools.combinations(range(n), size):
                at = [right.index(given[p]) for p in places]
                if at != sorted(at):
                    continue
                side_by_side = places[-1] - places[0] == size - 1 and at[-1] - at[0] == size - 1
                if not contiguous or side_by_side:
                    best = max(best, size)
        return best

    match scheme:
        case OrderScheme.ALL_OR_NOTHING:
            return Fraction(given == right)
        case OrderScheme.ABSOLUTE_POSITION:
            return Fraction(sum(a == b for a, b in zip(given, right, strict=True)), n)
        case OrderScheme.NEXT_WITHOUT_LAST:
            hits = sum(following(given, x) == following(right, x) for x in right[:-1])
            return Fraction(hits, n - 1)
        case OrderScheme.NEXT_WITH_LAST:
            return Fraction(sum(following(given, x) == following(right, x) for x in right), n)
        case OrderScheme.ONE_PREVIOUS_AND_NEXT:
            pairs = set(itertools.pairwise(right))
            hits = sum(pair in pairs for pair in itertools.pairwise(given))
            return Fraction(2 * hits, 2 * (n - 1))
        case OrderScheme.ALL_PREVIOUS_AND_NEXT:
            one, other = sets(given), sets(right)
            hits = sum(len(one[x][k] & other[x][k]) for x in right for k in (0, 1))
            return Fraction(hits, sum(len(other[x][k]) for x in right for k in (0, 1)))
        case OrderScheme.LONGEST_ORDERED:
            return Fraction(runs(False), n)
        case OrderScheme.LONGEST_CONTIGUOUS:
            return Fraction(runs(True), n)
        case _:
            near_by = sum(max(0, n - 1 - abs(given.index(x) - right.index(x))) for x in right)
            return Fraction(near_by, n * (n - 1))


@given(st.sampled_from(list(OrderScheme)), st.integers(2, 6), st.randoms(use_true_random=False))
def test_every_scheme_agrees_with_its_definition(scheme, count, random):
    right = tuple("abcdef"[:count])
    given_order = list(right)
    random.shuffle(given_order)
    expected = by_definition(scheme, tuple(given_order), right)
    found = fraction_of(scheme, given_order, right)
    assert abs(Fraction(found) - expected) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, "0"),
        ({"order": ["a", "b", "c"]}, "0"),
        ({"order": ["a", "a", "b", "c"]}, "0"),
        ({"order": ["a", "b", "c", "z"]}, "0"),
        ({"at": {"a": "1", "b": "2"}}, "0"),
        ({"order": "abcd"}, "0"),
    ],
)
def test_what_is_no_whole_order_earns_nothing(payload, expected):
    assert near(earned(ordering(), payload), expected)


@pytest.mark.parametrize(
    ("form", "payload"),
    [
        ({"at-a": ["1"], "at-b": ["2"], "at-c": ["3"], "at-d": ["4"]}, {"order": [*"abcd"]}),
        ({"at-a": ["40"], "at-b": ["2"], "at-c": ["3"], "at-d": ["4"]}, {"order": [*"bcda"]}),
        ({"at-a": ["1"], "at-b": ["1"]}, {"at": {"a": "1", "b": "1"}}),
        ({"at-a": ["întâi"]}, {"at": {"a": "întâi"}}),
        ({"at-a": [""], "shown": ["d c b a"]}, {}),
        ({"shown": ["d c b a"], "move": ["up:a"]}, {"order": [*"dcab"]}),
        ({"shown": ["d c b a"], "move": ["down:d"]}, {"order": [*"cdba"]}),
        ({"shown": ["d c b a"], "move": ["up:d"]}, {"order": [*"dcba"]}),
        (
            {"at-a": ["1"], "at-b": ["2"], "at-c": ["3"], "at-d": ["4"], "move": ["down:a"]},
            {"order": [*"bacd"]},
        ),
    ],
)
def test_a_form_becomes_an_order(form, payload):
    asked = ordering()
    assert rules_for(asked).read_response(asked, form) == payload


def test_a_move_of_what_is_not_there_is_refused():
    asked = ordering()
    with pytest.raises(InvalidResponse):
        rules_for(asked).read_response(asked, {"shown": ["a b c d"], "move": ["up:z"]})


@given(st.sampled_from(["random", "contiguous"]), st.integers(2, 6), st.integers(0, 2**62))
def test_a_part_is_drawn_and_marked_by_itself(pick, count, seed):
    asked = ordering("abcdef", pick=pick, count=count)
    rules = rules_for(asked)
    order = rules.draw(asked, seed)
    met = rules.as_drawn(asked, order)
    right = list(rules.option_ids(met))
    assert len(order) == count
    assert right == sorted(order)
    assert list(order) != right
    assert earned(met, {"order": right}) == 1
    if pick == "contiguous":
        assert "".join(right) in "abcdef"
    assert set(rules.public(met, order)["shown"].split()) == set(order)
