"""What every question type can do, and the plain values it speaks in.

A type is a folder with a pure module `rules.py` that has the functions of `QuestionType`;
`registry.py` lists them. Beside the rules may stand a form and templates, which the rules never
import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol, TypeVar

OptionOrder = tuple[str, ...]
FormValues = Mapping[str, Sequence[str]]
Payload = Mapping[str, object]

ZERO, ONE = Decimal(0), Decimal(1)


class QuestionFault(StrEnum):
    """Why a question cannot be accepted."""

    MISSING = "missing"
    NOT_TEXT = "not_text"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_LIST = "not_a_list"
    NOT_AN_OBJECT = "not_an_object"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    DUPLICATE = "duplicate"
    BAD_ID = "bad_id"
    UNKNOWN = "unknown"
    NO_RIGHT_ANSWER = "no_right_answer"
    SEVERAL_RIGHT_ANSWERS = "several_right_answers"
    POSITIVES_NOT_100 = "positives_not_100"
    BAD_FORMULA = "bad_formula"
    UNKNOWN_FUNCTION = "unknown_function"
    UNKNOWN_VARIABLE = "unknown_variable"
    NOT_COMPUTABLE = "not_computable"
    NO_PICTURE = "no_picture"


class InvalidQuestion(ValueError):
    """Say which field of a question is wrong and why; `index` is the option's place, from 0."""

    def __init__(self, field: str, reason: QuestionFault, index: int | None = None) -> None:
        super().__init__(f"{field}: {reason}" if index is None else f"{field}[{index}]: {reason}")
        self.field = field
        self.reason = reason
        self.index = index


class WordsFault(StrEnum):
    """How a question in another language is another question."""

    TYPE = "type"
    OPTIONS = "options"
    WEIGHTS = "weights"
    KEY = "key"
    NUMBERS = "numbers"
    HINTS = "hints"


class WordsDiffer(ValueError):
    """Say how the words given are not those of this question; `index` is the option's place."""

    def __init__(self, reason: WordsFault, index: int | None = None) -> None:
        super().__init__(reason if index is None else f"{reason}[{index}]")
        self.reason = reason
        self.index = index


class ResponseFault(StrEnum):
    """Why something that came from a form is not a response to this question."""

    UNKNOWN_OPTION = "unknown_option"
    SEVERAL_VALUES = "several_values"
    TOO_LONG = "too_long"


class InvalidResponse(ValueError):
    """Say which form field holds what the page never offered."""

    def __init__(self, field: str, reason: ResponseFault) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ResponseNotice(StrEnum):
    """What the learner should be told about an answer that was saved as given."""

    INCOMPLETE = "incomplete"
    NOT_A_NUMBER = "not_a_number"
    OTHER_UNIT = "other_unit"
    NO_UNIT = "no_unit"
    TOO_FEW_WORDS = "too_few_words"
    TOO_MANY_WORDS = "too_many_words"


