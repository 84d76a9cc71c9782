"""Doubles are found, exact and near, without comparing all with all."""

from __future__ import annotations

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank_tools.likeness import NEAR, Index, Likeness, Print, folded, print_of
from lms.quizzes.question_types.registry import dump_question
from tests.quizzes.strategies import questions

WORDS = [
    "asociație",
    "fundație",
    "primărie",
    "consiliu",
    "statut",
    "buget",
    "termen",
    "raport",
    "cerere",
    "contract",
]


def choice(stem, *options, kind="single_choice"):
    rows = [
        {"id": f"o{n}", "text": text.lstrip("*"), "fraction": "1" if text[0] == "*" else "0"}
        for n, text in enumerate(options)
    ]
    return {"type": kind, "stem": stem, "marks": "1", "options": rows}


def likeness(one, other):
    found = Index({1: print_of(one)}).like(print_of(other))
    return found[0][1] if found else None


def test_capitals_diacritics_signs_and_order_make_no_other_question():
    one = choice("Câți membri are o asociație?", "doi", "*trei", "zece")
    other = choice("Cati membri are o ASOCIATIE", "*Trei.", "zece", "doi")
    assert likeness(one, other) == Likeness(True, 1.0)


def test_another_key_is_no_exact_double():
    one = choice("Câți membri are o asociație?", "doi", "*trei")
    other = choice("Câți membri are o asociație?", "*doi", "trei")
    assert likeness(one, other) == Likeness(False, 1.0)


def test_a_reworded_stem_is_nearly_the_same():
    one = choice("Câți membri fondatori trebuie să aibă o asociație?", "doi", "*trei", "zece")
    other = choice("Câți fondatori trebuie să aibă asociația?", "doi", "*trei", "zece")
    found = likeness(one, other)
    assert found is not None
    assert not found.is_exact


def test_the_same_opening_alone_is_no_double():
    opening = "Care dintre următoarele afirmații este adevărată?"
    one = choice(opening, "*Primăria plătește integral", "Consiliul votează bugetul local")
    other = choice(opening, "Asociația depune situații lunare", "*Fundația are un patrimoniu")
    assert likeness(one, other) is None


def test_the_order_of_steps_counts():
    def ordering(*steps):
        items = [{"id": str(n), "text": text} for n, text in enumerate(steps)]
        return {"type": "ordering", "stem": "Puneți în ordine", "items": items}

    found = likeness(ordering("depunere", "evaluare"), ordering("evaluare", "depunere"))
    assert found == Likeness(False, 1.0)


def test_a_question_without_words_is_like_nothing():
    assert Index({1: Print("a", frozenset())}).like(Print("b", frozenset())) == []


@given(questions)
def test_a_question_is_its_own_double(question):
    payload = dump_question(question)
    [(name, found)] = Index({7: print_of(payload)}).like(print_of(payload))
    assert (name, found) == (7, Likeness(True, 1.0))


sets = st.frozensets(st.sampled_from([f"={word}" for word in WORDS]), max_size=8)


@given(st.lists(sets, min_size=2, max_size=12), st.sampled_from([0.5, 0.7, 0.9]))
def test_the_index_finds_what_comparing_all_with_all_finds(listed, near):
    prints = {n: Print(f"{n}", words) for n, words in enumerate(listed)}
    expected = {
        (a, b)
        for a, b in combinations(range(len(listed)), 2)
        if listed[a] | listed[b] and len(listed[a] & listed[b]) / len(listed[a] | listed[b]) >= near
    }
    found = {(min(a, b), max(a, b)) for a, b, _l in Index(prints, near).pairs()}
    assert found == expected
    for n, words in enumerate(listed):
        like = {name for name, each in Index(prints, near).like(Print("x", words)) if name != n}
        assert like == {a if b == n else b for a, b in expected if n in (a, b)}


def test_three_of_a_kind_are_two_pairs_with_the_first():
    same = print_of(choice("Una?", "*da", "nu"))
    found = Index({1: same, 2: same, 3: same}).pairs()
    assert [(a, b) for a, b, _l in found] == [(1, 2), (1, 3)]


def test_five_thousand_questions_are_few_comparisons():
    chance = random.Random(4)
    words = [f"{n:04}cuvânt" for n in range(3000)]

    def made():
        return choice(
            " ".join(chance.choices(words, k=12)),
            *["*" * (n == 0) + " ".join(chance.choices(words, k=4)) for n in range(4)],
        )

    listed = [made() for _ in range(4990)]
    listed += [dict(each, stem=each["stem"] + " iar") for each in listed[:10]]
    prints = {n: print_of(each) for n, each in enumerate(listed)}
    found = Index(prints).pairs()
    assert {(a, b) for a, b, _l in found} == {(n, 4990 + n) for n in range(10)}
    assert all(NEAR <= each.score < 1 for _a, _b, each in found)


def test_words_are_folded_alike():
    assert folded("<p>Știința&nbsp;— „ŞCOLII”!</p>") == "stiinta scolii"
