"""Items to be put in order: all of them, some drawn by chance, or a run of neighbours.

One numbers the items, or moves one up or down at a time; both come as form fields, so that it
works without a script. Numbers that are not yet all there, or not all different, are kept as they
were typed and earn nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import Known, digest, keep_ids, same_text
from lms.quizzes.question_types.ordering.schemes import OrderScheme, fraction_of
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    InvalidResponse,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)
from lms.quizzes.rules.assembly import derived_seed, shuffled

NAME: str = "ordering"
SHOWN, MOVE = "shown", "move"
MAX_ITEMS = 20


class Pick(StrEnum):
    """Name which items an attempt gets."""

    ALL = "all"
    RANDOM = "random"
    CONTIGUOUS = "contiguous"


@dataclass(frozen=True)
class Item:
    """Hold one item."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Ordering(Question):
    """Ask for the order; `items` stand in the right one."""

    type: ClassVar[str] = NAME
    items: tuple[Item, ...]
    scoring: OrderScheme = OrderScheme.ABSOLUTE_POSITION
    pick: Pick = Pick.ALL
    count: int | None = None  # of the items picked


def parse(payload: Payload) -> Ordering:
    """Read the question; at least two items, and at least two of them shown."""
    listed = read.objects(payload, "items", least=2, most=MAX_ITEMS)
    items = tuple(_read_item(item, index) for index, item in enumerate(listed))
    read.refuse_duplicates("text", [same_text(each.text) for each in items])
    read.refuse_duplicates("id", [each.id for each in items])
    pick = Pick(read.choice(payload, "pick", list(Pick)))
    count = read.whole(payload, "count", low=2, high=len(items))
    if pick is not Pick.ALL and count is None:
        raise InvalidQuestion("count", QuestionFault.MISSING)
    scheme = read.choice(payload, "scoring", list(OrderScheme), OrderScheme.ABSOLUTE_POSITION)
    return Ordering(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        items=items,
        scoring=OrderScheme(scheme),
        pick=pick,
        count=None if pick is Pick.ALL else count,
    )


def _read_item(item: Payload, index: int) -> Item:
    words = read.text(item, "text", index=index)
    return Item(read.identifier(item, words, index=index), words)


def dump(question: Ordering) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "items": [{"id": each.id, "text": each.text} for each in question.items],
        "scoring": question.scoring.value,
        "pick": question.pick.value,
        "count": question.count,
        "general_feedback": question.general_feedback,
    }


def match_ids(new: Ordering, old: Ordering) -> Ordering:
    """Keep the ids of items that stayed."""
    ids = keep_ids(
        [Known(each.id, each.text, "") for each in new.items],
        [Known(each.id, each.text, "") for each in old.items],
    )
    return replace(new, items=tuple(replace(each, id=ids[each.id]) for each in new.items))


def map_texts(question: Ordering, change: Callable[[str], str]) -> Ordering:
    """Change stem, items and feedback; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        items=tuple(replace(each, text=change(each.text)) for each in question.items),
    )


def translated(question: Ordering, words: Ordering) -> Ordering:
    """Take the words of another language, each item at its place."""
    if len(question.items) != len(words.items):
        raise WordsDiffer(WordsFault.OPTIONS)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        items=tuple(
            replace(each, text=other.text)
            for each, other in zip(question.items, words.items, strict=True)
        ),
    )


def structure_digest(question: Ordering) -> str:
    """Hash what marking depends on: here the order of items is the key."""
    rules = [question.scoring.value, question.pick.value, question.count]
    return digest([NAME, read.number_text(question.marks), rules, list(option_ids(question))])


def option_ids(question: Ordering) -> OptionOrder:
    """List the items in their right order."""
    return tuple(each.id for each in question.items)


def draw(question: Ordering, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Pick items and shuffle them, also where a quiz doesn't shuffle; never the right order."""
    ids = option_ids(question)
    count = question.count or len(ids)
    if question.pick is Pick.RANDOM:
        picked = set(shuffled(ids, seed, "pick")[:count])
        ids = tuple(each for each in ids if each in picked)
    elif question.pick is Pick.CONTIGUOUS:
        start = derived_seed(seed, "start") % (len(ids) - count + 1)
        ids = ids[start : start + count]
    order = shuffled(ids, seed, "options")
    return (*order[1:], order[0]) if order == ids else order


def as_drawn(question: Ordering, order: Sequence[str]) -> Ordering:
    """Keep the items that the attempt got, in their right order."""
    picked = set(order)
    items = tuple(each for each in question.items if each.id in picked)
    return question if len(items) in (0, len(question.items)) else replace(question, items=items)


def public(question: Ordering, order: Sequence[str]) -> dict[str, object]:
    """Show the items in the order drawn."""
    texts = {each.id: each.text for each in as_drawn(question, order).items}
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "rows": [
            {**each, "field": field_of(each["id"])} for each in choices.public_options(texts, order)
        ],
        "shown": " ".join(order),
    }


def field_of(item_id: str) -> str:
    """Name the form field with the place of one item."""
    return f"at-{item_id}"


