"""Other settings at the head of a quiz file; everything below it stays byte for byte."""

from __future__ import annotations

import yaml

from lms.quizzes.exchange.front_matter import FENCE, load_values
from lms.quizzes.exchange.gift_writer import written_settings
from lms.quizzes.rules.settings import QuizSettings

_KEPT = ("id", "title")


def with_settings(text: str, settings: QuizSettings) -> str:
    """Write the settings at the head of a file in the place of those that stood there.

    A file without a head, or with one that can't be read, gets a head of its own.
    """
    match = FENCE.match(text)
    known = load_values(match[1]) if match else None
    values: dict[str, object] = {name: known[name] for name in _KEPT if known and name in known}
    values |= written_settings(settings)
    head = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{head}---\n{text[match.end() :] if match else text}"
