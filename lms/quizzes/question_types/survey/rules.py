"""A question about views or facts of the learner: it has no mark and no right answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import Known, digest, keep_ids, same_text
from lms.quizzes.question_types.protocol import (
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    Marking,
    MarkResult,
    OptionOrder,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    unmarked,
)

NAME: str = "survey"
MARKING = Marking.NONE
FIELD = "choice"
TEXT_FIELD = "text"
MAX_LENGTH = 5_000


class Kind(StrEnum):
    """Name how one answers."""

    ONE = "one"
    SEVERAL = "several"
    TEXT = "text"


@dataclass(frozen=True)
class View:
    """Hold one thing that one may say."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Survey(Question):
    """Ask for a view: one of several, several, or in own words."""

    type: ClassVar[str] = NAME
    marking: ClassVar[Marking] = MARKING
    marks: Decimal = ZERO
    kind: Kind = Kind.ONE
    views: tuple[View, ...] = ()


def parse(payload: Payload) -> Survey:
    """Read the question; one for own words has no options, any other at least two."""
    kind = Kind(read.choice(payload, "kind", list(Kind)))
    views: tuple[View, ...] = ()
    if kind is not Kind.TEXT:
        items = read.objects(payload, "views", least=2)
        views = tuple(_read_view(item, index) for index, item in enumerate(items))
    elif payload.get("views"):
        raise InvalidQuestion("views", QuestionFault.TOO_MANY)
    read.refuse_duplicates("text", [same_text(each.text) for each in views])
    read.refuse_duplicates("id", [each.id for each in views])
    return Survey(
        stem=read.stem(payload),
        general_feedback=read.general_feedback(payload),
        kind=kind,
        views=views,
    )


def _read_view(item: Payload, index: int) -> View:
    words = read.text(item, "text", index=index)
    return View(read.identifier(item, words, index=index), words)


def dump(question: Survey) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "kind": question.kind.value,
        "views": [{"id": each.id, "text": each.text} for each in question.views],
        "general_feedback": question.general_feedback,
    }


def match_ids(new: Survey, old: Survey) -> Survey:
    """Keep the ids of options that stayed."""
    ids = keep_ids(
        [Known(each.id, each.text, "") for each in new.views],
        [Known(each.id, each.text, "") for each in old.views],
    )
    return replace(new, views=tuple(replace(each, id=ids[each.id]) for each in new.views))


def map_texts(question: Survey, change: Callable[[str], str]) -> Survey:
    """Change stem and options; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        views=tuple(replace(each, text=change(each.text)) for each in question.views),
    )


def translated(question: Survey, words: Survey) -> Survey:
    """Take the words of another language, each option at its place."""
    if question.kind is not words.kind or len(question.views) != len(words.views):
        raise WordsDiffer(WordsFault.OPTIONS)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        views=tuple(
            replace(each, text=other.text)
            for each, other in zip(question.views, words.views, strict=True)
        ),
    )


def structure_digest(question: Survey) -> str:
    """Hash what stored answers refer to."""
    return digest([NAME, question.kind.value, sorted(option_ids(question))])


def option_ids(question: Survey) -> OptionOrder:
    """List the options in the author's order."""
    return tuple(each.id for each in question.views)


def draw(question: Survey, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Keep the author's order: it is often a scale."""
    return option_ids(question)


as_drawn = plain.as_drawn


def public(question: Survey, order: Sequence[str]) -> dict[str, object]:
    """Show stem and options."""
    texts = {each.id: each.text for each in question.views}
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": "0",
        "kind": question.kind.value,
        "options": choices.public_options(texts, order),
    }


def field_names(question: Survey) -> tuple[str, ...]:
    """Name the one field."""
    return (TEXT_FIELD if question.kind is Kind.TEXT else FIELD,)


def read_response(question: Survey, form_values: FormValues) -> dict[str, object]:
    """Read what was said."""
    if question.kind is Kind.TEXT:
        typed = plain.read_typed(form_values, TEXT_FIELD, limit=MAX_LENGTH)
        return {"text": typed} if typed else {}
    if question.kind is Kind.ONE:
        one = choices.read_one(option_ids(question), form_values)
        return {"choices": [one]} if one else {}
    several = choices.read_several(option_ids(question), form_values)
    return {"choices": several} if several else {}


def is_answered(question: Survey, payload: Payload) -> bool:
    """Say whether anything was said."""
    return bool(response_text(question, payload))


def notice(question: Survey, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark: a view is a view."""
    return None


def mark(question: Survey, payload: Payload) -> MarkResult:
    """Give no mark."""
    return unmarked()


def feedback(question: Survey, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone afterwards."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Survey) -> tuple[str, ...]:
    """Give nothing: no view is the right one."""
    return ()


def response_text(question: Survey, payload: Payload) -> tuple[str, ...]:
    """Give what was said."""
    if question.kind is Kind.TEXT:
        typed = plain.typed_in(payload)
        return (plain.shown(typed),) if typed else ()
    chosen = _chosen(question, payload)
    return tuple(each.text for each in question.views if each.id in chosen)


def answer_classes(question: Survey) -> tuple[AnswerClass, ...]:
    """List the options."""
    return tuple(AnswerClass(FIELD, each.id, each.text, ZERO) for each in question.views)


def summarise(question: Survey, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count each option chosen; own words are each for themselves."""
    if question.kind is Kind.TEXT:
        typed = plain.typed_in(payload)
        return (AnswerClass(FIELD, "other" if typed else "", plain.shown(typed), ZERO),)
    return choices.summarised(answer_classes(question), _chosen(question, payload) or [""])


def random_guess(question: Survey) -> Decimal | None:
    """Tell nothing: there is nothing to guess."""
    return None


def _chosen(question: Survey, payload: Payload) -> OptionOrder:
    found = choices.chosen_of(option_ids(question), payload, "choices")
    # Two views where one was asked for can't come from the page.
    return () if question.kind is Kind.ONE and len(found) > 1 else found
