"""What the bank keeps of a question beside its versions: where it belongs, its text, its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lms.people_names import fold
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.gift_writer import write_gift, write_words
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, QuizItem
from lms.quizzes.exchange.read_question import category_path
from lms.quizzes.exchange.words import with_words
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import map_texts
from lms.safety.html import plain_text

LONGEST_CATEGORY, LONGEST_TAG, LONGEST_STEM = 200, 100, 300
LONGEST_SEARCHED = 10_000


@dataclass(frozen=True)
class Entry:
    """A question as the bank files it; `source` and `words_source` lose nothing of it."""

    category: str = ""
    tags: tuple[str, ...] = ()
    is_ready: bool = True
    stem: str = ""
    search_text: str = ""
    source: str = ""
    words_source: str = ""


def entry_of(item: QuizItem, stem_html: str) -> Entry:
    """File a question of a quiz's text; `stem_html` is its stem as it is shown."""
    return Entry(
        category=category_of(item.category),
        tags=tags_of(item.tags),
        is_ready=item.status is not ItemStatus.DRAFT,
        stem=_shortened(plain_text(stem_html)),
        search_text=_searched(item),
        source=source_of(item),
        words_source=write_words(QuizFile(items=(item,))).strip("\n"),
    )


def category_of(written: str) -> str:
    """Name a category by its path, as short as the bank's column."""
    parts = (" ".join(part.split()) for part in category_path(written).split("/"))
    return "/".join(part for part in parts if part)[:LONGEST_CATEGORY].rstrip("/ ")


def tags_of(written: Iterable[str]) -> tuple[str, ...]:
    """Take each tag once, in order, as short as the bank's column."""
    tidy = (" ".join(tag.split())[:LONGEST_TAG].strip() for tag in written)
    return tuple(dict.fromkeys(tag for tag in tidy if tag))


def source_of(item: QuizItem) -> str:
    """Write a question as text, with its keys and its category."""
    return write_gift(QuizFile(items=(item,))).strip("\n")


def item_in(source: str, words: str = "") -> QuizItem:
    """Read the question that `source_of` wrote, with its English words."""
    quiz = read_gift(source)
    if words:
        quiz, _problems = with_words(quiz, words)
    [item] = quiz.items
    return item


def with_status(source: str, status: ItemStatus) -> str:
    """Give a question's text another status."""
    return source_of(replace(item_in(source), status=status))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_STEM else f"{text[: LONGEST_STEM - 1].rstrip()}…"


def _searched(item: QuizItem) -> str:
    """Fold every word of a question, in both languages, with its id and title."""
    parts = [item.id, item.title, *_texts(item.question)]
    if item.words is not None:
        parts += _texts(item.words)
    return fold(" ".join(parts))[:LONGEST_SEARCHED]


def _texts(question: Question) -> list[str]:
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    map_texts(question, note)
    return found
