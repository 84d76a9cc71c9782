"""A quiz's file and the one beside it that holds its English words."""

from __future__ import annotations

from collections.abc import Iterable

from lms.exchange.problems import Problem, Reason
from lms.quizzes.exchange import quiz_file
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.quiz_file import QuizFile, Severity
from lms.quizzes.exchange.words import with_words

WORDS_SUFFIX = ".en"


def words_path(path: str) -> str:
    """Return where the English words of a quiz's file stand: `quiz.en.gift` for `quiz.gift`."""
    return f"{path.removesuffix('.gift')}{WORDS_SUFFIX}.gift"


def words_id(quiz_id: str) -> str:
    """Return the content id of a quiz's English words."""
    return f"{quiz_id}{WORDS_SUFFIX}"


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
