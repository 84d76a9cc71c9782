"""What would make a lesson easier to read, or truer to its minutes: said, never insisted on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lms.exchange.lesson_file import LessonFile, body_tokens

WORDS_A_MINUTE = 150
LONGEST_SENTENCE, LONGEST_PARAGRAPH = 28, 80
FEWEST_WORDS_OF_PICTURE = 3
# A sentence ends at a stop, but not after what Romanian shortens.
_SHORTENED = r"(?<!\bart\.)(?<!\balin\.)(?<!\blit\.)(?<!\bnr\.)(?<!\bpct\.)(?<!\bOf\.)"
_SENTENCE_ENDS = re.compile(rf"(?<=[.!?…]){_SHORTENED}[”)]?\s+(?=[„(]?[A-ZĂÂÎȘȚ0-9])")
_STEP = re.compile(r"\((\d{1,3}) (?:de )?minut", re.ASCII)


class Kind(StrEnum):
    """Name a piece of advice."""

    LONG_SENTENCE = "long_sentence"
    LONG_PARAGRAPH = "long_paragraph"
    READING_TIME = "reading_time"
    EXERCISE_TIME = "exercise_time"
    PICTURE_WORDS = "picture_words"


@dataclass(frozen=True)
class Advice:
    """One piece of advice, at a line of the text (0: at the minutes)."""

    kind: Kind
    line: int
    found: int
    better: int


def advise(lesson: LessonFile) -> list[Advice]:
    """Look a lesson over; lines are those of its text, quotations are left alone."""
    found = list(_of_text(lesson.body))
    words = _words(re.sub(r"[*_#|>`\[\]()-]", " ", lesson.body))
    minutes = max(1, math.ceil(words / WORDS_A_MINUTE))
    if words and abs(minutes - lesson.reading_minutes) > 1:
        found.append(Advice(Kind.READING_TIME, 0, lesson.reading_minutes, minutes))
    steps = sum(int(minutes) for minutes in _STEP.findall(lesson.body))
    if lesson.exercise is not None and steps and steps != lesson.exercise_minutes:
        found.append(Advice(Kind.EXERCISE_TIME, 0, lesson.exercise_minutes, steps))
    return found


def _of_text(body: str) -> Iterator[Advice]:
    quoted = 0
    for token, line in body_tokens(body):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "image" and _words(token.content) < FEWEST_WORDS_OF_PICTURE:
            found = _words(token.content)
            yield Advice(Kind.PICTURE_WORDS, line, found, FEWEST_WORDS_OF_PICTURE)
        if token.type != "inline" or quoted:
            continue
        text = "".join(
            " " if child.type in ("softbreak", "hardbreak") else child.content
            for child in token.children or []
        )
        if (count := _words(text)) > LONGEST_PARAGRAPH:
            yield Advice(Kind.LONG_PARAGRAPH, line, count, LONGEST_PARAGRAPH)
        for sentence in _SENTENCE_ENDS.split(" ".join(text.split())):
            if (count := _words(sentence)) > LONGEST_SENTENCE:
                yield Advice(Kind.LONG_SENTENCE, line, count, LONGEST_SENTENCE)


def _words(text: str) -> int:
    return sum(1 for word in text.split() if any(sign.isalnum() for sign in word))
