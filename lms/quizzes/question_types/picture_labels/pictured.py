"""What questions on a picture share: the picture, its zones with their words, labels or markers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_select.rules import Word
from lms.quizzes.question_types.ids import Known, derive_id, digest, keep_ids, same_text
from lms.quizzes.question_types.picture_labels.zones import MOST_ZONES, Area, read_area
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    Payload,
    Question,
    QuestionFault,
    WordsDiffer,
    WordsFault,
)


@dataclass(frozen=True)
class Zone:
    """Hold a zone, the words that say where it is, and the id of its right label.

    In a question with markers a zone may have none: nothing belongs there.
    """

    id: str
    words: str
    area: Area
    label: str


@dataclass(frozen=True, kw_only=True)
class Pictured(Question):
    """Ask something of a picture; `picture` is the text that shows it, alone."""

    picture: str
    zones: tuple[Zone, ...]
    # The labels: those of the zones in their order, then those that mislead.
    words: tuple[Word, ...]


P = TypeVar("P", bound=Pictured)


def fields(payload: Payload, *, least: int = 2, is_bare: bool = False) -> dict[str, Any]:
    """Read what both types have; `is_bare`: a zone may have no label."""
    picture = read.text(payload, "picture", limit=read.MAX_TEXT)
    items = read.objects(payload, "labels", least=least)
    words = tuple(_read_label(item, index) for index, item in enumerate(items))
    read.refuse_duplicates("label", [f"{each.group} {same_text(each.text)}" for each in words])
    read.refuse_duplicates("id", [each.id for each in words])
    listed = read.objects(payload, "zones", least=1, most=MOST_ZONES)
    known = {word.id for word in words} | ({""} if is_bare else set())
    zones = tuple(_read_zone(item, index, known) for index, item in enumerate(listed))
    read.refuse_duplicates("words", [same_text(zone.words) for zone in zones])
    read.refuse_duplicates("id", [zone.id for zone in zones])
    used = [zone.label for zone in zones]
    first = {name: used.index(name) for name in used}
    return {
        "stem": read.stem(payload),
        "marks": read.marks(payload),
        "general_feedback": read.general_feedback(payload),
        "picture": picture,
        "zones": zones,
        "words": tuple(sorted(words, key=lambda word: first.get(word.id, len(used)))),
    }


def _read_label(item: Payload, index: int) -> Word:
    words = " ".join(read.text(item, "text", index=index, limit=300).split())
    group = read.whole(item, "group", 1, index=index, low=1, high=20) or 1
    name = read.text(item, "id", index=index, required=False, limit=32)
    derived = derive_id(words, prefix=f"g{group}-" if group > 1 else "")
    return Word(read.identifier({"id": name or derived}, words, index=index), words, group)


def _read_zone(item: Payload, index: int, known: set[str]) -> Zone:
    words = " ".join(read.text(item, "words", index=index, limit=300).split())
    label = read.text(item, "label", index=index, required="" not in known, limit=32)
    if label not in known:
        raise InvalidQuestion("label", QuestionFault.UNKNOWN, index)
    shape = read.text(item, "shape", index=index, required=False, limit=20) or "rectangle"
    points = read.text(item, "points", index=index, limit=1000)
    name = read.identifier(item, words, index=index, prefix="z")
    return Zone(name, words, read_area(shape, points, index), label)


def dump(question: Pictured) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": question.type,
        "stem": question.stem,
        "picture": question.picture,
        "marks": read.number_text(question.marks),
        "zones": [
            {
                "id": zone.id,
                "words": zone.words,
                "shape": zone.area.shape.value,
                "points": zone.area.text(),
                "label": zone.label,
            }
            for zone in question.zones
        ],
        "labels": [{"id": w.id, "text": w.text, "group": w.group} for w in question.words],
        "general_feedback": question.general_feedback,
    }


def match_ids(new: P, old: Pictured) -> P:
    """Keep the ids of labels and of zones that stayed."""
    labels = keep_ids(
        [Known(w.id, f"{w.group} {w.text}", str(w.group)) for w in new.words],
        [Known(w.id, f"{w.group} {w.text}", str(w.group)) for w in old.words],
    )
    zones = keep_ids(
        [Known(zone.id, zone.words, zone.area.text()) for zone in new.zones],
        [Known(zone.id, zone.words, zone.area.text()) for zone in old.zones],
    )
    return replace(
        new,
        words=tuple(replace(word, id=labels[word.id]) for word in new.words),
        zones=tuple(
            replace(zone, id=zones[zone.id], label=labels.get(zone.label, "")) for zone in new.zones
        ),
    )


def map_texts(question: P, change: Callable[[str], str]) -> P:
    """Change stem, picture and feedback; labels and words of zones are plain and stay."""
    return replace(
        question,
        stem=change(question.stem),
        picture=change(question.picture),
        general_feedback=change(question.general_feedback),
    )


def translated(question: P, words: Pictured) -> P:
    """Take the words of another language; the zones are the same, in the same order."""
    if [w.group for w in question.words] != [w.group for w in words.words]:
        raise WordsDiffer(WordsFault.OPTIONS)
    if [z.area for z in question.zones] != [z.area for z in words.zones]:
        raise WordsDiffer(WordsFault.NUMBERS)
    if _key(question) != _key(words):
        raise WordsDiffer(WordsFault.KEY)
    return replace(
        question,
        stem=words.stem,
        picture=words.picture,
        general_feedback=words.general_feedback,
        words=tuple(
            replace(word, text=other.text)
            for word, other in zip(question.words, words.words, strict=True)
        ),
        zones=tuple(
            replace(zone, words=other.words)
            for zone, other in zip(question.zones, words.zones, strict=True)
        ),
    )


def _key(question: Pictured) -> list[int]:
    ids = ["", *(word.id for word in question.words)]
    return [ids.index(zone.label) for zone in question.zones]


def structure_digest(question: Pictured) -> str:
    """Hash what marking depends on, and where the zones are."""
    zones = sorted(
        [zone.id, zone.area.shape.value, zone.area.text(), zone.label] for zone in question.zones
    )
    labels = sorted([word.id, str(word.group)] for word in question.words)
    return digest([question.type, read.number_text(question.marks), zones, labels])
