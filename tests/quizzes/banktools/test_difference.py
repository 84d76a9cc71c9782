"""Two forms of a question side by side: every word that differs is shown, and no other."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank_tools.difference import Fate, Kind, differ, words_changed
from lms.quizzes.bank_tools.payloads import plain
from lms.quizzes.question_types.registry import dump_question
from tests.quizzes.strategies import LETTERS, questions


def choice(stem="Câți membri are?", *options, **more):
    rows = [
        {"id": key, "text": text, "fraction": fraction, "feedback": said}
        for key, text, fraction, said in options
        or (("a", "doi", "0", "Prea puțini."), ("b", "trei", "1", "Corect."))
    ]
    return {"type": "single_choice", "stem": stem, "marks": "1", "options": rows, **more}


@given(st.text(LETTERS, max_size=60), st.text(LETTERS, max_size=60))
def test_the_runs_of_a_difference_give_both_texts_back(before, after):
    runs = words_changed(before, after)
    assert "".join(r.text for r in runs if r.kind is not Kind.IN) == before
    assert "".join(r.text for r in runs if r.kind is not Kind.OUT) == after
    assert all(run.text for run in runs)


@given(questions)
def test_a_question_does_not_differ_from_itself(question):
    payload = dump_question(question)
    assert differ(payload, payload).is_empty


@given(questions, questions)
def test_different_questions_differ_and_the_stems_come_back(one, other):
    before, after = dump_question(one), dump_question(other)
    found = differ(before, after)
    assert found.is_empty == (before == after) or plain(one.stem) == plain(other.stem)
    for text in found.texts:
        if text.name == "stem":
            assert (text.before, text.after) == (plain(one.stem), plain(other.stem))


@given(questions, st.text("abcăș ", min_size=1, max_size=10).filter(str.strip))
def test_a_mended_stem_is_all_that_differs(question, word):
    changed = dataclasses.replace(question, stem=f"{question.stem} {word}x")
    found = differ(dump_question(question), dump_question(changed))
    assert [t.name for t in found.texts if t.is_changed] == ["stem"]
    assert not found.values
    assert {row.fate for row in found.rows} <= {Fate.SAME}


def test_a_changed_word_is_marked_and_no_more():
    found = differ(choice("Câți membri are?"), choice("Câți fondatori are?"))
    [stem] = [t for t in found.texts if t.name == "stem"]
    assert [(r.kind.value, r.text) for r in stem.runs] == [
        ("same", "Câți "),
        ("out", "membri"),
        ("in", "fondatori"),
        ("same", " are?"),
    ]


def test_neighbouring_changed_words_are_one_run():
    runs = words_changed("doi membri mari", "trei fondatori mari")
    assert [(r.kind.value, r.text) for r in runs] == [
        ("out", "doi membri"),
        ("in", "trei fondatori"),
        ("same", " mari"),
    ]


def test_a_changed_key_is_told_as_a_value():
    after = choice("Câți membri are?", ("a", "doi", "1", "Da."), ("b", "trei", "0", "Corect."))
    found = differ(choice(), after)
    assert [(r.fate, [(v.name, v.before, v.after) for v in r.values]) for r in found.rows] == [
        (Fate.CHANGED, [("fraction", "0", "1")]),
        (Fate.CHANGED, [("fraction", "1", "0")]),
    ]
    assert [t.name for t in found.rows[0].texts if t.is_changed] == ["feedback"]


def test_rows_that_came_went_and_moved_are_told_apart():
    two = choice("S", ("a", "doi", "0", ""), ("b", "trei", "1", ""), ("c", "zece", "0", ""))
    other = choice("S", ("b", "trei", "1", ""), ("a", "doi", "0", ""), ("d", "o sută", "0", ""))
    found = {(r.fate, r.number) for r in differ(two, other).rows}
    assert (Fate.ADDED, 3) in found
    assert (Fate.REMOVED, 3) in found
    assert sum(fate is Fate.MOVED for fate, _n in found) == 1


def test_a_row_with_a_new_id_is_known_by_its_words():
    before = choice("S", ("a", "doi membri cel puțin", "0", ""), ("b", "trei", "1", ""))
    after = choice("S", ("x", "doi membri cel mult", "0", ""), ("y", "trei", "1", ""))
    assert [row.fate for row in differ(before, after).rows] == [Fate.CHANGED, Fate.SAME]


def test_a_pair_is_compared_by_the_words_that_it_names():
    def matching(*answers):
        return {
            "type": "matching",
            "stem": "Potriviți",
            "stems": [{"id": "s", "text": "ONG", "answer": answers[0][0]}],
            "answers": [{"id": key, "text": text} for key, text in answers],
        }

    renamed = differ(matching(("a", "asociație")), matching(("z", "asociație")))
    assert renamed.is_empty
    other = differ(matching(("a", "asociație")), matching(("a", "primărie")))
    assert ("answer", "asociație", "primărie") in [
        (v.name, v.before, v.after) for row in other.rows for v in row.values
    ]


def test_looks_that_changed_are_told_without_words():
    found = differ(choice("Câți <strong>membri</strong>?"), choice("Câți membri?"))
    [stem] = [t for t in found.texts if t.name == "stem"]
    assert stem.is_looks
    assert not found.is_empty


def test_parts_within_parts_are_compared_too():
    def cloze(word):
        gap = {"kind": "single_choice", "options": [{"id": "a", "text": word, "fraction": "1"}]}
        return {"type": "cloze", "stem": "S", "text": "Din [[1]].", "gaps": [gap]}

    [gap] = differ(cloze("Iași"), cloze("Iașul")).rows
    assert gap.fate is Fate.CHANGED
    [option] = gap.inner
    assert (option.fate, option.texts[0].after) == (Fate.CHANGED, "Iașul")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Unu</p><p>doi</p>", "Unu doi"),
        ("m<sup>2</sup>", "m2"),
        ('<img src="/x.png" alt="Harta"> aici', "[Harta] aici"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("fără nimic", "fără nimic"),
    ],
)
def test_stored_text_is_read_as_words(html, words):
    assert plain(html) == words


def test_an_answer_whose_number_stays_is_known_by_it_while_its_mark_changes():
    def answers(*given):
        return {"type": "numerical", "answers": [{"value": v, "fraction": f} for v, f in given]}

    found = differ(answers(("2", "1"), ("3", "0")), answers(("2", "0.5"), ("4", "0"))).rows
    assert (found[0].value, [v.name for v in found[0].values]) == ("2", ["fraction"])
    assert {row.value for row in found[1:]} == {None}
