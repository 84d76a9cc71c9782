"""Criteria by which a person marks an essay: each has a share, and levels to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.multiple_choice.schemes import exact
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    InvalidQuestion,
    Payload,
    QuestionFault,
    WordsDiffer,
    WordsFault,
)

MAX_CRITERIA = 12
MAX_LEVELS = 6
MAX_TEXT = 200
MAX_LABEL = 60


@dataclass(frozen=True)
class Level:
    """Hold one level of a criterion and what of its share it earns."""

    label: str
    fraction: Decimal


@dataclass(frozen=True)
class Criterion:
    """Hold what is looked at, its share of the mark, and its levels."""

    text: str
    share: Decimal
    levels: tuple[Level, ...]


Rubric = tuple[Criterion, ...]


def read_rubric(payload: Payload) -> Rubric:
    """Read a rubric, which may be empty; the shares make up the whole mark."""
    if not payload.get("rubric"):
        return ()
    items = read.objects(payload, "rubric", least=1, most=MAX_CRITERIA)
    rubric = tuple(_read_criterion(item, index) for index, item in enumerate(items))
    if sum((exact(each.share) for each in rubric), start=exact(ZERO)) != 1:
        raise InvalidQuestion("rubric", QuestionFault.POSITIVES_NOT_100)
    return rubric


def _read_criterion(item: Payload, index: int) -> Criterion:
    levels = tuple(
        Level(
            read.text(level, "label", index=index, limit=MAX_LABEL),
            read.decimal(level, "fraction", index=index, low=ZERO, high=ONE),
        )
        for level in read.objects(item, "levels", least=2, most=MAX_LEVELS)
    )
    if all(level.fraction < ONE for level in levels):
        raise InvalidQuestion("levels", QuestionFault.NO_RIGHT_ANSWER, index)
    return Criterion(
        text=" ".join(read.text(item, "text", index=index, limit=MAX_TEXT).split()),
        share=read.decimal(item, "share", index=index, low=ZERO, high=ONE),
        levels=levels,
    )


def dump_rubric(rubric: Rubric) -> list[dict[str, object]]:
    """Write a rubric canonically."""
    return [
        {
            "text": each.text,
            "share": read.number_text(each.share),
            "levels": [
                {"label": level.label, "fraction": read.number_text(level.fraction)}
                for level in each.levels
            ],
        }
        for each in rubric
    ]


def numbers(rubric: Rubric) -> list[object]:
    """List what a mark depends on, without words."""
    return [
        [read.number_text(each.share), [read.number_text(level.fraction) for level in each.levels]]
        for each in rubric
    ]


def fraction_by(rubric: Rubric, chosen: Mapping[int, int]) -> Decimal | None:
    """Add up the levels chosen (criterion's place to level's); None while one is missing."""
    earned = exact(ZERO)
    for place, criterion in enumerate(rubric):
        level = chosen.get(place)
        if level is None or not 0 <= level < len(criterion.levels):
            return None
        earned += exact(criterion.share) * exact(criterion.levels[level].fraction)
    if not rubric:
        return None
    return min(ONE, Decimal(earned.numerator) / Decimal(earned.denominator))


def same_numbers(one: Sequence[Criterion], other: Sequence[Criterion]) -> bool:
    """Say whether two rubrics differ in words alone."""
    return numbers(tuple(one)) == numbers(tuple(other))


def rubric_in_words(rubric: Rubric, words: Rubric) -> Rubric:
    """Return a rubric in another language's words, or as it is where they have none.

    Raises WordsDiffer where the numbers are others.
    """
    if words and not same_numbers(rubric, words):
        raise WordsDiffer(WordsFault.WEIGHTS)
    return words or rubric
