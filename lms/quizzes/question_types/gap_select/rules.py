"""Places in a text, each filled by choosing from a list: right places over all places.

Words belong to groups; a place offers the words of its right word's group. `drag_words` is the
same question with words to be dragged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_text import places_in, segments, split_lead, with_dots
from lms.quizzes.question_types.ids import Known, derive_id, digest, keep_ids, same_text
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)
from lms.quizzes.rules.assembly import shuffled

NAME: str = "gap_select"
MAX_PLACES = 40


@dataclass(frozen=True)
class Word:
    """Hold one word to fill in, and its group."""

    id: str
    text: str
    group: int = 1


@dataclass(frozen=True, kw_only=True)
class Gaps(Question):
    """Ask for the words of a text's places; `[[1]]` stands for the first word."""

    text: str
    words: tuple[Word, ...]

    @property
    def places(self) -> dict[str, Word]:
        """The places in order, each with its right word."""
        return {key: self.words[number - 1] for key, number in places_in(self.text).items()}

    def offered(self, place: str) -> tuple[Word, ...]:
        """The words that a place offers."""
        group = self.places[place].group
        return tuple(word for word in self.words if word.group == group)


@dataclass(frozen=True, kw_only=True)
class GapSelect(Gaps):
    """Ask for a choice from a list in each place."""

    type: ClassVar[str] = NAME


G = TypeVar("G", bound=Gaps)


class Filled(Protocol):
    """Be anything with places that each take one of the words offered."""

    @property
    def general_feedback(self) -> str: ...

    @property
    def words(self) -> tuple[Word, ...]: ...

    @property
    def places(self) -> dict[str, Word]: ...

    def offered(self, place: str) -> tuple[Word, ...]: ...


def parse(payload: Payload) -> GapSelect:
    """Read the question; a place offers at least two words."""
    return GapSelect(**fields(payload))


def fields(payload: Payload) -> dict[str, Any]:
    """Read what both types of gaps have."""
    text = read.text(payload, "text", required=False, limit=read.MAX_STEM)
    stem = read.text(payload, "stem", required=not text, limit=read.MAX_STEM)
    if not text:  # as other programs write it: one text for all
        stem, text = split_lead(stem)
    stem = stem or with_dots(text)
    items = read.objects(payload, "words", least=2)
    words = tuple(_read_word(item, index) for index, item in enumerate(items))
    read.refuse_duplicates("text", [f"{each.group} {same_text(each.text)}" for each in words])
    read.refuse_duplicates("id", [each.id for each in words])
    _check_places(text, words)
    return {
        "stem": stem,
        "marks": read.marks(payload),
        "general_feedback": read.general_feedback(payload),
        "text": text,
        "words": words,
    }


def _read_word(item: Payload, index: int) -> Word:
    words = " ".join(read.text(item, "text", index=index, limit=300).split())
    group = read.whole(item, "group", 1, index=index, low=1, high=20) or 1
    name = read.text(item, "id", index=index, required=False, limit=32)
    derived = derive_id(words, prefix=f"g{group}-" if group > 1 else "")
    return Word(read.identifier({"id": name or derived}, words, index=index), words, group)


def _check_places(text: str, words: Sequence[Word]) -> None:
    places = places_in(text)
    if not places:
        raise InvalidQuestion("text", QuestionFault.TOO_FEW)
    if len(places) > MAX_PLACES:
        raise InvalidQuestion("text", QuestionFault.TOO_MANY)
    for number in places.values():
        if not 1 <= number <= len(words):
            raise InvalidQuestion("text", QuestionFault.UNKNOWN)
        group = words[number - 1].group
        if sum(word.group == group for word in words) < 2:
            raise InvalidQuestion("words", QuestionFault.TOO_FEW, number - 1)


def dump(question: Gaps) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": question.type,
        "stem": question.stem,
        "text": question.text,
        "marks": read.number_text(question.marks),
        "words": [{"id": w.id, "text": w.text, "group": w.group} for w in question.words],
        "general_feedback": question.general_feedback,
    }


def match_ids(new: G, old: Gaps) -> G:
    """Keep the ids of words that stayed."""
    ids = keep_ids(
        [Known(w.id, f"{w.group} {w.text}", str(w.group)) for w in new.words],
        [Known(w.id, f"{w.group} {w.text}", str(w.group)) for w in old.words],
    )
    return replace(new, words=tuple(replace(word, id=ids[word.id]) for word in new.words))


def map_texts(question: G, change: Callable[[str], str]) -> G:
    """Change stem, text and feedback; the words are plain and stay."""
    return replace(
        question,
        stem=change(question.stem),
        text=change(question.text),
        general_feedback=change(question.general_feedback),
    )


