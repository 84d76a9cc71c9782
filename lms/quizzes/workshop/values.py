"""What a trainer's text says, as plain values: questions by line, headings, what is unclear."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lms.quizzes.exchange.quiz_file import Problem, QuizItem, Section, Severity


class Asked(StrEnum):
    """What only the trainer can say of a question."""

    NO_RIGHT = "no_right"  # no option is marked as right
    MARKS_DIFFER = "marks_differ"  # the mark at the option and the key say otherwise


class Fault(StrEnum):
    """What is wrong with a text beside what is wrong in any quiz file."""

    NO_ANSWERS = "no_answers"  # a text that asks nothing
    ONE_OPTION = "one_option"
    NO_STEM = "no_stem"
    ANSWER_ALONE = "answer_alone"  # „Răspuns: b” under no question
    ANSWER_UNKNOWN = "answer_unknown"  # the letter is none of the options
    ANSWER_UNREAD = "answer_unread"
    NUMBER_UNCLEAR = "number_unclear"  # 1.234 may be two numbers
    KEY_UNREAD = "key_unread"
    KEY_NUMBER = "key_number"  # no question has the number
    KEY_TWICE = "key_twice"  # two questions have the number
    INTRO = "intro"  # the text before the first question was left out
    HEADING = "heading"  # the heading was left out
    SHUFFLE = "shuffle"  # neither yes nor no
    TOO_MANY_SECTIONS = "too_many_sections"
    LONG_SECTION = "long_section"
    DRAW_SECTION = "draw_section"  # a draw of the settings names a heading that is not there
    SETTINGS = "settings"  # the settings at the head were left out
    ID_TAKEN = "id_taken"  # another quiz of the course has a question with the id
    UNKNOWN_FACT = "unknown_fact"
    UNKNOWN_LESSON = "unknown_lesson"
    UNKNOWN_VERSION = "unknown_version"  # the newest is asked


_WARNINGS = frozenset(
    {Fault.DRAW_SECTION, Fault.INTRO, Fault.HEADING, Fault.SETTINGS, Fault.UNKNOWN_VERSION}
)


@dataclass(frozen=True, order=True)
class Remark:
    """Say what is wrong with a text, and on which line."""

    line: int
    fault: Fault
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """Say whether the text can't be saved as it stands."""
        return Severity.WARNING if self.fault in _WARNINGS else Severity.ERROR


@dataclass(frozen=True)
class OptionLine:
    """An option as it was written."""

    line: int
    text: str
    is_right: bool = False


@dataclass(frozen=True)
class Piece:
    """One question of a text, and the lines that it stands on.

    `item` is None where it can't be read yet: it is asked about, or has a fault. Its id is empty
    where the text gives none.
    """

    first: int
    last: int
    stem: str
    item: QuizItem | None = None
    is_plain: bool = False  # written as people write, and not in GIFT
    number: int | None = None
    options: tuple[OptionLine, ...] = ()
    asked: Asked | None = None


@dataclass(frozen=True)
class Heading:
    """A heading: the questions after it belong together."""

    line: int
    text: str
    instruction: str = ""
    shuffle: bool | None = None
    last: int = 0  # of its lines; those of a comment over it and of an instruction are its own

    @property
    def section(self) -> Section:
        """The section that it begins."""
        return Section(self.text, self.instruction, self.shuffle)


@dataclass(frozen=True)
class TextRead:
    """A whole text as it was read."""

    text: str
    pieces: tuple[Piece, ...] = ()
    headings: tuple[Heading, ...] = ()
    problems: tuple[Problem, ...] = ()  # those that any quiz file may have
    remarks: tuple[Remark, ...] = ()
    consumed: frozenset[int] = field(default=frozenset(), repr=False)  # lines that were understood

    @property
    def items(self) -> tuple[QuizItem, ...]:
        """The questions that could be read."""
        return tuple(piece.item for piece in self.pieces if piece.item is not None)

    @property
    def asked(self) -> tuple[Piece, ...]:
        """The questions about which the trainer is asked."""
        return tuple(piece for piece in self.pieces if piece.asked is not None)

    @property
    def errors(self) -> tuple[Problem | Remark, ...]:
        """What stops the text from being saved."""
        found: list[Problem | Remark] = [*self.problems, *self.remarks]
        wrong = [each for each in found if each.severity is Severity.ERROR]
        return tuple(sorted(wrong, key=lambda each: each.line))

    @property
    def warnings(self) -> tuple[Problem | Remark, ...]:
        """What the trainer should know, and may leave."""
        found: list[Problem | Remark] = [*self.problems, *self.remarks]
        mild = [each for each in found if each.severity is Severity.WARNING]
        return tuple(sorted(mild, key=lambda each: each.line))

    @property
    def is_ready(self) -> bool:
        """Whether it can be saved."""
        return not self.errors and not self.asked

    def heading_of(self, piece: Piece) -> Heading | None:
        """The last heading before a question."""
        before = [h for h in self.headings if h.line <= piece.first]
        return before[-1] if before else None
