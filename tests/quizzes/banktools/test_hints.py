"""The workshop says of a new question that it is there already."""

from __future__ import annotations

from lms.quizzes.bank_tools.hints import New, Standing, hints_for
from lms.quizzes.bank_tools.likeness import print_of


def choice(stem, *options):
    rows = [{"text": o.lstrip("*"), "fraction": "1" if o[0] == "*" else "0"} for o in options]
    return print_of({"type": "single_choice", "stem": stem, "options": rows})


ONE = choice("Câți membri are o asociație?", "doi", "*trei", "zece")
NEAR = choice("Câți membri fondatori are o asociație?", "doi", "*trei", "zece")
OTHER = choice("Cine aprobă bugetul local?", "*consiliul", "primarul")


def test_a_question_that_stands_is_told_by_its_id():
    found = hints_for([New(5, "Câți…", ONE)], [Standing("q-1", "<p>Câți?</p>", ONE)])
    assert (found[5].name, found[5].is_exact, found[5].stem) == ("q-1", True, "Câți?")


def test_the_likest_is_told():
    standing = [Standing("near", "N", NEAR), Standing("exact", "E", ONE)]
    assert hints_for([New(1, "", ONE)], standing)[1].name == "exact"
    near = hints_for([New(1, "", ONE)], standing[:1])[1]
    assert (near.name, near.is_exact) == ("near", False)


def test_one_that_is_in_the_text_twice_is_told_once_at_the_later():
    found = hints_for([New(1, "A", ONE), New(9, "A", ONE)], [])
    assert set(found) == {9}
    assert (found[9].line, found[9].name) == (1, "")


def test_a_question_of_its_own_has_no_hint():
    assert hints_for([New(1, "", OTHER)], [Standing("q-1", "", ONE)]) == {}
    assert hints_for([], [Standing("q-1", "", ONE)]) == {}
