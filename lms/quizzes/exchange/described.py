"""What a file of questions holds, as values that a program can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.question_types.registry import dump_question

Sentence = Callable[[Problem], dict[str, str]]


@dataclass
class Counts:
    """Count what was read."""

    questions: int = 0
    good: int = 0
    kept_out: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    not_supported: Counter[str] = field(default_factory=Counter)

    def add(self, read: ReadQuestion) -> None:
        """Count a question."""
        self.questions += 1
        if read.is_good and read.question is not None:
            self.good += 1
            self.by_type[read.question.type] += 1
        else:
            self.kept_out += 1
        for problem in read.problems:
            if problem.kind == "not_supported":
                self.not_supported[problem.reason] += 1

    def as_dict(self) -> dict[str, object]:
        """Give the counts as plain values."""
        return {
            "questions": self.questions,
            "good": self.good,
            "kept_out": self.kept_out,
            "by_type": dict(sorted(self.by_type.items())),
            "not_supported": dict(sorted(self.not_supported.items())),
        }


def question_as_dict(read: ReadQuestion, sentences: Sentence) -> dict[str, object]:
    """Tell a question: where it stands, what it is, what it says, and what is wrong with it."""
    values: dict[str, object] = {
        "line": read.line,
        "id": read.id,
        "name": read.name,
        "type": read.question.type if read.question else read.type_name,
        "is_good": read.is_good,
        "category": read.category,
        "tags": list(read.tags),
        "facts": list(read.facts),
        "lesson": read.lesson,
        "slot": read.slot,
        "status": read.status.value,
        "pictures": {name: len(data) for name, data in read.files.items()},
        "problems": problems_as_dicts(read.problems, sentences),
    }
    if read.question is not None:
        values |= {k: v for k, v in dump_question(read.question).items() if k != "type"}
    return values


def problems_as_dicts(problems: Iterable[Problem], sentences: Sentence) -> list[dict[str, object]]:
    """Tell problems by line, each in English and in Romanian."""
    return [
        {
            "line": problem.line,
            "severity": problem.severity.value,
            "kind": problem.kind.value,
            "question": problem.item,
            "field": problem.field,
            "reason": problem.reason,
            **sentences(problem),
        }
        for problem in problems
    ]
