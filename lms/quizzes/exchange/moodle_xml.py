"""Moodle XML: reading a question bank as Moodle exports it, one question after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.moodle_more import READERS as MORE_TYPES
from lms.quizzes.exchange.moodle_types import TYPES, Source, Unusable
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    LONGEST_NAME,
    Lost,
    ReadQuestion,
    category_path,
    not_supported,
    parsed,
    usable_id,
    with_id,
    with_tags,
)
from lms.quizzes.exchange.xml_stream import elements, line_of, local
from lms.quizzes.question_types.protocol import InvalidQuestion
from lms.quizzes.question_types.registry import MOST_HINTS

PREFIX = "moodle-"
_READERS = {**TYPES, **MORE_TYPES}
# What Moodle itself puts into each new question: nobody misses it.
_USUAL_FEEDBACK = {
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
    "Răspunsul dumneavoastră este corect.",
    "Răspunsul dumneavoastră este parțial corect.",
    "Răspunsul dumneavoastră este incorect.",
}
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def read_moodle_xml(stream: BinaryIO, problems: list[Problem]) -> Iterator[ReadQuestion]:
    """Yield the questions; what concerns the whole file is added to the problems."""
    category = ""
    parts = elements(stream, problems)
    root = next(parts, None)
    if root is None:
        return
    if local(root) != "quiz":
        problems.append(Problem(line_of(root), ProblemKind.NOT_THIS_FORMAT, reason=local(root)))
        return
    for element in parts:
        if local(element) != "question":
            continue
        if element.get("type") == "category":
            category = category_path(element.findtext("category/text") or "")
            continue
        yield _read(element, category)


def _read(element: Element, category: str) -> ReadQuestion:
    line = line_of(element)
    type_name = element.get("type", "")
    name = " ".join((element.findtext("name/text") or "").split())[:LONGEST_NAME]
    source = Source(element, name)
    question = None
    if type_name not in _READERS:
        source.problems.append(not_supported(line, name, type_name))
    else:
        try:
            payload, lines = _READERS[type_name](source)
        except Unusable as fault:
            problem = Problem(fault.line, fault.kind, name, fault.field, fault.reason)
            source.problems.append(problem)
        else:
            payload = _shared(source) | payload
            question = parsed(payload, name, _line_finder(lines, line), source.problems)
    source.tell_what_was_lost()
    read = ReadQuestion(
        name=name,
        question=question,
        type_name=type_name,
        category=category,
        problems=tuple(source.problems),
        line=line,
        id=usable_id(element.findtext("idnumber") or "", PREFIX.rstrip("-")),
        files=source.album.files,
    )
    tags = [tag.findtext("text") or "" for tag in element.findall("tags/tag")]
    read = with_tags(read, tags)
    if element.findtext("hidden") == "1" and read.status is ItemStatus.PUBLISHED:
        read = replace(read, status=ItemStatus.DRAFT)
    return with_id(read, PREFIX)


def _line_finder(lines: list[int], line: int) -> Callable[[InvalidQuestion], int]:
    def find(invalid: InvalidQuestion) -> int:
        has_own = invalid.index is not None and invalid.index < len(lines)
        return lines[invalid.index or 0] if has_own else line

    return find


def _shared(source: Source) -> dict[str, object]:
    """Read what every question has, and notice what none has here."""
    for tag in _COMBINED:
        words = source.text_of(tag)
        if words and words.replace("\\", "") not in _USUAL_FEEDBACK:
            source.lose(Lost.COMBINED_FEEDBACK)
    hints = [text for hint in source.element.findall("hint") if (text := source.text(hint))]
    if len(hints) > MOST_HINTS:
        source.lose(Lost.HINTS)
    marks = source.number("defaultgrade", "1")
    if marks == 0:
        marks = None
        if source.element.get("type") != "description":
            source.lose(Lost.MARKS)
    return {
        "stem": source.text_of("questiontext"),
        "general_feedback": source.text_of("generalfeedback"),
        "marks": marks,
        "hints": hints[:MOST_HINTS],
    }
