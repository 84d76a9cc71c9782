"""The English words of a quiz: the same questions in a file of their own, matched by id.

It has no settings and no keys but ids: everything that decides about marks stands in the
Romanian file alone, so that a mark never depends on the language a question was read in.
"""

from __future__ import annotations

from dataclasses import replace

from lms.quizzes.exchange.front_matter import read_head
from lms.quizzes.exchange.gift import MAX_LENGTH, MAX_QUESTIONS, read_item, without_doubles
from lms.quizzes.exchange.gift_answers import kind_by_shape
from lms.quizzes.exchange.gift_syntax import RawQuestion, clean, hide_escapes, raw_questions
from lms.quizzes.exchange.gift_types import FORMS
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind, QuizFile, QuizItem, Section
from lms.quizzes.exchange.sections import cut_sections, with_section_words
from lms.quizzes.question_types.protocol import Question, WordsDiffer
from lms.quizzes.question_types.registry import rules_for, translated


def with_words(quiz: QuizFile, text: str) -> tuple[QuizFile, tuple[Problem, ...]]:
    """Add the words of a file to a quiz; never raise. Problems are of the file of words."""
    problems: list[Problem] = []
    items, sections = _read(text, problems)
    if quiz.errors:  # what is missing there would be told once more, as something else
        return quiz, tuple(sorted(problems))
    by_id = {item.id: item for item in items}
    known = {item.id for item in quiz.items}
    problems += [
        Problem(item.line, ProblemKind.WORDS_UNKNOWN, item.id)
        for item in items
        if item.id not in known
    ]
    missing = [item.id for item in quiz.items if item.id not in by_id]
    if missing:
        problems.append(Problem(1, ProblemKind.WORDS_MISSING, reason=", ".join(missing)))
    worded = tuple(
        replace(item, words=_words(item, by_id[item.id], problems)) if item.id in by_id else item
        for item in quiz.items
    )
    quiz = with_section_words(replace(quiz, items=worded), sections, 1, problems)
    return quiz, tuple(sorted(problems))


def _read(text: str, problems: list[Problem]) -> tuple[list[QuizItem], tuple[Section, ...]]:
    if len(text) > MAX_LENGTH:
        problems.append(Problem(1, ProblemKind.TOO_LARGE))
        return [], ()
    cleaned = clean(text, problems)
    head = read_head(cleaned, [])
    if head.first_line > 1:
        problems.append(Problem(1, ProblemKind.WORDS_SETTINGS))
    items: list[QuizItem] = []
    cut = cut_sections(hide_escapes(head.rest), head.first_line, problems)
    for raw in raw_questions(cut.text, head.first_line, problems):
        if len(items) == MAX_QUESTIONS:
            problems.append(Problem(raw.line, ProblemKind.TOO_LARGE))
            break
        item = read_item(_with_id_alone(raw, problems), problems)
        if item is not None:
            items.append(item)
    return without_doubles(items, problems), cut.sections


def _with_id_alone(raw: RawQuestion, problems: list[Problem]) -> RawQuestion:
    name = next((key.value for key in raw.keys if key.name == "id"), raw.title)
    kind = next((key.value for key in raw.keys if key.name == "type"), "") or kind_by_shape(
        raw.body
    )
    worded = FORMS[kind].WORDS if kind in FORMS else frozenset()
    allowed = {"id", "type", "hint", *worded}
    problems += [
        Problem(key.line, ProblemKind.WORDS_KEY, name, key.name)
        for key in raw.keys
        if key.name not in allowed
    ]
    return replace(raw, keys=tuple(key for key in raw.keys if key.name in allowed))


def _words(item: QuizItem, other: QuizItem, problems: list[Problem]) -> Question | None:
    try:
        words = translated(item.question, other.question)
    except WordsDiffer as differ:
        line = other.line
        if differ.index is not None and differ.index < len(other.option_lines):
            line = other.option_lines[differ.index]
        problems.append(Problem(line, ProblemKind.WORDS_DIFFER, item.id, reason=differ.reason))
        return None
    if any(here and not there for here, there in _pairs(item.question, words)):
        problems.append(Problem(other.line, ProblemKind.WORDS_PARTIAL, item.id))
    return words


def _pairs(question: Question, words: Question) -> list[tuple[str, str]]:
    """Lay the texts of both languages side by side."""
    return list(zip(_texts(question), _texts(words), strict=True))


def _texts(question: Question) -> list[str]:
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    rules_for(question).map_texts(question, note)
    return found
