"""The question types there are. To add one, see CONTRIBUTING: copy a folder, name it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from lms.quizzes.question_types.calculated import rules as calculated
from lms.quizzes.question_types.cloze import rules as cloze
from lms.quizzes.question_types.description import rules as description
from lms.quizzes.question_types.drag_words import rules as drag_words
from lms.quizzes.question_types.essay import rules as essay
from lms.quizzes.question_types.gap_select import rules as gap_select
from lms.quizzes.question_types.kprim import rules as kprim
from lms.quizzes.question_types.matching import rules as matching
from lms.quizzes.question_types.multiple_choice import rules as multiple_choice
from lms.quizzes.question_types.numerical import rules as numerical
from lms.quizzes.question_types.ordering import rules as ordering
from lms.quizzes.question_types.picture_labels import rules as picture_labels
from lms.quizzes.question_types.picture_markers import rules as picture_markers
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    Marking,
    Payload,
    Question,
    QuestionFault,
    QuestionType,
    WordsDiffer,
    WordsFault,
)
from lms.quizzes.question_types.short_answer import rules as short_answer
from lms.quizzes.question_types.single_choice import rules as single_choice
from lms.quizzes.question_types.survey import rules as survey
from lms.quizzes.question_types.true_false import rules as true_false
from lms.quizzes.question_types.upload import rules as upload

MOST_HINTS = 10

_listed: dict[str, QuestionType[Any]] = {
    single_choice.NAME: single_choice,
    multiple_choice.NAME: multiple_choice,
    true_false.NAME: true_false,
    matching.NAME: matching,
    numerical.NAME: numerical,
    short_answer.NAME: short_answer,
    kprim.NAME: kprim,
    essay.NAME: essay,
    description.NAME: description,
    ordering.NAME: ordering,
    gap_select.NAME: gap_select,
    drag_words.NAME: drag_words,
    cloze.NAME: cloze,
    survey.NAME: survey,
    calculated.NAME: calculated,
    picture_labels.NAME: picture_labels,
    picture_markers.NAME: picture_markers,
    upload.NAME: upload,
}
TYPES: Mapping[str, QuestionType[Any]] = MappingProxyType(_listed)


@contextmanager
def also(rules: QuestionType[Any]) -> Iterator[None]:
    """Know one type more for a while; tests try a type of their own so."""
    _listed[rules.NAME] = rules
    try:
        yield
    finally:
        del _listed[rules.NAME]


def rules_for(question: Question) -> QuestionType[Any]:
    """Find the rules of a question."""
    return TYPES[question.type]


def marking_of(name: str) -> Marking:
    """Tell who marks the answers to a type: its rules say so as MARKING where not by rule."""
    found: Marking = getattr(TYPES[name], "MARKING", Marking.BY_RULE)
    return found


def is_sent_apart(name: str) -> bool:
    """Tell whether answers come by a page of their own; a form of answers changes none then."""
    found: bool = getattr(TYPES[name], "IS_SENT_APART", False)
    return found


def parse_question(payload: Payload) -> Question:
    """Read a question of any type from its stored form; raise `InvalidQuestion`."""
    name = payload.get("type")
    if not isinstance(name, str) or name not in TYPES:
        raise InvalidQuestion("type", QuestionFault.UNKNOWN if name else QuestionFault.MISSING)
    question: Question = TYPES[name].parse(payload)
    hints = payload.get("hints")
    return replace(question, hints=_read_hints(hints)) if hints else question


def _read_hints(values: object) -> tuple[str, ...]:
    """Read what helps after a wrong try, in its order; of every type."""
    if not isinstance(values, list | tuple):
        raise InvalidQuestion("hints", QuestionFault.NOT_A_LIST)
    if len(values) > MOST_HINTS:
        raise InvalidQuestion("hints", QuestionFault.TOO_MANY)
    for place, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            raise InvalidQuestion("hints", QuestionFault.NOT_TEXT, place)
    return tuple(str(value) for value in values)


def hints_of(question: Question) -> tuple[str, ...]:
    """Return what helps after a wrong try."""
    return question.hints


def map_texts(question: Question, change: Callable[[str], str]) -> Question:
    """Change every text of a question of any type, its hints among them."""
    changed: Question = rules_for(question).map_texts(question, change)
    return replace(changed, hints=tuple(change(hint) for hint in question.hints))


def dump_question(question: Question) -> dict[str, object]:
    """Write a question of any type canonically."""
    dumped = rules_for(question).dump(question)
    return {**dumped, "hints": list(question.hints)} if question.hints else dumped


def with_kept_ids(new: Question, old: Question) -> Question:
    """Keep the ids of a question's earlier form; one of another type has none to keep."""
    if new.type != old.type:
        return new
    question: Question = rules_for(new).match_ids(new, old)
    return replace(question, hints=new.hints)


def translated(question: Question, words: Question) -> Question:
    """Give a question the words of its form in another language; raise `WordsDiffer`."""
    if question.type != words.type:
        raise WordsDiffer(WordsFault.TYPE)
    if words.hints and len(words.hints) != len(question.hints):
        raise WordsDiffer(WordsFault.HINTS)
    found: Question = rules_for(question).translated(question, words)
    return replace(found, hints=words.hints or question.hints)


def is_revision(new: Question, old: Question) -> bool:
    """Say whether only words differ, so that stored answers and marks keep their meaning."""
    return rules_for(new).structure_digest(new) == rules_for(old).structure_digest(old)
