"""Labels for the zones of a picture: right zones over all zones, however they are filled.

Labels are dragged to their zones, or chosen from the list that each zone has beside the picture:
the same fields, with or without a script. Labels belong to groups; a zone offers the labels of its
right label's group. Marked as the places of a text are (`gap_select`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_select import rules as gaps
from lms.quizzes.question_types.gap_select.rules import Word
from lms.quizzes.question_types.picture_labels import pictured
from lms.quizzes.question_types.picture_labels.zones import drawn
from lms.quizzes.question_types.protocol import InvalidQuestion, Payload, QuestionFault

NAME: str = "picture_labels"


@dataclass(frozen=True, kw_only=True)
class PictureLabels(pictured.Pictured):
    """Ask for the labels of a picture's zones."""

    type: ClassVar[str] = NAME
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
    fields = pictured.fields(payload)
    used = [zone.label for zone in fields["zones"]]
    is_twice = len(set(used)) < len(used)
    question = PictureLabels(**fields, reuse=read.flag(payload, "reuse") or is_twice)
    for index, zone in enumerate(question.zones):
        if len(question.offered(zone.id)) < 2:
            raise InvalidQuestion("label", QuestionFault.TOO_FEW, index)
    return question


def dump(question: PictureLabels) -> dict[str, object]:
    """Write the question canonically."""
    return {**pictured.dump(question), "reuse": question.reuse}


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


match_ids = pictured.match_ids
map_texts = pictured.map_texts
translated = pictured.translated
structure_digest = pictured.structure_digest
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
