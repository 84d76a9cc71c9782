"""One question as any file holds it: what every reader gives and every writer takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lms.quizzes.exchange.quiz_file import (
    ItemStatus,
    Problem,
    ProblemKind,
    QuizItem,
    Section,
    Severity,
)
from lms.quizzes.question_types.ids import derive_id
from lms.quizzes.question_types.protocol import InvalidQuestion, Question
from lms.quizzes.question_types.registry import dump_question, parse_question
from lms.safety.file_names import ascii_letters

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9._-]+")
_KEY_TAG = re.compile(r"(fact|lesson|slot|status):(\S.{0,79})")
LONGEST_NAME = 200
_CONTEXT = re.compile(r"^\$[a-z]+\d*\$/?")


class Lost(StrEnum):
    """Name what a question had and the other side has no place for."""

    HINTS = "hints"
    COMBINED_FEEDBACK = "combined_feedback"
    PICTURE = "picture"
    MARKUP = "markup"
    UNIT_RULES = "unit_rules"
    FEEDBACK = "feedback"
    PARTIAL_MARKS = "partial_marks"
    SCORING = "scoring"
    TOLERANCE = "tolerance"
    UNIT = "unit"
    MARKS = "marks"
    TAGS = "tags"
    IDENTITY = "identity"
    TEMPLATE = "template"
    STIMULUS = "stimulus"
    MEDIA = "media"
    CASE = "case"
    DIACRITICS = "diacritics"
    WILDCARDS = "wildcards"
    RUBRIC = "rubric"
    START_TEXT = "start_text"
    DISTRACTORS = "distractors"
    SETTINGS = "settings"
    FACTS = "facts"
    LESSON = "lesson"
    VALUES = "values"
    ALTERNATIVES = "alternatives"


@dataclass(frozen=True, kw_only=True)
class ReadQuestion:
    """Hold a question of a file, or why it could not be read.

    Texts are Markdown. `type_name` is the type as the file calls it; `files` are the pictures that
    the texts name.
    """

    name: str = ""
    question: Question | None = None
    type_name: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    line: int = field(default=0, compare=False)
    id: str = ""
    status: ItemStatus = ItemStatus.PUBLISHED
    lesson: str = ""
    slot: str = ""
    facts: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    under: Section | None = field(default=None, compare=False)  # its heading in the file

    @property
    def is_good(self) -> bool:
        """Say whether it can be kept as it is."""
        return self.question is not None and not any(
            problem.severity is Severity.ERROR for problem in self.problems
        )


@dataclass(frozen=True)
class Written:
    """Hold a file that was written, and what of the questions it could not say."""

    data: bytes
    problems: tuple[Problem, ...] = ()


def category_path(written: str) -> str:
    """Name a category by its path, without where it stood in the other system."""
    plain = " ".join(written.split())
    return _CONTEXT.sub("", plain).removeprefix("top/").removeprefix("top").strip("/ ")


def from_item(item: QuizItem) -> ReadQuestion:
    """Take a question out of a quiz file."""
    return ReadQuestion(
        name=item.title,
        question=item.question,
        type_name=item.question.type,
        category=item.category,
        tags=item.tags,
        line=item.line,
        id=item.id,
        status=item.status,
        lesson=item.lesson,
        slot=item.slot,
        facts=item.facts,
    )


def to_item(read: ReadQuestion, question: Question) -> QuizItem:
    """Make it a question of a quiz file."""
    return QuizItem(
        id=read.id,
        question=question,
        title=read.name,
        status=read.status,
        lesson=read.lesson,
        slot=read.slot,
        facts=read.facts,
        tags=read.tags,
        category=read.category,
        line=read.line,
    )


def usable_id(written: str, prefix: str) -> str:
    """Make an id of what another system calls the question; the same name gives the same id."""
    written = " ".join(written.split())
    if not written or ID_PATTERN.fullmatch(written):
        return written
    plain = _NOT_OF_AN_ID.sub("-", ascii_letters(written)).strip("-._")[:60]
    return f"{plain or prefix}-{derive_id(written)}"


def derived_id(question: Question, prefix: str) -> str:
    """Make an id of everything that the question says; equal questions have equal ids."""
    return derive_id(repr(sorted(dump_question(question).items())), prefix=prefix)


def with_id(read: ReadQuestion, prefix: str) -> ReadQuestion:
    """Give a question that has no id one made of its words."""
    if read.id or read.question is None:
        return read
    return replace(read, id=derived_id(read.question, prefix))


def without_doubles(questions: Iterable[ReadQuestion]) -> Iterator[ReadQuestion]:
    """Keep the first question of an id; say of each later one that its id is taken."""
    seen: set[str] = set()
    for read in questions:
        if read.question is not None and read.id in seen:
            double = Problem(read.line, ProblemKind.DUPLICATE_ID, read.name or read.id, "", read.id)
            yield replace(read, question=None, problems=(*read.problems, double))
            continue
        if read.question is not None:
            seen.add(read.id)
        yield read


def parsed(
    payload: Mapping[str, object],
    name: str,
    line_of: Callable[[InvalidQuestion], int],
    problems: list[Problem],
) -> Question | None:
    """Make a question of its plain values; what is wrong with it is told by line."""
    try:
        return parse_question(payload)
    except InvalidQuestion as invalid:
        problems.append(
            Problem(
                line_of(invalid),
                ProblemKind.INVALID_QUESTION,
                name,
                invalid.field,
                invalid.reason,
            )
        )
        return None


def not_supported(line: int, name: str, type_name: str) -> Problem:
    """Say that a type of question is not known here, by the name the file gives it."""
    return Problem(line, ProblemKind.NOT_SUPPORTED, name, reason=type_name[:80])


def left_out(line: int, name: str, what: Lost, detail: str = "") -> Problem:
    """Say what of a question had to be left behind."""
    return Problem(line, ProblemKind.LEFT_OUT, name, what, detail[:120])


class Losses:
    """What of one question had to be left behind, each kind told once with all its details."""

    def __init__(self) -> None:
        self._found: dict[Lost, dict[str, None]] = {}

    def add(self, what: Lost, detail: str = "") -> None:
        """Remember one."""
        self._found.setdefault(what, {})[detail] = None

    def told(self, line: int, name: str) -> list[Problem]:
        """Tell them as problems."""
        return [
            left_out(line, name, what, ", ".join(filter(None, details)))
            for what, details in self._found.items()
        ]


# What only our own files say travels as tags -------------------------------------------------


def tags_with_keys(read: ReadQuestion) -> list[str]:
    """List a question's tags, and what else we know of it, as tags that any system keeps."""
    keys = [f"fact:{fact}" for fact in read.facts]
    keys += [f"lesson:{read.lesson}"] if read.lesson else []
    keys += [f"slot:{read.slot}"] if read.slot else []
    keys += [f"status:{read.status}"] if read.status is not ItemStatus.PUBLISHED else []
    return [*read.tags, *keys]


def with_tags(read: ReadQuestion, tags: Sequence[str]) -> ReadQuestion:
    """Take tags as they come, and out of them what `tags_with_keys` has put there."""
    plain: list[str] = []
    facts: list[str] = []
    single: dict[str, str] = {}
    for tag in dict.fromkeys(" ".join(tag.split()) for tag in tags):
        match = _KEY_TAG.fullmatch(tag)
        if match is None:
            plain += [tag] if tag else []
        elif match[1] == "fact":
            facts.append(match[2])
        else:
            single[match[1]] = match[2]
    status = single.get("status")
    return replace(
        read,
        tags=tuple(plain),
        facts=tuple(facts),
        lesson=single.get("lesson", ""),
        slot=single.get("slot", ""),
        status=ItemStatus(status) if status in list(ItemStatus) else ItemStatus.PUBLISHED,
    )
