"""Markers on a picture in a quiz file: as labels, and `~rectangle 1,1 9,9: words`, a place alone.

`=rectangle 10,20 30,40: where it is -> marker`; `~marker` belongs nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from lms.quizzes.exchange.gift_forms import Source, Written, general_part, text_part
from lms.quizzes.question_types.picture_labels import gift as labels
from lms.quizzes.question_types.picture_markers.rules import NAME, PictureMarkers

KEYS: frozenset[str] = frozenset()
WORDS: frozenset[str] = frozenset()


def read(source: Source) -> dict[str, object]:
    """Read picture, places and markers."""
    return {"type": NAME, **labels.read_pictured(source, is_bare=True)}


def write(question: PictureMarkers) -> Written:
    """Write picture, places and markers."""
    return Written(_body(question))


def _body(question: PictureMarkers) -> Iterator[str]:
    yield text_part(question.picture)
    yield from labels.zones_and_labels(question)
    yield from general_part(question)