def translated(question: G, words: Gaps) -> G:
    """Take the words of another language; its places may stand in another order."""
    if [w.group for w in question.words] != [w.group for w in words.words]:
        raise WordsDiffer(WordsFault.OPTIONS)
    if sorted(places_in(question.text)) != sorted(places_in(words.text)):
        raise WordsDiffer(WordsFault.KEY)
    return replace(
        question,
        stem=words.stem,
        text=words.text,
        general_feedback=words.general_feedback,
        words=tuple(
            replace(word, text=other.text)
            for word, other in zip(question.words, words.words, strict=True)
        ),
    )


def structure_digest(question: Gaps) -> str:
    """Hash what marking depends on."""
    places = sorted([key, word.id] for key, word in question.places.items())
    words = sorted([word.id, str(word.group)] for word in question.words)
    return digest([question.type, read.number_text(question.marks), places, words])


def option_ids(question: Filled) -> OptionOrder:
    """List the words in the author's order."""
    return tuple(word.id for word in question.words)


def draw(question: Filled, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Shuffle the words even where a quiz doesn't shuffle: their order is the key."""
    return shuffled(option_ids(question), seed, "options")


as_drawn = plain.as_drawn


def public(question: Gaps, order: Sequence[str]) -> dict[str, object]:
    """Show the text, and for each place what it offers."""
    texts = {word.id: word.text for word in question.words}
    groups = {word.id: word.group for word in question.words}
    shown = choices.public_options(texts, order)
    return {
        "type": question.type,
        "stem": question.stem,
        "repeats": question.stem == with_dots(question.text),
        "segments": [list(each) for each in segments(question.text)],
        "marks": read.number_text(question.marks),
        "words": shown,
        "places": {
            key: {
                "field": field_of(key),
                "offered": [each for each in shown if groups[each["id"]] == word.group],
            }
            for key, word in question.places.items()
        },
    }


def field_of(place: str) -> str:
    """Name the form field of one place."""
    return f"gap-{place}"


def field_names(question: Filled) -> tuple[str, ...]:
    """Name one field for each place."""
    return tuple(field_of(place) for place in question.places)


def read_response(question: Filled, form_values: FormValues) -> dict[str, object]:
    """Read the word chosen in each place; places left open are left out."""
    given = {}
    for place in question.places:
        ids = tuple(word.id for word in question.offered(place))
        chosen = choices.read_one(ids, form_values, field_of(place))
        if chosen:
            given[place] = chosen
    return {"gaps": given} if given else {}


def is_answered(question: Filled, payload: Payload) -> bool:
    """Say whether every place is filled."""
    return len(given_in(question, payload)) == len(question.places)


def notice(question: Filled, payload: Payload) -> ResponseNotice | None:
    """Remark that some places are still open."""
    given = len(given_in(question, payload))
    return ResponseNotice.INCOMPLETE if 0 < given < len(question.places) else None


def mark(question: Filled, payload: Payload) -> MarkResult:
    """Give right places over all places."""
    given, places = given_in(question, payload), question.places
    parts = [_part(key, given.get(key), word.id, len(places)) for key, word in places.items()]
    right = sum(part.is_right for part in parts)
    return result(Decimal(right) / len(places), parts, answered=bool(given))


def _part(place: str, given: str | None, expected: str, places: int) -> PartResult:
    is_right = given == expected
    return PartResult(place, given, expected, is_right, ONE / places if is_right else ZERO)


def feedback(question: Filled, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Gaps) -> tuple[str, ...]:
    """Give the right words, place by place."""
    return tuple(plain.shown(f"{key}. {word.text}") for key, word in question.places.items())


def response_text(question: Gaps, payload: Payload) -> tuple[str, ...]:
    """Give the words filled in, place by place."""
    texts = {word.id: word.text for word in question.words}
    given = given_in(question, payload)
    return tuple(plain.shown(f"{key}. {texts[word]}") for key, word in given.items())


def answer_classes(question: Filled) -> tuple[AnswerClass, ...]:
    """List every word that a place offers."""
    return tuple(
        _class(question, key, word.id) for key in question.places for word in question.offered(key)
    )


def summarise(question: Filled, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count what was filled into each place."""
    given = given_in(question, payload)
    return tuple(_class(question, key, given.get(key, "")) for key in question.places)


def _class(question: Filled, place: str, word_id: str) -> AnswerClass:
    is_right = question.places[place].id == word_id
    text = next((word.text for word in question.words if word.id == word_id), "")
    share = ONE / len(question.places) if is_right else ZERO
    return AnswerClass(place, word_id, plain.shown(text), share)


def random_guess(question: Filled) -> Decimal | None:
    """Expect in each place one in as many as it offers."""
    places = question.places
    return sum((ONE / len(question.offered(key)) for key in places), ZERO) / len(places)


def given_in(question: Filled, payload: Payload) -> dict[str, str]:
    """Find the words filled in, whatever else a stored answer holds."""
    stored = payload.get("gaps")
    if not isinstance(stored, dict):
        return {}
    return {
        place: stored[place]
        for place in question.places
        if any(stored.get(place) == word.id for word in question.offered(place))
    }
