"""What the GIFT reader and writer of a question type work with (`<type>/gift.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from lms.quizzes.exchange.gift_answers import Piece, Texts, Unreadable, pieces_of
from lms.quizzes.exchange.gift_syntax import Key, Passage, RawQuestion, restore, take_format
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import Question

LONGEST_KEY = 240  # of a key's value; a longer text is written as several keys of one name
_SPECIAL = re.compile(r"([\\~=#{}:])")
# What the reader would take for something else at the start of a text.
_MISLEADING_START = re.compile(r"\s*(\[(html|markdown|plain|moodle)\]|//|\$|---|::)", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """Hold a question of a file as its type reads it: what is in braces, and its own keys."""

    raw: RawQuestion
    body: Passage
    texts: Texts
    keys: Mapping[str, Sequence[Key]]

    def pieces(self, signs: str = "=~") -> list[Piece]:
        """Cut what is in braces into answers; raise `Unreadable` where there is another sign."""
        pieces = pieces_of(self.body)
        for piece in pieces:
            if piece.sign not in signs:
                raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line, piece.sign)
        return pieces

    def optional_pieces(self) -> list[Piece]:
        """Cut what is in braces, where there is anything."""
        return self.pieces() if self.body.text.strip() else []

    def lead_and_pieces(self) -> tuple[str, list[Piece]]:
        """Cut off the text before the first answer; raise `Unreadable` where no answer follows."""
        first = next((at for at, sign in enumerate(self.body.text) if sign in "=~"), 0)
        return self.body.text[:first].strip(), pieces_of(self.body.cut(first))

    def plain(self, written: str) -> str:
        """Read a text that is no Markdown."""
        return restore(take_format(written)[1]).strip()

    def one(self, name: str) -> str:
        """Read a key's value; "" where it is left out."""
        return self.keys[name][0].value if self.keys.get(name) else ""

    def joined(self, name: str) -> str:
        """Read a long text, written as several keys of one name."""
        return "".join(key.value for key in self.keys.get(name, ()))

    def choice(self, name: str, *allowed: str) -> str:
        """Read one of a few words; "" where it is left out."""
        value = self.one(name)
        if value and value not in allowed:
            raise self.bad_key(name, value)
        return value

    def bad_key(self, name: str, reason: str) -> Unreadable:
        """Build the refusal of a key's value, on its line."""
        line = self.keys[name][0].line if self.keys.get(name) else self.raw.line
        return Unreadable(ProblemKind.BAD_KEY, line, f"{name}: {reason[:40]}")


@dataclass(frozen=True)
class Written:
    """Hold a question as a file shows it: the lines in braces, its keys, and its stem."""

    body: Iterable[str] | None  # None: no braces at all
    keys: Sequence[tuple[str, str]] = ()
    stem: str | None = None  # already escaped; None: the question's own


class GiftForm(Protocol):
    """Be how one type stands in a quiz file.

    `KEYS` are the bracket keys of the type, `WORDS` those of them that hold words and so stand in
    the file of another language too.
    """

    KEYS: frozenset[str]
    WORDS: frozenset[str]

    def read(self, source: Source) -> dict[str, object]:
        """Read a payload without stem, marks and general feedback; raise `Unreadable`."""

    def write(self, question: Any) -> Written:
        """Write a question so that `read` gives it again."""


def weight(fraction: Decimal) -> str:
    """Write what an answer earns, in per cent."""
    return f"%{number_text(fraction.scaleb(2))}%"


def feedback_part(text: str) -> str:
    """Write the feedback of an answer."""
    return f"#{text_part(text)}" if text else ""


def general_part(question: Question) -> list[str]:
    """Write the feedback for everyone, last in the braces."""
    return [f"####{text_part(question.general_feedback)}"] if question.general_feedback else []


def text_part(text: str, *, lead: bool = False) -> str:
    """Escape a text; one that looks like markup of the file is marked as Markdown."""
    misled = _MISLEADING_START.match(text) and (lead or text.lstrip().startswith("["))
    return f"[markdown]{escape(text)}" if misled else escape(text)


def escape(text: str) -> str:
    """Escape the signs that mean something in a quiz file."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def chunks(name: str, text: str) -> list[tuple[str, str]]:
    """Write a long text as several keys; none begins or ends with a space that would be lost."""
    found: list[tuple[str, str]] = []
    rest = text
    while len(rest) > LONGEST_KEY:
        end = LONGEST_KEY
        while end > 1 and (rest[end - 1].isspace() or rest[end].isspace()):
            end -= 1
        found.append((name, rest[:end]))
        rest = rest[end:]
    return [*found, (name, rest)] if rest else found