def field_names(question: Ordering) -> tuple[str, ...]:
    """Name a field for each item's place, one for the order shown, one for a move."""
    return (*(field_of(each.id) for each in question.items), SHOWN, MOVE)


def read_response(question: Ordering, form_values: FormValues) -> dict[str, object]:
    """Read the numbers, then do the one move that was asked for."""
    at = {}
    for each in question.items:
        typed = plain.read_typed(form_values, field_of(each.id), limit=6)
        if typed:
            at[each.id] = typed
    moved = _moved(question, form_values, at)
    if moved is not None:
        return {"order": moved}
    order = _order_of(question, at)
    if order is not None:
        return {"order": order}
    return {"at": at} if at else {}


def _order_of(question: Ordering, at: dict[str, str]) -> list[str] | None:
    """Order items by their numbers, where all have one and no two the same."""
    numbers = {
        item: int(typed) for item, typed in at.items() if typed.isascii() and typed.isdigit()
    }
    if len(numbers) < len(question.items) or len(set(numbers.values())) < len(numbers):
        return None
    return sorted(numbers, key=lambda item: numbers[item])


def _moved(question: Ordering, form_values: FormValues, at: dict[str, str]) -> list[str] | None:
    move = next(iter(form_values.get(MOVE, ())), "")
    if not move:
        return None
    way, _, item = move.partition(":")
    order = _order_of(question, at) or _shown(question, form_values)
    if way not in ("up", "down") or item not in order:
        raise InvalidResponse(MOVE, ResponseFault.UNKNOWN_OPTION)
    here = order.index(item)
    there = min(max(here + (-1 if way == "up" else 1), 0), len(order) - 1)
    order[here], order[there] = order[there], order[here]
    return order


def _shown(question: Ordering, form_values: FormValues) -> list[str]:
    """Read the order that the page showed; any other list is not taken."""
    order = next(iter(form_values.get(SHOWN, ())), "").split()
    ids = option_ids(question)
    return order if sorted(order) == sorted(ids) else list(ids)[::-1]


def is_answered(question: Ordering, payload: Payload) -> bool:
    """Say whether there is a whole order."""
    return _given(question, payload) is not None


def notice(question: Ordering, payload: Payload) -> ResponseNotice | None:
    """Remark that numbers are missing, or stand twice."""
    is_begun = bool(payload.get("at"))
    return ResponseNotice.INCOMPLETE if is_begun and not is_answered(question, payload) else None


def mark(question: Ordering, payload: Payload) -> MarkResult:
    """Score the order by the question's scheme; the parts tell which places are right."""
    given, right = _given(question, payload), option_ids(question)
    if given is None:
        parts = [PartResult(item, None, str(n), False, ZERO) for n, item in enumerate(right, 1)]
        return result(ZERO, parts, answered=bool(payload.get("at")))
    fraction = fraction_of(question.scoring, given, right)
    share = ONE / len(right)
    parts = [
        PartResult(
            item,
            str(given.index(item) + 1),
            str(place),
            given.index(item) + 1 == place,
            share if given.index(item) + 1 == place else ZERO,
        )
        for place, item in enumerate(right, 1)
    ]
    return result(fraction, parts, answered=True)


def feedback(question: Ordering, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Ordering) -> tuple[str, ...]:
    """Give the items in their right order, numbered."""
    return tuple(f"{place}. {each.text}" for place, each in enumerate(question.items, 1))


def response_text(question: Ordering, payload: Payload) -> tuple[str, ...]:
    """Give the items as they were ordered, numbered; a list that isn't whole as it was typed."""
    texts = {each.id: each.text for each in question.items}
    given = _given(question, payload)
    if given is not None:
        return tuple(f"{place}. {texts[item]}" for place, item in enumerate(given, 1))
    at = payload.get("at")
    if not isinstance(at, dict):
        return ()
    return tuple(
        f"{plain.shown(at[each.id])}. {each.text}"
        for each in question.items
        if isinstance(at.get(each.id), str)
    )


def answer_classes(question: Ordering) -> tuple[AnswerClass, ...]:
    """List each item at each place."""
    return tuple(
        _class(question, each.id, str(place))
        for each in question.items
        for place in range(1, len(question.items) + 1)
    )


def summarise(question: Ordering, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the place that each item was given."""
    return tuple(
        _class(question, part.key, part.given or "") for part in mark(question, payload).parts
    )


def _class(question: Ordering, item: str, place: str) -> AnswerClass:
    is_right = place == str(option_ids(question).index(item) + 1)
    return AnswerClass(item, place, place, ONE / len(question.items) if is_right else ZERO)


def random_guess(question: Ordering) -> Decimal | None:
    """Expect nothing."""
    return ZERO


def _given(question: Ordering, payload: Payload) -> list[str] | None:
    """Find the whole order in a stored answer, whatever else it holds."""
    order = payload.get("order")
    ids = option_ids(question)
    if not isinstance(order, list | tuple) or len(order) != len(ids):
        return None
    return (
        list(order) if all(isinstance(o, str) for o in order) and set(order) == set(ids) else None
    )
