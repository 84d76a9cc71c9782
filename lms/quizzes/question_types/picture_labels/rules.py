"""Labels for the zones of a picture: right zones over all zones, however they are filled.

Labels are dragged to their zones, or chosen from the list that each zone has beside the picture:
the same fields, with or without a script. Labels belong to groups; a zone offers the labels of its
right label's group. Marked as the places of a text are (`gap_select`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_select import rules as gaps
from lms.quizzes.question_types.gap_select.rules import Word
from lms.quizzes.question_types.ids import Known, derive_id, digest, keep_ids, same_text
from lms.quizzes.question_types.picture_labels.zones import MOST_ZONES, Area, drawn, read_area
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    Payload,
    Question,
    QuestionFault,
    WordsDiffer,
    WordsFault,
)

NAME: str = "picture_labels"


@dataclass(frozen=True)
class Zone:
    """Hold a zone, the words that say where it is, and the id of its right label."""

    id: str
    words: str
    area: Area
    label: str


@dataclass(frozen=True, kw_only=True)
class PictureLabels(Question):
    """Ask for the labels of a picture's zones; `picture` is the text that shows it, alone."""

    type: ClassVar[str] = NAME
    picture: str
    zones: tuple[Zone, ...]
    words: tuple[Word, ...]  # the labels: those of the zones in order, then those that mislead
    reuse: bool = False

    @property
    def places(self) -> dict[str, Word]:
        """The zones in order, each with its right label."""
        known = {word.id: word for word in self.words}
        return {zone.id: known[zone.label] for zone in self.zones}

    def offered(self, place: str) -> tuple[Word, ...]:
        """The labels that a zone offers."""
        group = self.places[place].group
        return tuple(word for word in self.words if word.group == group)


def parse(payload: Payload) -> PictureLabels:
    """Read the question; a zone offers at least two labels."""
    picture = read.text(payload, "picture", limit=read.MAX_TEXT)
    items = read.objects(payload, "labels", least=2)
    words = tuple(_read_label(item, index) for index, item in enumerate(items))
    read.refuse_duplicates("label", [f"{each.group} {same_text(each.text)}" for each in words])
    read.refuse_duplicates("id", [each.id for each in words])
    listed = read.objects(payload, "zones", least=1, most=MOST_ZONES)
    known = {word.id for word in words}
    zones = tuple(_read_zone(item, index, known) for index, item in enumerate(listed))
    read.refuse_duplicates("words", [same_text(zone.words) for zone in zones])
    read.refuse_duplicates("id", [zone.id for zone in zones])
    used = [zone.label for zone in zones]
    first = {name: used.index(name) for name in used}
    question = PictureLabels(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        picture=picture,
        zones=zones,
        words=tuple(sorted(words, key=lambda word: first.get(word.id, len(used)))),
        reuse=read.flag(payload, "reuse") or len(set(used)) < len(used),
    )
    for index, zone in enumerate(zones):
        if len(question.offered(zone.id)) < 2:
            raise InvalidQuestion("label", QuestionFault.TOO_FEW, index)
    return question


def _read_label(item: Payload, index: int) -> Word:
    words = " ".join(read.text(item, "text", index=index, limit=300).split())
    group = read.whole(item, "group", 1, index=index, low=1, high=20) or 1
    return Word(label_id(item, words, group, index), words, group)


def label_id(item: Payload, words: str, group: int, index: int) -> str:
    """Read a label's id, or derive it from its words and group."""
    name = read.text(item, "id", index=index, required=False, limit=32)
    derived = derive_id(words, prefix=f"g{group}-" if group > 1 else "")
    return read.identifier({"id": name or derived}, words, index=index)


def _read_zone(item: Payload, index: int, known: set[str]) -> Zone:
    words = " ".join(read.text(item, "words", index=index, limit=300).split())
    label = read.text(item, "label", index=index, limit=32)
    if label not in known:
        raise InvalidQuestion("label", QuestionFault.UNKNOWN, index)
    shape = read.text(item, "shape", index=index, required=False, limit=20) or "rectangle"
    points = read.text(item, "points", index=index, limit=1000)
    name = read.identifier(item, words, index=index, prefix="z")
    return Zone(name, words, read_area(shape, points, index), label)


def dump(question: PictureLabels) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
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
        "reuse": question.reuse,
        "general_feedback": question.general_feedback,
    }


def match_ids(new: PictureLabels, old: PictureLabels) -> PictureLabels:
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
            replace(zone, id=zones[zone.id], label=labels[zone.label]) for zone in new.zones
        ),
    )


def map_texts(question: PictureLabels, change: Callable[[str], str]) -> PictureLabels:
    """Change stem, picture and feedback; labels and words of zones are plain and stay."""
    return replace(
        question,
        stem=change(question.stem),
        picture=change(question.picture),
        general_feedback=change(question.general_feedback),
    )


def translated(question: PictureLabels, words: PictureLabels) -> PictureLabels:
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


def _key(question: PictureLabels) -> list[int]:
    ids = [word.id for word in question.words]
    return [ids.index(zone.label) for zone in question.zones]


def structure_digest(question: PictureLabels) -> str:
    """Hash what marking depends on, and where the zones are."""
    zones = sorted(
        [zone.id, zone.area.shape.value, zone.area.text(), zone.label] for zone in question.zones
    )
    labels = sorted([word.id, str(word.group)] for word in question.words)
    return digest([NAME, read.number_text(question.marks), zones, labels])


def public(question: PictureLabels, order: Sequence[str]) -> dict[str, object]:
    """Show the picture, its zones with their words, and what each offers."""
    texts = {word.id: word.text for word in question.words}
    groups = {word.id: word.group for word in question.words}
    shown = choices.public_options(texts, order)
    return {
        "type": NAME,
        "stem": question.stem,
        "picture": question.picture,
        "marks": read.number_text(question.marks),
        "words": shown,
        "reuse": question.reuse,
        "zones": [
            {
                "id": zone.id,
                "text": zone.words,
                "field": gaps.field_of(zone.id),
                "area": drawn(zone.area),
                "offered": [
                    each for each in shown if groups[each["id"]] == question.places[zone.id].group
                ],
            }
            for zone in question.zones
        ],
    }


def key_text(question: PictureLabels) -> tuple[str, ...]:
    """Give the right labels, zone by zone."""
    return tuple(
        plain.shown(f"{zone.words}: {question.places[zone.id].text}") for zone in question.zones
    )


def response_text(question: PictureLabels, payload: Payload) -> tuple[str, ...]:
    """Give the labels chosen, zone by zone."""
    texts = {word.id: word.text for word in question.words}
    given = gaps.given_in(question, payload)
    return tuple(
        plain.shown(f"{zone.words}: {texts[given[zone.id]]}")
        for zone in question.zones
        if zone.id in given
    )


option_ids = gaps.option_ids
draw = gaps.draw
as_drawn = plain.as_drawn
field_names = gaps.field_names
read_response = gaps.read_response
is_answered = gaps.is_answered
notice = gaps.notice
mark = gaps.mark
feedback = gaps.feedback
answer_classes = gaps.answer_classes
summarise = gaps.summarise
random_guess = gaps.random_guess
