"""What stands in braces in a message and is filled in for each person; pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from lms.people_names import fold


class Placeholder(enum.StrEnum):
    """What can be filled in."""

    NAME = "name"
    MISSING = "missing"
    DEADLINE = "deadline"
    LINK = "link"
    COURSE = "course"


SPELT = {
    "ro": {
        Placeholder.NAME: "nume",
        Placeholder.MISSING: "ce lipsește",
        Placeholder.DEADLINE: "termen",
        Placeholder.LINK: "link",
        Placeholder.COURSE: "curs",
    },
    "en": {
        Placeholder.NAME: "name",
        Placeholder.MISSING: "what is missing",
        Placeholder.DEADLINE: "deadline",
        Placeholder.LINK: "link",
        Placeholder.COURSE: "course",
    },
}
_KNOWN = {fold(word): key for words in SPELT.values() for key, word in words.items()}
_BRACED = re.compile(r"\{([^{}\n]{0,60})\}")


def _key(inner: str) -> Placeholder | None:
    return _KNOWN.get(" ".join(fold(inner).split()))


def unknown(text: str) -> list[str]:
    """Return what stands in braces and can't be filled in, as it was written, each once."""
    found = [m.group() for m in _BRACED.finditer(text) if _key(m.group(1)) is None]
    return list(dict.fromkeys(found))


def used(*texts: str) -> frozenset[Placeholder]:
    """Return what texts ask to be filled in."""
    keys = (_key(m.group(1)) for text in texts for m in _BRACED.finditer(text))
    return frozenset(key for key in keys if key is not None)


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Fill in what is known; a value is never looked through for braces of its own."""

    def put(match: re.Match[str]) -> str:
        key = _key(match.group(1))
        return match.group() if key is None else values.get(key, "")

    return _BRACED.sub(put, text)
