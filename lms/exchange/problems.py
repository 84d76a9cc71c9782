"""What can be wrong with the files of a course, as plain values: file, line, reason, detail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Name what is wrong."""

    FILE_MISSING = "file_missing"
    FILE_NOT_LISTED = "file_not_listed"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_FILES = "too_many_files"
    BAD_FILE_NAME = "bad_file_name"
    NOT_UTF8 = "not_utf8"
    NOT_YAML = "not_yaml"
    ALIAS = "alias"
    NO_FRONT_MATTER = "no_front_matter"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    DUPLICATE_KEY = "duplicate_key"
    WRONG_KIND = "wrong_kind"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    BAD_ID = "bad_id"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_ENTRY = "duplicate_entry"
    BAD_DATE = "bad_date"
    BAD_ADDRESS = "bad_address"
    UNKNOWN_CONFIDENCE = "unknown_confidence"
    CONFIDENCE_RAISED = "confidence_raised"
    UNKNOWN_CONDITION = "unknown_condition"
    UNKNOWN_FACT = "unknown_fact"
    UNCERTAIN_FACT = "uncertain_fact"
    FORM_TAKEN = "form_taken"
    UNKNOWN_OUTCOME = "unknown_outcome"
    UNKNOWN_LESSON = "unknown_lesson"
    UNKNOWN_MODULE = "unknown_module"
    WAITS_IN_CIRCLE = "waits_in_circle"
    UNKNOWN_TRACE = "unknown_trace"
    UNKNOWN_FORM = "unknown_form"
    FIGURE_MISSING = "figure_missing"
    FIGURE_NOT_USED = "figure_not_used"
    BAD_LINK = "bad_link"
    NOT_A_PICTURE = "not_a_picture"
    DANGEROUS_PICTURE = "dangerous_picture"
    EMPTY_LESSON = "empty_lesson"
    TITLE_IN_TEXT = "title_in_text"
    RAW_HTML = "raw_html"
    CEDILLA = "cedilla"
    NO_ENGLISH = "no_english"
    STRAIGHT_QUOTE = "straight_quote"
    UNKNOWN_PAPER = "unknown_paper"
    UNKNOWN_BLOCK = "unknown_block"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_COLUMN = "unknown_column"
    UNKNOWN_LIST = "unknown_list"
    BAD_FORMULA = "bad_formula"
    EMPTY_PAPER = "empty_paper"
    COURSE_TEST = "course_test"
    NEEDS_PASSING = "needs_passing"
    AFTER_FINAL = "after_final"
    NO_COURSE_TESTS = "no_course_tests"
    QUIZ = (
        "quiz"  # detail: the kind of the quiz file's problem; more: its reason; item: the question
    )


_WARNINGS = frozenset(
    {
        Reason.FIGURE_NOT_USED,
        Reason.TITLE_IN_TEXT,
        Reason.RAW_HTML,
        Reason.CEDILLA,
        Reason.NO_ENGLISH,
        Reason.STRAIGHT_QUOTE,
        Reason.UNKNOWN_PAPER,
    }
)


@dataclass(frozen=True, order=True)
class Problem:
    """Say what is wrong and where; `detail` is the key, name or word concerned."""

    path: str
    line: int
    reason: Reason
    detail: str = ""
    more: str = ""
    item: str = ""
    stops: bool = True

    @property
    def is_error(self) -> bool:
        """Whether nothing can be imported until it is mended."""
        return self.stops and self.reason not in _WARNINGS
