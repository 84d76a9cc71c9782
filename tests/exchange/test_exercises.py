"""A lesson's exercise in its front matter: read whole, or every fault told with its line."""

from __future__ import annotations

import pytest

from lms.courses.exercises import Exercise, Trace
from lms.courses.models import Lesson
from lms.exchange.course_files import read_course
from lms.exchange.problems import Reason
from tests.exchange.sample import LESSON, import_files, replaced
from tests.exchange.test_course_files import faults
from tests.exchange.test_import import one

PLAIN = (
    "exercise: {title: {ro: Un desen, en: A drawing}, trace: text, "
    "prompt: {ro: Scrieți., en: Write.}}\n"
)
FORM = """exercise:
  title: {ro: Fișa, en: The sheet}
  trace: form
  prompt: {ro: Completați., en: Fill in.}
  paper: fisa-propunerii
  proposal: true
  fields:
    - {id: articol, label: {ro: Articolul, en: Article}, rows: 1}
    - id: problema
      label: {ro: Problema, en: Problem}
      hint: {ro: Ce se întâmplă., en: What happens.}
"""


def exercise_of(course: dict[str, bytes]) -> Exercise | None:
    reading = read_course(course)
    assert reading.course is not None, reading.errors
    return reading.course.lessons[0].exercise


def test_an_exercise_says_what_is_handed_in():
    exercise = exercise_of(replaced(LESSON, PLAIN, PLAIN))
    assert exercise is not None
    assert exercise.trace is Trace.TEXT
    assert (exercise.title_in("ro"), exercise.title_in("en")) == ("Un desen", "A drawing")
    assert exercise.prompt_in("ro") == "Scrieți."
    assert (exercise.paper, exercise.fields, exercise.is_proposal) == ("", (), False)


def test_a_form_names_its_fields_in_order():
    exercise = exercise_of(replaced(LESSON, PLAIN, FORM))
    assert exercise is not None
    assert (exercise.paper, exercise.is_proposal) == ("fisa-propunerii", True)
    assert [(f.id, f.rows) for f in exercise.fields] == [("articol", 1), ("problema", 3)]
    assert exercise.fields[1].hint_in("en") == "What happens."
    assert exercise.fields[0].hint_in("ro") == ""


def test_a_lesson_may_have_no_exercise():
    assert exercise_of(replaced(LESSON, PLAIN, "")) is None


def test_what_is_stored_is_what_was_read(context):
    course = replaced(LESSON, PLAIN, FORM)
    import_files(course)
    stored = one(Lesson, Lesson.content_id == "proba-1-1").exercise
    assert stored is not None
    assert Exercise.from_json(stored) == exercise_of(course)


def test_a_form_that_becomes_a_text_is_a_text_afterwards(context):
    import_files(replaced(LESSON, PLAIN, FORM))
    import_files(replaced(LESSON, PLAIN, PLAIN))
    stored = one(Lesson, Lesson.content_id == "proba-1-1").exercise
    assert stored is not None
    assert (stored["trace"], stored["fields"]) == ("text", [])


MANY = "".join(f"    - {{id: f{n}, label: {{ro: A, en: A}}}}\n" for n in range(13))
CASES = [
    ("a name alone, as it once was", FORM, "exercise: Un desen\n", 7, Reason.WRONG_KIND),
    ("no trace", "  trace: form\n", "", 8, Reason.MISSING_KEY),
    ("an unknown trace", "trace: form", "trace: poezie", 9, Reason.UNKNOWN_TRACE),
    ("no prompt", "  prompt: {ro: Completați., en: Fill in.}\n", "", 8, Reason.MISSING_KEY),
    ("a prompt in one language", ", en: Fill in.}", "}", 10, Reason.MISSING_KEY),
    ("a title in one language", ", en: The sheet}", "}", 8, Reason.MISSING_KEY),
    ("a paper that is no id", "fisa-propunerii", "../fisa", 11, Reason.BAD_ID),
    ("an unknown key", "  paper:", "  hartie:", 11, Reason.UNKNOWN_KEY),
    ("fields without a form", "trace: form", "trace: text", 14, Reason.UNKNOWN_KEY),
    ("a form without fields", FORM[FORM.index("  fields") :], "", 8, Reason.MISSING_KEY),
    ("no field at all", FORM[FORM.index("  fields") :], "  fields: []\n", 13, Reason.OUT_OF_RANGE),
    ("too many fields", "  fields:\n", f"  fields:\n{MANY}", 14, Reason.OUT_OF_RANGE),
    ("the same field twice", "id: problema", "id: articol", 15, Reason.DUPLICATE_ID),
    ("a field's id that is none", "id: articol", "id: Articolul 1", 14, Reason.BAD_ID),
    ("a field without a label", "      label: {ro: Problema", "      x: {ro: Problema", 15, None),
    ("a proposal that is no yes or no", "proposal: true", "proposal: poate", 12, Reason.WRONG_KIND),
    ("no rows", "rows: 1", "rows: 0", 14, Reason.OUT_OF_RANGE),
    ("too many rows", "rows: 1", "rows: 99", 14, Reason.OUT_OF_RANGE),
    ("an endless label", "Articolul", "A" * 200, 14, Reason.TOO_LONG),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_fault_is_named_by_its_line(old, new, line, reason):
    assert old in FORM
    found = faults(replaced(LESSON, PLAIN, FORM.replace(old, new, 1)))
    wanted = reason or Reason.MISSING_KEY
    assert (LESSON, line, wanted) in found, found
