"""What a quiz file says, as plain values, and what is wrong with it, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms.quizzes.question_types.protocol import Question
from lms.quizzes.rules.settings import QuizSettings


class ItemStatus(StrEnum):
    """Say whether a question may be asked; a ready one will be once its quiz is published."""

    PUBLISHED = "published"
    READY = "ready"
    DRAFT = "draft"


class Severity(StrEnum):
    """Say whether a problem stops the import of what it concerns."""

    ERROR = "error"
    WARNING = "warning"


class ProblemKind(StrEnum):
    """Name what can be wrong in a quiz file."""

    TOO_LARGE = "too_large"
    CONTROL_CHARACTER = "control_character"
    BAD_FRONT_MATTER = "bad_front_matter"
    BAD_SETTING = "bad_setting"
    MISSING_ID = "missing_id"
    BAD_ID = "bad_id"
    DUPLICATE_ID = "duplicate_id"
    BAD_KEY = "bad_key"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_USED = "key_not_used"
    NOT_SUPPORTED = "not_supported"
    UNCLOSED_BRACE = "unclosed_brace"
    UNEXPECTED_BRACE = "unexpected_brace"
    MISSING_BLANK_LINE = "missing_blank_line"
    BAD_ANSWERS = "bad_answers"
    BAD_WEIGHT = "bad_weight"
    INVALID_QUESTION = "invalid_question"
    HTML_SIMPLIFIED = "html_simplified"
    TOO_FEW_QUESTIONS = "too_few_questions"
    DRAW_SECTION = "draw_section"
    WORDS_SETTINGS = "words_settings"
    WORDS_KEY = "words_key"
    WORDS_UNKNOWN = "words_unknown"
    WORDS_DIFFER = "words_differ"
    WORDS_PARTIAL = "words_partial"
    WORDS_MISSING = "words_missing"
    WORDS_SECTIONS = "words_sections"
    NO_QUESTIONS = "no_questions"
    NOT_THIS_FORMAT = "not_this_format"
    UNKNOWN_FORMAT = "unknown_format"
    BAD_ENCODING = "bad_encoding"
    ENCODING_GUESSED = "encoding_guessed"
    BAD_XML = "bad_xml"
    DANGEROUS_XML = "dangerous_xml"
    BAD_ARCHIVE = "bad_archive"
    BAD_TABLE = "bad_table"
    FILE_MISSING = "file_missing"
    LEFT_OUT = "left_out"


_WARNINGS = frozenset(
    {
        ProblemKind.UNKNOWN_KEY,
        ProblemKind.KEY_NOT_USED,
        ProblemKind.HTML_SIMPLIFIED,
        ProblemKind.ENCODING_GUESSED,
        ProblemKind.FILE_MISSING,
        ProblemKind.LEFT_OUT,
        ProblemKind.WORDS_PARTIAL,
        ProblemKind.WORDS_MISSING,
        ProblemKind.WORDS_SECTIONS,
        ProblemKind.DRAW_SECTION,
    }
)


@dataclass(frozen=True, order=True)
class Problem:
    """Say what is wrong and where.

    `item` is the question's id or title, `field` the setting, key or field concerned, and
    `reason` the value of a `QuestionFault`, `SettingFault` or `WordsFault`, or the offending word
    itself.
    """

    line: int
    kind: ProblemKind
    item: str = ""
    field: str = ""
    reason: str = ""

    @property
    def severity(self) -> Severity:
        """Say whether the import must stop for it."""
        return Severity.WARNING if self.kind in _WARNINGS else Severity.ERROR


@dataclass(frozen=True)
class Section:
    """A heading over questions, with an instruction of one sentence or none.

    `shuffle` says whether its questions are mixed; None: as the quiz says of all.
    """

    title: str
    instruction: str = ""
    shuffle: bool | None = None
    title_en: str = ""
    instruction_en: str = ""


@dataclass(frozen=True, kw_only=True)
class QuizItem:
    """Hold one question with what the file says about it."""

    id: str
    question: Question
    title: str = ""
    status: ItemStatus = ItemStatus.PUBLISHED
    lesson: str = ""
    slot: str = ""  # questions of one slot are alternatives for one point
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    pinned: int | None = None  # the version that the quiz stays with, whatever is written later
    section: int = 0  # of the quiz's sections, counted from one; before the first heading: 0
    line: int = field(default=0, compare=False)
    option_lines: tuple[int, ...] = field(default=(), compare=False)
    words: Question | None = None  # the same question in English, read from its own file

    @property
    def place(self) -> tuple[str, str]:
        """Name the slot; a question without one is a slot of its own."""
        return slot_of(self.id, self.slot)


def slot_of(item: str, slot: str | None) -> tuple[str, str]:
    """Name the slot that a question stands in; a name never meets another question's id."""
    return ("slot", slot) if slot else ("item", item)


@dataclass(frozen=True, kw_only=True)
class QuizFile:
    """Hold a whole quiz file: settings, the questions that could be read, and the problems."""

    id: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    settings: QuizSettings = field(default_factory=QuizSettings)
    items: tuple[QuizItem, ...] = ()
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def published(self) -> tuple[QuizItem, ...]:
        """List the questions that may be asked."""
        return tuple(item for item in self.items if item.status is ItemStatus.PUBLISHED)

    @property
    def published_slots(self) -> int:
        """Count the slots that have a question to ask."""
        return len({item.place for item in self.published})

    @property
    def errors(self) -> tuple[Problem, ...]:
        """List the problems that stop an import of all or nothing."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)
