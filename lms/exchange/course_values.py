"""A course as its files state it, in plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lms.courses.completion import Edge, Kind
from lms.exchange.facts_file import FactEntry
from lms.exchange.glossary_file import TermEntry
from lms.exchange.lesson_file import LessonFile
from lms.exchange.problems import Problem
from lms.papers.paper import Paper
from lms.quizzes.exchange.quiz_file import QuizFile
from lms.surveys.questions import Questionnaire


class FileKind(StrEnum):
    """What a course file holds; the same names as the stored ones."""

    COURSE = "course"
    FACTS = "facts"
    GLOSSARY = "glossary"
    MODULE = "module"
    LESSON = "lesson"
    QUIZ = "quiz"
    QUIZ_WORDS = "quiz_words"
    BANK = "bank"
    FIGURE = "figure"
    PAPER = "paper"
    QUESTIONNAIRE = "questionnaire"


@dataclass(frozen=True)
class ModuleFile:
    """A module as its files state it."""

    id: str
    slug: str
    number: int
    title: Mapping[str, str]
    summary: Mapping[str, str]
    outcomes: tuple[Mapping[str, str], ...]
    hours: Decimal
    test_minutes: int
    lessons: tuple[LessonFile, ...] = ()
    quiz: QuizFile | None = None
    more_quizzes: tuple[QuizFile, ...] = ()  # beside the one that module.yaml names
    is_draft: bool = False  # learners see nothing of it
    opens_on: date | None = None
    opens_after: str = ""  # the id of the module to be completed first

    @property
    def quizzes(self) -> tuple[QuizFile, ...]:
        """All quizzes of the module, in order."""
        return (*((self.quiz,) if self.quiz is not None else ()), *self.more_quizzes)


@dataclass(frozen=True)
class Item:
    """One file of a course, by the id of what it holds."""

    path: str
    kind: FileKind
    content_id: str
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class CourseFiles:
    """A whole course, read without fault."""

    id: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    modules_in_order: bool
    conditions: tuple[tuple[Kind, Mapping[str, object]], ...]
    facts: tuple[FactEntry, ...]
    modules: tuple[ModuleFile, ...]
    items: tuple[Item, ...]
    glossary: tuple[TermEntry, ...] = ()
    papers: tuple[Paper, ...] = ()
    questionnaire: Questionnaire | None = None
    tests: Mapping[Edge, QuizFile] = field(default_factory=dict)
    bank: QuizFile = field(default_factory=QuizFile)  # the questions that no quiz has

    @property
    def figures(self) -> tuple[Item, ...]:
        """The pictures."""
        return tuple(item for item in self.items if item.kind is FileKind.FIGURE)

    @property
    def quizzes(self) -> tuple[QuizFile, ...]:
        """All quizzes: the modules' and the course's own tests."""
        return (*(quiz for m in self.modules for quiz in m.quizzes), *self.tests.values())

    @property
    def lessons(self) -> tuple[LessonFile, ...]:
        """All lessons in reading order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)


@dataclass(frozen=True)
class Reading:
    """What came of reading: the course where nothing is wrong, and all problems."""

    course: CourseFiles | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop an import."""
        return tuple(p for p in self.problems if p.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that don't."""
        return tuple(p for p in self.problems if not p.is_error)
