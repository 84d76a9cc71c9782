"""Markers set on a picture whose zones are not shown: hits over targets, and too many cost.

A marker is set by a click on the picture, or by choosing one of the places that are described in
words: each is one field, so that it is answered alike without a mouse, a script or the picture.
Hits are counted over the larger of two numbers: the targets, and the markers set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.gap_select.rules import Word
from lms.quizzes.question_types.picture_labels import pictured
from lms.quizzes.question_types.picture_labels.pictured import Zone
from lms.quizzes.question_types.picture_labels.zones import Point, drawn
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
    QuestionFault,
    ResponseFault,
    ResponseNotice,
    result,
)
from lms.quizzes.rules.assembly import shuffled

NAME: str = "picture_markers"
ELSEWHERE = "other"
_POINT = re.compile(r"(\d{1,3}(?:\.\d)?),(\d{1,3}(?:\.\d)?)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class PictureMarkers(pictured.Pictured):
    """Ask where things are on a picture."""

    type: ClassVar[str] = NAME

    @property
    def targets(self) -> tuple[Zone, ...]:
        """The zones where something belongs."""
        return tuple(zone for zone in self.zones if zone.label)

    @property
    def markers(self) -> dict[str, Word]:
        """The markers to set: one that belongs in several zones is there as often."""
        found = {}
        for word in self.words:
            times = sum(zone.label == word.id for zone in self.zones)
            for again in range(1, max(times, 1) + 1):
                found[word.id if again == 1 else f"{word.id}_{again}"] = word
        return found


def parse(payload: Payload) -> PictureMarkers:
    """Read the question; something belongs somewhere, and there are two places to choose from."""
    question = PictureMarkers(**pictured.fields(payload, least=1, is_bare=True))
    if not question.targets:
        raise InvalidQuestion("zones", QuestionFault.NO_RIGHT_ANSWER)
    if len(question.zones) < 2:
        raise InvalidQuestion("zones", QuestionFault.TOO_FEW)
    return question


dump = pictured.dump
match_ids = pictured.match_ids
map_texts = pictured.map_texts
translated = pictured.translated
structure_digest = pictured.structure_digest
as_drawn = plain.as_drawn


def option_ids(question: PictureMarkers) -> OptionOrder:
    """List the markers in the author's order."""
    return tuple(word.id for word in question.words)


def draw(question: PictureMarkers, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Shuffle the markers even where a quiz doesn't shuffle: their order is the key."""
    return shuffled(option_ids(question), seed, "options")


def public(question: PictureMarkers, order: Sequence[str]) -> dict[str, object]:
    """Show the picture, the markers, and the places in words; not where they are."""
    texts = {word.id: word.text for word in question.words}
    markers = question.markers
    return {
        "type": NAME,
        "stem": question.stem,
        "picture": question.picture,
        "marks": read.number_text(question.marks),
        "markers": [
            {"id": key, "text": shown["text"], "field": field_of(key)}
            for shown in choices.public_options(texts, order)
            for key, word in markers.items()
            if word.id == shown["id"]
        ],
        "places": [
            {"id": zone.id, "text": zone.words}
            for zone in sorted(question.zones, key=lambda zone: zone.words.casefold())
        ],
    }


def drawn_zones(question: PictureMarkers) -> list[dict[str, object]]:
    """Tell how a page draws the zones, once the key may be seen."""
    return [
        {"id": z.id, "field": z.id, "text": z.words, "area": drawn(z.area)} for z in question.zones
    ]


def point_of(value: object) -> dict[str, str] | None:
    """Tell where a page draws a marker that was set on the picture."""
    found = _POINT.fullmatch(value) if isinstance(value, str) else None
    return {"x": found[1], "y": found[2]} if found else None


def field_of(marker: str) -> str:
    """Name the form field of a marker."""
    return f"at-{marker}"


def field_names(question: PictureMarkers) -> tuple[str, ...]:
    """Name one field for each marker."""
    return tuple(field_of(key) for key in question.markers)


def read_response(question: PictureMarkers, form_values: FormValues) -> dict[str, object]:
    """Read for each marker a place that is described, or a point of the picture."""
    known = {zone.id for zone in question.zones}
    given = {}
    for key in question.markers:
        values = [value for value in form_values.get(field_of(key), ()) if value]
        if len(values) > 1:
            raise InvalidResponse(field_of(key), ResponseFault.SEVERAL_VALUES)
        if values and values[0] not in known and _point(values[0]) is None:
            raise InvalidResponse(field_of(key), ResponseFault.UNKNOWN_OPTION)
        if values:
            given[key] = values[0]
    return {"at": given} if given else {}


def _point(value: str) -> Point | None:
    found = _POINT.fullmatch(value)
    if found is None:
        return None
    x, y = Decimal(found[1]), Decimal(found[2])
    return (x, y) if x <= 100 and y <= 100 else None


def placed_in(question: PictureMarkers, payload: Payload) -> dict[str, str]:
    """Find the markers set, whatever else a stored answer holds."""
    stored = payload.get("at")
    if not isinstance(stored, dict):
        return {}
    known = {zone.id for zone in question.zones}
    found = {key: stored.get(key) for key in question.markers}
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, str) and (value in known or _point(value) is not None)
    }


