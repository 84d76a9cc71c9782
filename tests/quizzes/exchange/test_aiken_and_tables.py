"""Aiken and tables as trainers write them: kindly read, faults by line."""

from __future__ import annotations

import pytest

from lms.quizzes.exchange.aiken import read_aiken, write_aiken
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost, ReadQuestion
from lms.quizzes.exchange.table_file import read_questions_table
from lms.quizzes.exchange.table_writer import write_questions_csv, write_questions_xlsx
from tests.quizzes.questions import multiple, single

AIKEN = """\
Cine aprobă bugetul local?
A. Primarul
B) Consiliul local
c. Prefectul
ANSWER: B

Ce intră în dosar?
A. Cererea
B. Bugetul
C. O felicitare
RĂSPUNS: A, B
"""


def aiken(text: str, encoding: str = "utf-8"):
    problems = []
    return list(read_aiken(text.encode(encoding), problems)), problems


def test_aiken_is_read_with_letters_large_and_small():
    [first, second], problems = aiken(AIKEN)
    assert problems == []
    assert [o.fraction for o in first.question.options] == [0, 1, 0]
    assert second.question.type == "multiple_choice"
    assert [(r.line, r.is_good) for r in (first, second)] == [(1, True), (7, True)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_aiken_is_read_in_the_letters_of_its_time(encoding):
    [first, _], problems = aiken(AIKEN, encoding)
    assert first.question.stem == "Cine aprobă bugetul local?"
    guessed = [ProblemKind.ENCODING_GUESSED] if encoding == "cp1250" else []
    assert [problem.kind for problem in problems] == guessed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Cine?\nA. x\nB. y\nANSWER: D\n", 4),
        ("Cine?\nA. x\nB. y\n", 1),
        ("Cine?\nA. x\nB. y\n\nAltă întrebare?\nA. z\nB. w\nANSWER: A\n", 3),
        ("ANSWER: A\n", 1),
    ],
)
def test_an_answer_that_is_missing_or_unknown_is_told_by_line(text, line):
    read, _ = aiken(text)
    [problem] = read[0].problems
    assert (problem.kind, problem.line) == (ProblemKind.BAD_ANSWERS, line)
    assert all(each.is_good for each in read[1:])


def test_what_aiken_cannot_say_is_told_and_other_types_are_kept_out():
    written = write_aiken(
        [ReadQuestion(id="a", question=single("2")), ReadQuestion(id="b", question=multiple())]
    )
    fields = {(p.item, p.field or p.reason) for p in written.problems}
    assert fields == {("a", Lost.FEEDBACK), ("a", Lost.MARKS), ("b", "multiple_choice")}


def table(text: str, name: str = "a.csv"):
    problems = []
    return list(read_questions_table(text.encode(), name, problems)), problems


def test_a_trainers_own_table_needs_a_question_its_options_and_the_right_one():
    read, problems = table(
        "Întrebarea;A;B;C;Răspuns corect\n"
        "Cine aprobă bugetul?;Primarul;Consiliul local;;B\n"
        "Ce intră în dosar?;Cererea;Bugetul;O felicitare;A, B\n"
        "Cât face 2 × 2?;3;4;5;4\n"
        "Legea e publicată.;;;;adevărat\n"
    )
    assert problems == []
    kinds = ["single_choice", "multiple_choice", "single_choice", "true_false"]
    assert [r.question.type for r in read] == kinds
    assert [r.line for r in read] == [2, 3, 4, 5]
    assert [o.fraction for o in read[2].question.options] == [0, 1, 0]


def test_decimal_commas_and_percent_signs_are_numbers():
    [read], _ = table(
        "tip;întrebare;varianta 1;toleranță 1;procent 1;puncte;unitate\n"
        "număr;Cât?;18,5;2%;100%;0,5;lei\n"
    )
    answer = read.question.answers[0]
    assert (str(answer.value), str(answer.tolerance), str(read.question.marks)) == (
        "18.5",
        "0.02",
        "0.5",
    )


def test_faults_of_a_table_name_row_and_column():
    read, _ = table("question,A,B,correct\nCine?,x,y,C\n,x,y,A\nCine?,x,x,A\n")
    assert [(p.line, p.field, p.kind) for r in read for p in r.problems] == [
        (2, "correct", ProblemKind.BAD_ANSWERS),
        (3, "stem", ProblemKind.INVALID_QUESTION),
        (4, "text", ProblemKind.INVALID_QUESTION),
    ]
    assert table("nume,prenume\nIon,Popa\n")[1][0].reason == "no_question"


def test_no_cell_becomes_a_formula():
    question = single()
    evil = ReadQuestion(
        id="a", question=type(question)(stem='=HYPERLINK("http://x")', options=question.options)
    )
    assert b"'=HYPERLINK" in write_questions_csv([evil]).data
    [back] = read_questions_table(write_questions_xlsx([evil]).data, "a.xlsx", [])
    assert back.question.stem == '=HYPERLINK("http://x")'
