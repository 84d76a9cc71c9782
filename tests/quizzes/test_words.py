"""English words of a quiz: other words, the same questions; every fault named with its line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.gift_writer import write_words
from lms.quizzes.exchange.quiz_file import ProblemKind, Severity
from lms.quizzes.exchange.words import with_words
from lms.quizzes.question_types.numerical.number_input import read_number, unit_in_english
from lms.quizzes.question_types.protocol import WordsDiffer, WordsFault
from lms.quizzes.question_types.registry import is_revision, parse_question, rules_for, translated
from tests.quizzes.questions import matching, multiple, numerical, single, true_false
from tests.quizzes.strategies import payloads_for, questions

RO = """\
---
id: q
title: {ro: Test, en: Test}
---

// [id:a] [fact:B3] [lesson:1.1] [slot:1]
::M1::Care? {=unu#Corect.~doi#Nu.####Sursa.}

// [id:b] [scoring:all-or-nothing]
::M2::Care sunt? {~%50%unu ~%50%doi ~%-100%trei#Nu.}

// [id:c]
::M3::Așa este. {FALSE#Nu.#Corect.}

// [id:d]
::M4::Potriviți. {=unu -> 1 =doi -> 2}

// [id:e] [unit:zile]
::M5::Câte? {#=30:0#Corect.~#Nu.}
"""
EN = """\
// [id:a]
::M1::Which one? {=one#Right.~two#No.####The source.}

// [id:b]
::M2::Which ones? {~%50%one ~%50%two ~%-100%three#No.}

// [id:c]
::M3::So it is. {FALSE#No.#Right.}

// [id:d]
::M4::Match. {=one -> I =two -> II}

// [id:e]
::M5::How many? {#=30:0#Right.~#No.}
"""


def worded(english: str = EN, romanian: str = RO):
    return with_words(read_gift(romanian), english)


def test_every_question_gets_its_english_and_keeps_what_marks_rest_on():
    quiz, problems = worded()
    assert problems == ()
    stems = [item.words.stem for item in quiz.items]
    assert stems == ["Which one?", "Which ones?", "So it is.", "Match.", "How many?"]
    for item in quiz.items:
        assert is_revision(item.words, item.question)
        assert rules_for(item.words).option_ids(item.words) == rules_for(item.question).option_ids(
            item.question
        )
    assert quiz.items[1].words.scoring == "all_or_nothing"
    assert quiz.items[4].words.unit == "zile"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param("[id:c]", "[id:x]", [(8, "words_unknown", "x", "")], id="unknown id"),
        pytest.param("[id:c]", "[id:a]", [(8, "duplicate_id", "a", "")], id="doubled id"),
        pytest.param("// [id:c]\n", "", [(7, "missing_id", "M3", "")], id="no id"),
        pytest.param("{FALSE#No.#Right.}", "{=no ~yes}", [(8, "words_differ", "c", "type")]),
        pytest.param("FALSE", "TRUE", [(8, "words_differ", "c", "key")], id="another answer"),
        pytest.param("~two#No.", "~two#No.~three", [(2, "words_differ", "a", "options")]),
        pytest.param("~%50%two", "\n~%25%two\n~%25%four", [(5, "words_differ", "b", "options")]),
        pytest.param(
            "=one#Right.~two#No.", "\n~one#Right.\n=two#No.", [(3, "words_differ", "a", "weights")]
        ),
        pytest.param("=30:0", "=31:0", [(14, "words_differ", "e", "numbers")], id="other number"),
        pytest.param("=30:0", "=30:1", [(14, "words_differ", "e", "numbers")], id="tolerance"),
        pytest.param(
            "=two -> II", "=two -> II =three -> III", [(11, "words_differ", "d", "options")]
        ),
        pytest.param("[id:e]", "[id:e] [unit:days]", [(13, "words_key", "e", "unit")]),
        pytest.param("[id:e]", "[id:e] [fact:B3]", [(13, "words_key", "e", "fact")]),
        pytest.param("No.####", "No.~three{####", [(2, "unexpected_brace", "M1", "")]),
    ],
)
def test_a_fault_is_named_with_its_line(old, new, found):
    assert old in EN
    _, problems = worded(EN.replace(old, new, 1))
    errors = [p for p in problems if p.severity is Severity.ERROR]
    assert [(p.line, p.kind.value, p.item, p.field or p.reason) for p in errors] == found


def test_settings_do_not_stand_in_english_words():
    _, problems = worded("---\npass_mark: 50\n---\n" + EN)
    assert [(p.line, p.kind) for p in problems] == [(1, ProblemKind.WORDS_SETTINGS)]


def test_what_has_no_english_yet_is_a_warning_that_names_it():
    quiz, problems = worded(EN.partition("// [id:d]")[0])
    (missing,) = problems
    assert missing.severity is Severity.WARNING
    assert missing.reason == "d, e"
    assert quiz.items[3].words is None


def test_a_feedback_without_english_is_a_warning():
    quiz, problems = worded(EN.replace("~two#No.", "~two"))
    (partial,) = problems
    assert (partial.line, partial.kind, partial.item) == (2, ProblemKind.WORDS_PARTIAL, "a")
    assert partial.severity is Severity.WARNING
    assert quiz.items[0].words is not None


def test_faults_of_the_quiz_are_not_told_again_as_faults_of_its_words():
    _, problems = worded(romanian=RO.replace("=unu#Corect.", "~unu#Corect.", 1))
    assert problems == ()


def test_words_as_written_are_read_again_the_same():
    quiz, _ = worded()
    again, problems = with_words(read_gift(RO), write_words(quiz))
    assert problems == ()
    assert again.items == quiz.items


@given(st.text("ab~=#{}:%->/[]$\\n \n0.5Tid", max_size=200))
def test_any_words_are_read_without_failing(text):
    quiz = read_gift(RO)
    worded_quiz, problems = with_words(quiz, text)
    assert [item.question for item in worded_quiz.items] == [item.question for item in quiz.items]
    assert problems, "no such text words every question"


@given(questions)
def test_a_question_takes_the_words_of_itself_in_any_language(question):
    rules = rules_for(question)
    other = rules.map_texts(question, lambda text: text and f"{text} (en)")
    words = translated(question, other)
    told = rules.dump(words)
    told.pop("english", None)  # how numbers in its texts are written
    assert told == rules.dump(other)
    assert rules.structure_digest(words) == rules.structure_digest(question)
    assert translated(question, words) == words


@given(st.data())
def test_a_mark_does_not_depend_on_the_language(data):
    question = data.draw(questions)
    payload = data.draw(payloads_for(question))
    rules = rules_for(question)
    words = translated(question, rules.map_texts(question, lambda text: text and f"{text} (en)"))
    assert rules.mark(words, payload).fraction == rules.mark(question, payload).fraction


@pytest.mark.parametrize(
    ("question", "words", "reason"),
    [
        (single(), true_false(), WordsFault.TYPE),
        (single(), single(a="1", b="0", c="0"), WordsFault.OPTIONS),
        (single(), single(a="0", b="1", c="0", d="0"), WordsFault.WEIGHTS),
        (multiple(), multiple(a="0.5", b="0.5", x="-1", y="0"), WordsFault.WEIGHTS),
        (true_false(), true_false(answer=False), WordsFault.KEY),
        (matching(), matching("s1=a1 s2=a2"), WordsFault.OPTIONS),
        (matching("s1=a1 s2=a2 s3=a1"), matching("s1=a1 s2=a2 s3=a2"), WordsFault.KEY),
        (matching(extra="a9"), matching(), WordsFault.OPTIONS),
        (numerical("5"), numerical("5", "6@0.5"), WordsFault.OPTIONS),
        (numerical("5"), numerical("6"), WordsFault.NUMBERS),
        (numerical("5:1"), numerical("5:1%"), WordsFault.NUMBERS),
    ],
)
def test_another_question_is_no_words_of_this_one(question, words, reason):
    with pytest.raises(WordsDiffer) as differ:
        translated(question, words)
    assert differ.value.reason is reason


@pytest.mark.parametrize("unit", ["zile", "ore", "persoane", "puncte procentuale", "lei", "%"])
def test_a_unit_may_be_typed_in_either_language(unit):
    assert read_number(f"5 {unit_in_english(unit)}", unit=unit).values == (5,)


def test_an_unknown_unit_stays_as_it_is():
    assert unit_in_english("stânjeni") == "stânjeni"


def test_words_are_kept_apart_from_what_a_quiz_file_says():
    quiz, _ = worded()
    bare = tuple(replace(item, words=None) for item in quiz.items)
    assert bare == read_gift(RO).items
    assert parse_question(rules_for(bare[0].question).dump(bare[0].question)) == bare[0].question
