"""The tests of a whole course in its files: read, checked, stored at the course's edges."""

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import CompletionCondition, Course
from lms.courses.outline import outline_of
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.quizzes.models import Quiz, QuizPlace
from tests.exchange.sample import QUIZ, files, import_files, store_digest

COURSE = "course.yaml"
INITIAL, FINAL = "tests/initial.gift", "tests/final.gift"


def gift_of(name, feedback):
    return f"""---
id: proba-{name}
title: {{ro: Testul {name}, en: The {name} test}}
pass_mark: none
attempts: 1
feedback: {feedback}
---

// [id:proba-{name}-01] [fact:A1] [lesson:1.1]
Câți membri? {{=trei#Da.~doi#Nu.}}
""".encode()


def with_tests(**changes):
    """Return the sample with both tests; `changes` are (path, old, new) by any name."""
    course = files()
    course[COURSE] = (
        course[COURSE].replace(b"quizzes_passed: all}", b"quizzes_passed: all, tests_taken: all}")
        + f"tests: {{start: {INITIAL}, end: {FINAL}}}\n".encode()
    )
    course[INITIAL] = gift_of("t1", "after_final")
    course[FINAL] = gift_of("t2", "after_submission")
    for path, old, new in changes.values():
        assert old.encode() in course[path], old
        course[path] = course[path].replace(old.encode(), new.encode(), 1)
    return course


def quizzes():
    rows = db.session().execute(
        sa.select(Quiz.content_id, Quiz.place, Quiz.module_id.is_(None), Quiz.withdrawn_at)
    )
    found = {row[0]: (row[1], row[2], row[3] is not None) for row in rows}
    db.end_reading()
    return found


def test_tests_are_stored_at_the_edges_and_come_out_as_they_went_in(context):
    course_id = import_files(with_tests())
    assert quizzes() == {
        "proba-q1": (QuizPlace.MODULE, False, False),
        "proba-t1": (QuizPlace.START, True, False),
        "proba-t2": (QuizPlace.END, True, False),
    }
    outline = outline_of(course_id, 1)
    assert [a.title("en") for a in (*outline.start, *outline.end)] == ["The t1 test", "The t2 test"]
    assert services.export_course(course_id) == with_tests()
    db.end_reading()
    before = store_digest()
    import_files(with_tests())
    assert store_digest() == before


def test_tests_that_leave_the_files_are_withdrawn_and_asked_for_no_more(context):
    course_id = import_files(with_tests())
    import_files(files())
    assert quizzes()["proba-t1"] == (QuizPlace.START, True, True)
    version = db.session().scalar(sa.select(Course.version))
    assert (outline_of(course_id, version).start, outline_of(course_id, version).end) == ((), ())
    kinds = db.session().scalars(sa.select(CompletionCondition.kind))
    assert [k.value for k in kinds] == ["lessons_read", "quizzes_passed"]


def test_a_module_s_quiz_may_become_a_test_of_the_course(context):
    import_files(files())
    moved = with_tests(
        a=("modules/1-inceputul/module.yaml", "quiz: quiz.gift\n", ""),
        b=(INITIAL, "id: proba-t1\n", "id: proba-q1\n"),
    )
    del moved[QUIZ]
    import_files(moved)
    assert quizzes()["proba-q1"] == (QuizPlace.START, True, False)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            [(INITIAL, "pass_mark: none", "pass_mark: 70")],
            [(INITIAL, 4, "course_test", "pass_mark: none")],
            id="a pass mark",
        ),
        pytest.param(
            [(FINAL, "attempts: 1\n", "")],
            [(FINAL, 1, "course_test", "attempts: 1")],
            id="three attempts",
        ),
        pytest.param(
            [(FINAL, "after_submission", "after_final")],
            [(FINAL, 6, "after_final", "")],
            id="the last test waits for itself",
        ),
        pytest.param(
            [(QUIZ, "draw: 2", "draw: 2\npass_mark: none")],
            [(QUIZ, 5, "needs_passing", "")],
            id="a module's quiz without a pass mark",
        ),
        pytest.param(
            [(QUIZ, "draw: 2", "draw: 2\nfeedback: after_final")],
            [(QUIZ, 5, "after_final", "")],
            id="a module's quiz that waits for the last test",
        ),
        pytest.param(
            [(COURSE, f", end: {FINAL}", "")],
            [(FINAL, 1, "file_not_listed", ""), (INITIAL, 6, "after_final", "")],
            id="a first test that waits for none",
        ),
        pytest.param(
            [(COURSE, f"end: {FINAL}", f"end: {INITIAL}")],
            [(COURSE, 7, "duplicate_entry", INITIAL), (FINAL, 1, "file_not_listed", "")],
            id="one file for both",
        ),
        pytest.param(
            [(COURSE, INITIAL, "tests/../initial.gift")],
            [
                (COURSE, 7, "bad_file_name", "tests/../initial.gift"),
                (INITIAL, 1, "file_not_listed", ""),
            ],
            id="a way out of the folder",
        ),
        pytest.param(
            [(COURSE, "end: tests/final", "end: tests/last")],
            [(COURSE, 7, "file_missing", "tests/last.gift"), (FINAL, 1, "file_not_listed", "")],
            id="a missing file",
        ),
        pytest.param(
            [(COURSE, "{start:", "{middle: x, start:")],
            [(COURSE, 7, "unknown_key", "middle")],
            id="another place",
        ),
        pytest.param(
            [(FINAL, "[fact:A1]", "[fact:X9]")], [(FINAL, 10, "unknown_fact", "X9")], id="fact"
        ),
        pytest.param(
            [(FINAL, "proba-t2-01", "proba-q1-01")],
            [(FINAL, 10, "duplicate_id", "proba-q1-01")],
            id="a question of a module's quiz",
        ),
    ],
)
def test_a_fault_is_named_with_file_and_line(changes, found):
    reading = read_course(with_tests(**{str(n): c for n, c in enumerate(changes)}))
    assert [(p.path, p.line, p.reason.value, p.detail) for p in reading.errors] == found


def test_tests_cannot_be_asked_for_without_any():
    course = files()
    course[COURSE] = course[COURSE].replace(
        b"quizzes_passed: all}", b"quizzes_passed: all, tests_taken: all}"
    )
    (problem,) = read_course(course).errors
    assert problem.reason.value == "no_course_tests"


def test_english_words_of_a_test_stand_beside_it(context):
    english = b"// [id:proba-t1-01]\nHow many members? {=three#Yes.~two#No.}\n"
    import_files({**with_tests(), "tests/initial.en.gift": english})
    assert read_course({**with_tests(), "tests/initial.en.gift": english}).errors == ()
