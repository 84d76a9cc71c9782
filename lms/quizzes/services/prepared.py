"""What a quiz file asks to be stored, its texts already HTML, and which questions may be asked.

Nothing here reads the store: it is called before the write transaction opens.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lms.courses.fact_codes import CERTAIN
from lms.quizzes.bank.entry import Entry, entry_of
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, QuizItem, Section
from lms.quizzes.models import QuestionState
from lms.quizzes.question_types import protocol
from lms.quizzes.question_types.registry import dump_question, map_texts, rules_for
from lms.quizzes.rules.settings import QuizSettings
from lms.safety.html import render_inline, render_markdown, sanitise

_PICTURE = re.compile(
    r"(?:figures/)?([a-z0-9][a-z0-9_-]{0,100}\.(?:svg|png|jpg|gif|webp))", re.ASCII
)
_WRITTEN_TAG = re.compile(r"&lt;(/?(?:sup|sub|u))&gt;")


class Change(enum.StrEnum):
    """How a question of a file differs from the stored one."""

    NEW = "new"
    WORDS = "words"
    KEY = "key"
    NONE = "none"


@dataclass(frozen=True)
class FactBasis:
    """How the facts of a course stand: how sure each is, and which are signed off as worded now."""

    confidence: Mapping[str, str]
    signed: Collection[str]

    def waiting(self, fact_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the facts that nobody has signed off as they are worded now."""
        return tuple(fact for fact in fact_ids if fact not in self.signed)

    def unvouched(self, fact_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the facts that are neither certain nor signed off as they are worded now."""
        return tuple(f for f in self.waiting(fact_ids) if self.confidence.get(f) not in CERTAIN)

    def state(self, status: ItemStatus, fact_ids: Sequence[str]) -> QuestionState:
        """Decide whether a question may be asked.

        A draft, and a question on a fact that is not certain, waits until all its facts are signed
        off; one that rests on no fact waits for its file.
        """
        is_certain = all(self.confidence.get(fact) in CERTAIN for fact in fact_ids)
        if status is ItemStatus.PUBLISHED and is_certain:
            return QuestionState.PUBLISHED
        if fact_ids and not self.waiting(fact_ids):
            return QuestionState.PUBLISHED
        return QuestionState.DRAFT


def is_enough_for(settings: QuizSettings, slots: Iterable[tuple[str, str]]) -> bool:
    """Tell whether as many slots have a question to ask as an attempt draws.

    A quiz that draws from the bank needs none of its own; a draft never has enough.
    """
    if settings.draft:
        return False
    least = 0 if settings.draws else 1
    return len(set(slots)) >= (settings.draw or least)


def compare(
    new: protocol.Question,
    old: protocol.Question | None,
    *,
    words: protocol.Question | None = None,
    old_words: protocol.Question | None = None,
) -> Change:
    """Tell how a question, its ids already matched, differs from the stored one.

    `words` and `old_words` are its English forms; other words there are a change of words.
    """
    if old is None:
        return Change.NEW
    if new.type != old.type:
        return Change.KEY
    rules = rules_for(new)
    if rules.structure_digest(new) != rules.structure_digest(old):
        return Change.KEY
    is_same = dump_question(new) == dump_question(old) and is_same_words(words, old_words)
    return Change.NONE if is_same else Change.WORDS


def is_same_words(new: protocol.Question | None, old: protocol.Question | None) -> bool:
    """Tell whether two forms of a question say the same, or neither is there."""
    if new is None or old is None:
        return new is old
    return dump_question(new) == dump_question(old)


@lru_cache(maxsize=4096)
def to_html(text: str, slug: str = "") -> str:
    """Make stored HTML of a text: one line stays inline, several may have paragraphs and lists.

    Pictures are those of the course with this address; without one there are none.
    """

    def resolve(name: str) -> str | None:
        match = _PICTURE.fullmatch(name)
        return f"/courses/{slug}/figures/{match[1]}" if slug and match else None

    if "\n" not in text:
        return _raised(str(render_inline(text, resolve_image=resolve)))
    return _raised(str(render_markdown(text, resolve_image=resolve)).strip())


def _raised(html: str) -> str:
    """Let `<sup>`, `<sub>` and `<u>` be written as such: Markdown has no signs for them."""
    if not _WRITTEN_TAG.search(html):
        return html
    return str(sanitise(_WRITTEN_TAG.sub(r"<\1>", html)))


def rendered(question: protocol.Question, slug: str) -> protocol.Question:
    """Turn every text of a question into HTML."""
    return map_texts(question, lambda text: to_html(text, slug))


@dataclass(frozen=True)
class ReadyItem:
    """A question of a file, its texts already HTML."""

    content_id: str
    question: protocol.Question
    status: ItemStatus
    fact_ids: tuple[str, ...]
    lesson_number: str | None
    slot: str | None = None
    pinned: int | None = None  # the number of the version that the quiz stays with
    section: int = 0
    words: protocol.Question | None = None  # in English, with the ids of `question`
    entry: Entry = Entry()  # how the bank files it


@dataclass(frozen=True)
class ReadyQuiz:
    """A quiz of a file, ready to be stored: nothing slow is left to do."""

    content_id: str
    title_ro: str
    title_en: str
    settings: QuizSettings
    items: tuple[ReadyItem, ...]
    sections: tuple[Section, ...] = ()  # their instructions already HTML


def prepare_quiz(quiz: QuizFile, slug: str = "") -> ReadyQuiz:
    """Render a quiz's texts; called before the write transaction opens.

    `slug` is the course's, whose pictures its questions show.
    """
    return ReadyQuiz(
        content_id=quiz.id,
        title_ro=quiz.title.get("ro", ""),
        title_en=quiz.title.get("en", ""),
        settings=quiz.settings,
        items=tuple(prepare_item(item, slug) for item in quiz.items),
        sections=ready_sections(quiz.sections, slug),
    )


def ready_sections(sections: Iterable[Section], slug: str = "") -> tuple[Section, ...]:
    """Turn the instructions of sections into HTML; their titles stay as they are."""
    return tuple(
        replace(
            section,
            instruction=to_html(section.instruction, slug),
            instruction_en=to_html(section.instruction_en, slug),
        )
        for section in sections
    )


def prepare_item(item: QuizItem, slug: str = "") -> ReadyItem:
    """Render one question's texts; called before the write transaction opens."""
    question = rendered(item.question, slug)
    return ReadyItem(
        content_id=item.id,
        question=question,
        status=item.status,
        fact_ids=item.facts,
        lesson_number=item.lesson or None,
        slot=item.slot or None,
        pinned=item.pinned,
        section=item.section,
        words=rendered(item.words, slug) if item.words is not None else None,
        entry=entry_of(item, question.stem),
    )
