"""Cloze: gaps of several kinds, weighted."""

from __future__ import annotations

import pytest

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.protocol import Outcome, ResponseNotice
from lms.quizzes.question_types.registry import rules_for
from tests.quizzes.types.cases import earned, marked, near

MOODLE = "quiz-rules 1, multianswer"


def cloze(text, keys=""):
    read = read_gift(f"// [id:c] [type:cloze] {keys}\nCompletați. {{}} {text}")
    assert not read.problems, read.problems
    return read.items[0].question


def option(asked, key, number):
    return asked.by_key[key].question.options[number].id


MIXED = cloze("{1:SA:=Iași~%50%Ia*} {2:NM:=5:0.5~%50%6} {1:MC:=da~nu~%50%poate}")
WORDS = cloze("{1:SAC:=Iași}{3:SA:=Cluj#bun~*#altul}")
TICKS = cloze("{1:MR:=a~=b~%-50%c}")
CASES = [
    (MIXED, {"1": {"text": "iași"}, "2": {"text": "5"}, "3": 0}, "1", "all right"),
    (MIXED, {"1": {"text": "iași"}}, "1/4", "weights: one of four"),
    (MIXED, {"2": {"text": "5,4"}}, "1/2", "weights: two of four; within tolerance"),
    (MIXED, {"2": {"text": "6"}}, "1/4", "half of two of four"),
    (MIXED, {"1": {"text": "Iaz"}, "3": 2}, "1/4", "half and half of one each"),
    (MIXED, {"1": {"text": "Cluj"}, "2": {"text": "7"}, "3": 1}, "0", "all wrong"),
    (MIXED, {}, "0", "an open gap counts nothing"),
    (MIXED, {"2": {"text": "nu știu"}}, "0", "no number"),
    (WORDS, {"1": {"text": "iași"}, "2": {"text": "cluj"}}, "3/4", "SAC: case counts"),
    (WORDS, {"1": {"text": "Iași"}, "2": {"text": "Brăila"}}, "1/4", "catch-all earns nothing"),
    (TICKS, {"1": {"choices": [0, 1]}}, "1", "MR: several right ones"),
    (TICKS, {"1": {"choices": [0]}}, "1/2", "MR: half of them"),
    (TICKS, {"1": {"choices": [0, 2]}}, "0", "MR: wrong ones take away"),
    (TICKS, {"1": {"choices": [0, 1, 2]}}, "1/2", "MR: clipped sum"),
    (cloze("{2:MCV:a~=b}{3:MCHS:=c~d}"), {"1": 1}, "2/5", "layouts are marked alike"),
    (cloze("{:SHORTANSWER:=x}{:MULTICHOICE_V:=y~z}"), {"1": {"text": "X"}}, "1/2", "long names"),
    (cloze("{1:NUMERICAL:=18240.96:0.01}"), {"1": {"text": "18.240,96"}}, "1", "Romanian number"),
    (cloze("{1:NM:=200:5%}"), {"1": {"text": "210"}}, "1", "relative tolerance"),
    (cloze("{1:SA:=Iași}", "[diacritics:any]"), {"1": {"text": "iasi"}}, "1", "plain letters"),
]


def payload(asked, given):
    gaps = {}
    for key, said in given.items():
        if isinstance(said, int):
            gaps[key] = {"choice": option(asked, key, said)}
        elif "choices" in said:
            gaps[key] = {"choices": [option(asked, key, n) for n in said["choices"]]}
        else:
            gaps[key] = said
    return {"gaps": gaps}


@pytest.mark.parametrize(("asked", "given", "expected", "why"), CASES)
def test_gaps_earn(asked, given, expected, why):
    assert near(earned(asked, payload(asked, given)), expected), f"{MOODLE}: {why}"


def test_a_form_is_read_gap_by_gap():
    rules = rules_for(MIXED)
    right = option(MIXED, "3", 0)
    form = {"gap-1-text": ["Iași"], "gap-2-value": ["5"], "gap-3-choice": [right]}
    given = rules.read_response(MIXED, form)
    assert given == {"gaps": {"1": {"text": "Iași"}, "2": {"text": "5"}, "3": {"choice": right}}}
    assert marked(MIXED, given).outcome is Outcome.RIGHT
    assert rules.response_text(MIXED, given) == ("1. Iași", "2. 5", "3. da")


def test_what_can_be_mended_is_told():
    rules = rules_for(MIXED)
    assert rules.notice(MIXED, {"gaps": {"2": {"text": "x"}}}) is ResponseNotice.NOT_A_NUMBER
    assert rules.notice(MIXED, {"gaps": {"2": {"text": "5"}}}) is ResponseNotice.INCOMPLETE
    assert rules.notice(MIXED, {}) is None


def test_a_guess_is_the_weighted_mean():
    asked = cloze("{1:MC:=a~b}{3:MC:=c~d~e~f}{1:SA:=x}")
    assert near(rules_for(asked).random_guess(asked), "1.25/5")
    assert rules_for(TICKS).random_guess(TICKS) is None


@pytest.mark.parametrize("text", ["{1:XX:=a}", "{SA=a}", "{1:NM:=cinci}", "{1:MC:=a~}"])
def test_a_gap_that_cannot_be_read_is_told_with_its_line(text):
    read = read_gift(f"// [id:c] [type:cloze]\nPrimul rând\nal doilea {text}")
    assert [problem.line for problem in read.errors] == [3]
