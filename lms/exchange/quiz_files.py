"""A quiz's file and the one beside it that holds its English words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lms.courses.completion import Edge
from lms.exchange.course_values import FileKind, Item
from lms.exchange.problems import Problem, Reason
from lms.quizzes.exchange import quiz_file
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, QuizItem, Severity
from lms.quizzes.exchange.words import with_words
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.settings import FeedbackTime

WORDS_SUFFIX = ".en"
BANK = "bank.gift"  # the questions that no quiz has


def words_path(path: str) -> str:
    """Return where the English words of a quiz's file stand: `quiz.en.gift` for `quiz.gift`."""
    return f"{path.removesuffix('.gift')}{WORDS_SUFFIX}.gift"


def words_id(quiz_id: str) -> str:
    """Return the content id of a quiz's English words."""
    return f"{quiz_id}{WORDS_SUFFIX}"


def more_paths(base: str, paths: Iterable[str]) -> list[str]:
    """Find the quizzes in a module's folder `quizzes`; their English words stand beside them."""
    name = re.compile(rf"{re.escape(base)}/quizzes/[a-z0-9][a-z0-9-]{{0,79}}\.gift", re.ASCII)
    return sorted(path for path in paths if name.fullmatch(path))


def pictures_of(quiz: QuizFile) -> set[str]:
    """Name the pictures that a quiz's questions show."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.update(names_in(text))
        return text

    for item in quiz.items:
        rules_for(item.question).map_texts(item.question, note)
    return found


def read_quiz(path: str, text: str, words: str | None, problems: list[Problem]) -> QuizFile:
    """Read a quiz with its English words, where there is a file of them."""
    quiz = read_gift(text)
    problems += _problems(path, quiz.problems)
    if not quiz.id:
        problems.append(Problem(path, 1, Reason.MISSING_KEY, "id"))
    for language in ("ro", "en"):
        if not quiz.title.get(language):
            problems.append(Problem(path, 1, Reason.MISSING_KEY, f"title: {language}"))
    if words is not None:
        quiz, found = with_words(quiz, words)
        problems += _problems(words_path(path), found)
    return quiz


def read_bank(path: str, text: str, words: str | None, problems: list[Problem]) -> QuizFile:
    """Read the questions of the bank alone: nobody is asked them, whatever they say of it."""
    bank = read_gift(text)
    problems += _problems(path, bank.problems)
    if words is not None:
        bank, found = with_words(bank, words)
        problems += _problems(words_path(path), found)
    return replace(bank, items=tuple(_unasked(item) for item in bank.items))


def _unasked(item: QuizItem) -> QuizItem:
    is_asked = item.status is ItemStatus.PUBLISHED
    return replace(item, status=ItemStatus.READY) if is_asked else item


def check_rules(
    path: str, text: str, quiz: QuizFile, edge: Edge | None, has_final: bool
) -> Iterator[Problem]:
    """Find rules that don't fit where a quiz stands: in a module, or at an edge of the course.

    A test of the whole course is taken once and not passed or failed; what the one at the start
    shows may wait for the one at the end.
    """
    settings = quiz.settings
    if edge is None and settings.pass_mark is None:
        yield Problem(path, _line_of(text, "pass_mark"), Reason.NEEDS_PASSING)
    if edge is not None and settings.pass_mark is not None:
        line = _line_of(text, "pass_mark")
        yield Problem(path, line, Reason.COURSE_TEST, "pass_mark: none")
    if edge is not None and settings.attempts != 1:
        yield Problem(path, _line_of(text, "attempts"), Reason.COURSE_TEST, "attempts: 1")
    waits = settings.feedback is FeedbackTime.AFTER_FINAL
    if waits and not (edge is Edge.START and has_final):
        yield Problem(path, _line_of(text, "feedback"), Reason.AFTER_FINAL)


def _line_of(text: str, setting: str) -> int:
    match = re.search(rf"^{setting}[ \t]*:", text, re.MULTILINE)
    return 1 + text.count("\n", 0, match.start()) if match else 1


def without_english(items: Iterable[Item]) -> Iterator[str]:
    """Name the quizzes without English words, in a course that has some."""
    listed = list(items)
    worded = {item.path for item in listed if item.kind is FileKind.QUIZ_WORDS}
    for item in listed:
        is_quiz = item.kind is FileKind.QUIZ
        if worded and is_quiz and words_path(item.path) not in worded:
            yield item.path


def _problems(path: str, found: Iterable[quiz_file.Problem]) -> list[Problem]:
    return [
        Problem(
            path,
            p.line,
            Reason.QUIZ,
            p.kind.value,
            ":".join(part for part in (p.field, p.reason) if part),
            p.item,
            p.severity is Severity.ERROR,
        )
        for p in found
    ]
