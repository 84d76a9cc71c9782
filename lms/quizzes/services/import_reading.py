"""A file of questions as it was read: kept for a while, so that its dry run reads it once.

Reading is slow (pictures are made anew), and a dry run is looked at again and again. What a file
says depends on its bytes and its name alone; each process keeps the last few, within bounds.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath
from threading import Lock
from typing import Final

from lms.quizzes.exchange.formats import Format, read_questions
from lms.quizzes.exchange.pictures import without_pictures
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import Lost, ReadQuestion, left_out
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import map_texts
from lms.quizzes.services import pictures

MOST_QUESTIONS: Final = 500  # that a dry run shows
MOST_KEPT: Final = 4
MOST_WEIGHT: Final = 32 * 1024 * 1024
_OF_A_QUESTION: Final = 16 * 1024  # bytes, roughly, beside its pictures


@dataclass(frozen=True)
class FileRead:
    """What a file holds, with pictures such as may be kept."""

    format: Format | None
    questions: tuple[ReadQuestion, ...]
    problems: tuple[Problem, ...]
    has_more: bool

    @property
    def weight(self) -> int:
        """About how many bytes it takes to keep it."""
        files = (len(data) for read in self.questions for data in read.files.values())
        return len(self.questions) * _OF_A_QUESTION + sum(files)


_kept: OrderedDict[tuple[str, str], FileRead] = OrderedDict()
_lock = Lock()


def read_file(
    file_name: str, *, sha256: str | None = None, data: Callable[[], bytes] | bytes
) -> FileRead:
    """Read a file, or return what was read of the same one; slow, so never inside a write.

    `data` may be a call that fetches the bytes, where their hash is known.
    """
    if sha256 is None or isinstance(data, bytes):
        data = data if isinstance(data, bytes) else data()
        sha256 = hashlib.sha256(data).hexdigest()
    key = (sha256, PurePath(file_name).suffix.lower())
    with _lock:
        if (found := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return found
    found = _read(data if isinstance(data, bytes) else data(), file_name)
    if found.weight <= MOST_WEIGHT:
        with _lock:
            _kept[key] = found
            while len(_kept) > MOST_KEPT or sum(r.weight for r in _kept.values()) > MOST_WEIGHT:
                _kept.popitem(last=False)
    return found


def forget() -> None:
    """Drop what is kept."""
    with _lock:
        _kept.clear()


def _read(data: bytes, file_name: str) -> FileRead:
    reading = read_questions(data, file_name)
    questions = [tidied(read) for read in islice(reading.questions, MOST_QUESTIONS)]
    has_more = len(questions) == MOST_QUESTIONS and next(reading.questions, None) is not None
    return FileRead(reading.format, tuple(questions), tuple(reading.problems), has_more)


def tidied(read: ReadQuestion) -> ReadQuestion:
    """Leave a question the pictures that may be kept."""
    if read.question is None or not read.files:
        return read
    question, files = _with_pictures(read.question, read.files)
    problems = read.problems
    if len(files) < len(read.files):
        problems = (*problems, left_out(read.line, read.name or read.id, Lost.PICTURE))
    return replace(read, question=question, files=files, problems=tuple(problems))


def _with_pictures(
    question: Question, files: Mapping[str, bytes]
) -> tuple[Question, dict[str, bytes]]:
    """Make the pictures such as may be kept; those that may not leave their words behind."""
    kept: dict[str, bytes] = {}
    for name, data in files.items():
        tidy, smaller = pictures.tidied(data)
        if tidy:
            kept[tidy] = smaller
            question = map_texts(question, _renaming(name, tidy))
    if len(kept) < len(files):
        question = map_texts(question, lambda t: without_pictures(t, kept))
    return question, kept


def _renaming(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)
