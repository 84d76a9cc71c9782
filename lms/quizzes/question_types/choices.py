"""Options to choose from: what single and multiple choice share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import Known, keep_ids, same_text
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidResponse,
    OptionOrder,
    Payload,
    ResponseFault,
    WordsDiffer,
    WordsFault,
)
from lms.quizzes.rules.assembly import shuffled

FIELD = "choice"


@dataclass(frozen=True)
class Option:
    """Hold one option: its words, the fraction it earns when chosen, and why."""

    id: str
    text: str
    fraction: Decimal
    feedback: str = ""


Options = tuple[Option, ...]


def read_options(payload: Payload) -> Options:
    """Read at least two options that differ in words and in id."""
    options = tuple(
        _read_option(item, index)
        for index, item in enumerate(read.objects(payload, "options", least=2))
    )
    read.refuse_duplicates("text", [same_text(option.text) for option in options])
    read.refuse_duplicates("id", [option.id for option in options])
    return options


def _read_option(item: Payload, index: int) -> Option:
    words = read.text(item, "text", index=index)
    return Option(
        id=read.identifier(item, words, index=index),
        text=words,
        fraction=read.decimal(item, "fraction", ZERO, index=index, low=-ONE, high=ONE),
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def dump_options(options: Options) -> list[dict[str, object]]:
    """Write options canonically."""
    return [
        {
            "id": option.id,
            "text": option.text,
            "fraction": read.number_text(option.fraction),
            "feedback": option.feedback,
        }
        for option in options
    ]


def with_kept_ids(new: Options, old: Options) -> Options:
    """Give new options the ids of the old ones they stand for."""
    ids = keep_ids([_known(option) for option in new], [_known(option) for option in old])
    return tuple(replace(option, id=ids[option.id]) for option in new)


def _known(option: Option) -> Known:
    return Known(option.id, option.text, read.number_text(option.fraction))


def map_options(options: Options, change: Callable[[str], str]) -> Options:
    """Change the words of every option."""
    return tuple(
        replace(option, text=change(option.text), feedback=change(option.feedback))
        for option in options
    )


def translated(options: Options, words: Options) -> Options:
    """Give options the words of another language, each at its place."""
    if len(options) != len(words):
        raise WordsDiffer(WordsFault.OPTIONS)
    for index, (option, other) in enumerate(zip(options, words, strict=True)):
        if option.fraction != other.fraction:
            raise WordsDiffer(WordsFault.WEIGHTS, index)
    return tuple(
        replace(option, text=other.text, feedback=other.feedback)
        for option, other in zip(options, words, strict=True)
    )


def structure(options: Options) -> list[list[str]]:
    """List ids with what they earn, without regard to order."""
    return sorted([option.id, read.number_text(option.fraction)] for option in options)


def order_of(ids: OptionOrder, seed: int, *, shuffle: bool) -> OptionOrder:
    """Fix the order of options for one attempt."""
    return shuffled(ids, seed, "options") if shuffle else ids


def public_options(texts: Mapping[str, str], order: Sequence[str]) -> list[dict[str, str]]:
    """List ids and words, and nothing else, in the order drawn."""
    if sorted(order) != sorted(texts):
        raise ValueError("the order was drawn for another version of the question")
    return [{"id": option_id, "text": texts[option_id]} for option_id in order]


def texts_of(options: Options) -> dict[str, str]:
    """Map ids to words."""
    return {option.id: option.text for option in options}


def read_one(ids: OptionOrder, form_values: FormValues, field: str = FIELD) -> str | None:
    """Read at most one option of a field."""
    chosen = read_several(ids, form_values, field)
    if len(chosen) > 1:
        raise InvalidResponse(field, ResponseFault.SEVERAL_VALUES)
    return chosen[0] if chosen else None


def read_several(ids: OptionOrder, form_values: FormValues, field: str = FIELD) -> list[str]:
    """Read the options chosen, each once, in the author's order."""
    sent = {value for value in form_values.get(field, ()) if value}
    if not sent <= set(ids):
        raise InvalidResponse(field, ResponseFault.UNKNOWN_OPTION)
    return [option_id for option_id in ids if option_id in sent]


def chosen_of(ids: OptionOrder, payload: Payload, name: str) -> OptionOrder:
    """Find the known options in a stored answer, whatever else it holds."""
    value = payload.get(name)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(option_id for option_id in ids if option_id in value)


def feedback_texts(options: Options, chosen: Sequence[str], general: str) -> tuple[str, ...]:
    """Collect the feedback of what was chosen, then what is said to everyone."""
    texts = [option.feedback for option in options if option.id in chosen]
    return tuple(text for text in (*texts, general) if text)


def classes_of(options: Options) -> tuple[AnswerClass, ...]:
    """List options as ways to answer."""
    return tuple(AnswerClass(FIELD, each.id, each.text, each.fraction) for each in options)


def summarised(classes: Sequence[AnswerClass], chosen: Sequence[str]) -> tuple[AnswerClass, ...]:
    """Find the classes of what was chosen; "" is no answer."""
    known = {each.key: each for each in classes}
    return tuple(known.get(key, AnswerClass(FIELD, "", "", ZERO)) for key in chosen)
