"""The grading cases are tables, and each table names where its rule comes from."""

from __future__ import annotations

import re
from collections.abc import Sized

from tests.quizzes import test_marking as first_types
from tests.quizzes.attempts import test_behaviours as behaviours
from tests.quizzes.types import (
    test_cloze,
    test_essay,
    test_gaps,
    test_kprim,
    test_numerical,
    test_ordering,
    test_short_answer,
)

BEHAVIOURS = "quiz-rules 3"
TABLES: list[tuple[str, Sized]] = [
    (first_types.SOURCES["single_choice"], first_types.SINGLE),
    *(
        (first_types.SOURCES[scheme], [case for case in first_types.MULTIPLE if case[0] == scheme])
        for scheme in sorted({case[0] for case in first_types.MULTIPLE})
    ),
    (first_types.SOURCES["true_false"], first_types.TRUTHS),
    (first_types.SOURCES["matching"], first_types.PAIRS),
    (first_types.SOURCES["numerical"], first_types.NUMBERS),
    (test_numerical.MOODLE, test_numerical.TOLERANCES),
    (test_numerical.MOODLE, test_numerical.UNITS),
    (test_short_answer.MOODLE, test_short_answer.CASES),
    (test_kprim.OPENOLAT, test_kprim.CASES),
    (test_ordering.SHEET, test_ordering.CASES),
    (test_gaps.MOODLE, test_gaps.CASES),
    (test_cloze.MOODLE, test_cloze.CASES),
    (test_essay.MOODLE, test_essay.RUBRIC_CASES),
    (f"{BEHAVIOURS}, deferredfeedback", behaviours.DEFERRED),
    (f"{BEHAVIOURS}, immediatefeedback", behaviours.IMMEDIATE),
    (f"{BEHAVIOURS}, interactive", behaviours.INTERACTIVE),
    (f"{BEHAVIOURS}, interactive", behaviours.INTERACTIVE_LEFT_OPEN),
    (f"{BEHAVIOURS}, interactivecountback", behaviours.COUNT_BACK),
    (f"{BEHAVIOURS}, adaptive", behaviours.ADAPTIVE),
    (f"{BEHAVIOURS}, deferredcbm", behaviours.CERTAINTY),
]


def test_more_than_four_hundred_cases_stand_in_tables_each_with_its_rules_source():
    assert all(re.match(r"quiz-rules [1-8]\b", source) and len(table) for source, table in TABLES)
    assert sum(len(table) for _source, table in TABLES) > 400