class Outcome(StrEnum):
    """How an answer stands after marking."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    WAITING = "waiting"  # answered, and only a person can mark it
    UNMARKED = "unmarked"  # the question has no mark at all


class Marking(StrEnum):
    """Who marks the answers to a type of question."""

    BY_RULE = "by_rule"
    BY_HAND = "by_hand"
    NONE = "none"  # it counts for nothing: `marks` is 0


@dataclass(frozen=True, kw_only=True)
class Question:
    """Hold what all types share; every text is Markdown (or its HTML, see `map_texts`)."""

    type: ClassVar[str]
    marking: ClassVar[Marking] = Marking.BY_RULE

    stem: str
    marks: Decimal = ONE
    general_feedback: str = ""
    hints: tuple[str, ...] = ()  # one after each wrong try; read and written by the registry


@dataclass(frozen=True)
class PartResult:
    """Tell one part of a mark: what was given, what was expected, and what it earned.

    A part is the choice, one option of several, one stem to match, or the value.
    """

    key: str
    given: str | None
    expected: str | None
    is_right: bool
    fraction: Decimal


@dataclass(frozen=True)
class MarkResult:
    """Hold the fraction of the marks earned, in [0, 1], and how it came about.

    `feedback` holds the keys of the texts chosen; `QuestionType.feedback` gives the texts.
    """

    fraction: Decimal
    outcome: Outcome
    parts: tuple[PartResult, ...]
    feedback: tuple[str, ...] = ()


def result(
    fraction: Decimal,
    parts: Sequence[PartResult],
    *,
    answered: bool,
    feedback: Sequence[str] = (),
) -> MarkResult:
    """Build a mark, clipping the fraction to [0, 1] and naming its outcome."""
    clipped = min(ONE, max(ZERO, fraction))
    if not answered:
        outcome = Outcome.UNANSWERED
    elif clipped == ONE:
        outcome = Outcome.RIGHT
    else:
        outcome = Outcome.PARTIAL if clipped else Outcome.WRONG
    return MarkResult(clipped, outcome, tuple(parts), tuple(feedback))


def by_hand(*, answered: bool) -> MarkResult:
    """Build the mark of what only a person can mark: nothing yet, and waiting if answered."""
    return MarkResult(ZERO, Outcome.WAITING if answered else Outcome.UNANSWERED, ())


def unmarked() -> MarkResult:
    """Build the mark of a question that has none."""
    return MarkResult(ZERO, Outcome.UNMARKED, ())


@dataclass(frozen=True)
class AnswerClass:
    """Name one way to answer one part of a question, for counting who answered so.

    `part` is the part's key, `key` an option's id or an answer's place; "" where nothing was
    given, `other` for what no answer of the author holds. `fraction` is of the whole question.
    """

    part: str
    key: str
    text: str
    fraction: Decimal


Q = TypeVar("Q", bound=Question)


class QuestionType(Protocol[Q]):
    """Be the rules of one type of question; the modules `<type>/rules.py` fulfil this."""

    NAME: str

    def parse(self, payload: Payload) -> Q:
        """Read a question from JSON-able values; raise `InvalidQuestion`."""

    def dump(self, question: Q) -> dict[str, object]:
        """Write the question canonically, so that `parse(dump(q)) == q`."""

    def match_ids(self, new: Q, old: Q) -> Q:
        """Give `new` the ids of `old` where text, or place and key, stand (see `ids.keep_ids`)."""

    def map_texts(self, question: Q, change: Callable[[str], str]) -> Q:
        """Change every text that readers see, ids kept: how Markdown becomes stored HTML."""

    def translated(self, question: Q, words: Q) -> Q:
        """Give a question the words of its form in another language; ids, key and marks stay.

        Raise `WordsDiffer` where the two don't match option by option.
        """

    def structure_digest(self, question: Q) -> str:
        """Hash type, ids, key and marks: equal digests mean that only words differ."""

    def option_ids(self, question: Q) -> OptionOrder:
        """List what can be chosen, in the author's order."""

    def draw(self, question: Q, seed: int, *, shuffle: bool = True) -> OptionOrder:
        """Fix the order in which one attempt shows the options."""

    def as_drawn(self, question: Q, order: Sequence[str]) -> Q:
        """Give the question as the attempt with this draw meets it; most types stay as they are.

        Answers are read, shown and marked with this form: it may hold fewer items, or numbers in
        place of variables.
        """

    def public(self, question: Q, order: Sequence[str]) -> dict[str, object]:
        """Tell what may be shown during an attempt: no key, no feedback, no fraction."""

    def field_names(self, question: Q) -> tuple[str, ...]:
        """Name the form fields that `read_response` looks at."""

    def read_response(self, question: Q, form_values: FormValues) -> dict[str, object]:
        """Read what was sent; empty means unanswered, what was never offered raises."""

    def is_answered(self, question: Q, payload: Payload) -> bool:
        """Say whether nothing is left to fill in."""

    def notice(self, question: Q, payload: Payload) -> ResponseNotice | None:
        """Say what the learner should know of the answer while it can be mended."""

    def mark(self, question: Q, payload: Payload) -> MarkResult:
        """Mark any payload, however odd; never raise, never leave [0, 1]."""

    def feedback(self, question: Q, payload: Payload) -> tuple[str, ...]:
        """Choose the texts to show once feedback may be seen."""

    def key_text(self, question: Q) -> tuple[str, ...]:
        """Give the right answer as plain values."""

    def response_text(self, question: Q, payload: Payload) -> tuple[str, ...]:
        """Give the learner's answer, for review and audit, in texts of the question's kind.

        A stored question's texts are HTML; what was typed is escaped, so that all is shown alike.
        """

    def answer_classes(self, question: Q) -> tuple[AnswerClass, ...]:
        """List the ways to answer that can be told beforehand, part by part."""

    def summarise(self, question: Q, payload: Payload) -> tuple[AnswerClass, ...]:
        """Say how an answer counts in the statistics: in each part, what was given."""

    def random_guess(self, question: Q) -> Decimal | None:
        """Tell the fraction that blind guessing earns on average, where it can be told."""
