"""What a learner writes: read from a form, measured, compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lms.courses.exercises import Exercise, Trace

TEXT = "text"
LONGEST = {Trace.TEXT: 20_000, Trace.FORM: 5_000}
LONGEST_COMMENT = 5_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")

Content = Mapping[str, str]


class TooLongText(ValueError):
    """A field holds more than is taken; the first argument names it."""


def tidy(text: str) -> str:
    """Return a text in one form: composed letters, plain line ends, nothing that can't be seen."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in _CONTROL.sub("", plain).split("\n")).strip()


def field_names(exercise: Exercise) -> tuple[str, ...]:
    """Return the names of what is written for an exercise; none for a file or a tick."""
    if exercise.trace is Trace.TEXT:
        return (TEXT,)
    return tuple(field.id for field in exercise.fields)


def read_content(exercise: Exercise, given: Mapping[str, str]) -> dict[str, str]:
    """Read what was written, field by field; what the exercise does not ask for is left out."""
    content = {name: tidy(given.get(name, "")) for name in field_names(exercise)}
    for name, text in content.items():
        if len(text) > LONGEST[exercise.trace]:
            raise TooLongText(name)
    return content


def is_blank(content: Content) -> bool:
    """Whether nothing is written."""
    return not any(content.values())


def empty_fields(exercise: Exercise, content: Content) -> tuple[str, ...]:
    """Return the fields that are still empty; nothing is handed in before they are filled."""
    return tuple(name for name in field_names(exercise) if not content.get(name))