def is_answered(question: PictureMarkers, payload: Payload) -> bool:
    """Say whether anything is set: how many markers belong somewhere is a part of the question."""
    return bool(placed_in(question, payload))


def notice(question: PictureMarkers, payload: Payload) -> ResponseNotice | None:
    """Remark nothing: a marker may rightly be left over."""
    return None


def hits_in(question: PictureMarkers, payload: Payload) -> dict[str, str]:
    """Assign the markers set to targets so that as many as possible are hit: target to marker."""
    placed = placed_in(question, payload)
    markers = question.markers
    reached = {
        key: [z.id for z in question.targets if z.label == markers[key].id and _is_in(value, z)]
        for key, value in placed.items()
    }
    taken: dict[str, str] = {}
    for key in reached:
        _assign(key, reached, taken, set())
    return taken


def _assign(
    key: str, reached: Mapping[str, Sequence[str]], taken: dict[str, str], tried: set[str]
) -> bool:
    for target in reached[key]:
        if target in tried:
            continue
        tried.add(target)
        if target not in taken or _assign(taken[target], reached, taken, tried):
            taken[target] = key
            return True
    return False


def _is_in(value: str, zone: Zone) -> bool:
    point = _point(value)
    return value == zone.id if point is None else zone.area.holds(point)


def mark(question: PictureMarkers, payload: Payload) -> MarkResult:
    """Give hits over the larger of targets and markers set."""
    placed, hits = placed_in(question, payload), hits_in(question, payload)
    share = ONE / max(len(question.targets), len(placed))
    parts = [
        PartResult(
            zone.id,
            zone.label if zone.id in hits else None,
            zone.label,
            zone.id in hits,
            share if zone.id in hits else ZERO,
        )
        for zone in question.targets
    ]
    total = Decimal(len(hits)) / max(len(question.targets), len(placed))
    return result(total, parts, answered=bool(placed))


def feedback(question: PictureMarkers, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: PictureMarkers) -> tuple[str, ...]:
    """Give the right places, marker by marker."""
    texts = {word.id: word.text for word in question.words}
    return tuple(plain.shown(f"{texts[z.label]}: {z.words}") for z in question.targets)


def response_text(question: PictureMarkers, payload: Payload) -> tuple[str, ...]:
    """Give where the markers were set, in words where a place is described."""
    markers = question.markers
    return tuple(
        plain.shown(f"{markers[key].text}: {_said(question, value)}")
        for key, value in placed_in(question, payload).items()
    )


def place_of(question: PictureMarkers, value: str) -> Zone | None:
    """Find the place where a marker stands; the first of several."""
    return next((zone for zone in question.zones if _is_in(value, zone)), None)


def _said(question: PictureMarkers, value: str) -> str:
    zone = place_of(question, value)
    return zone.words if zone is not None else f"({value.replace(',', ' % × ')} %)"


def answer_classes(question: PictureMarkers) -> tuple[AnswerClass, ...]:
    """List every place for every marker."""
    return tuple(_class(question, key, zone) for key in question.markers for zone in question.zones)


def summarise(question: PictureMarkers, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count where each marker was set."""
    placed = placed_in(question, payload)
    return tuple(_counted(question, placed))


def _counted(question: PictureMarkers, placed: Mapping[str, str]) -> Iterator[AnswerClass]:
    for key in question.markers:
        if key not in placed:
            yield AnswerClass(key, "", "", ZERO)
            continue
        zone = place_of(question, placed[key])
        if zone is None:
            yield AnswerClass(key, ELSEWHERE, _said(question, placed[key]), ZERO)
        else:
            yield _class(question, key, zone)


def _class(question: PictureMarkers, key: str, zone: Zone) -> AnswerClass:
    is_right = zone.label == question.markers[key].id
    share = ONE / len(question.targets) if is_right else ZERO
    return AnswerClass(key, zone.id, plain.shown(zone.words), share)


def random_guess(question: PictureMarkers) -> Decimal | None:
    """Tell nothing: any point of the picture could be guessed."""
    return None
