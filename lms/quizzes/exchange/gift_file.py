"""GIFT from anywhere: question by question, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lms.quizzes.exchange.encodings import decode_text
from lms.quizzes.exchange.front_matter import read_head
from lms.quizzes.exchange.gift import read_item
from lms.quizzes.exchange.gift_syntax import (
    RawQuestion,
    clean,
    hide_escapes,
    raw_questions,
    restore,
)
from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import Problem, QuizFile, Section, Severity
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    category_path,
    from_item,
    left_out,
    to_item,
)
from lms.quizzes.exchange.sections import cut_sections


def read_gift_questions(data: bytes, problems: list[Problem]) -> Iterator[ReadQuestion]:
    """Yield the questions; what concerns the whole file is added to the problems."""
    head = read_head(clean(decode_text(data, problems), problems), problems)
    broken: list[Problem] = []  # of questions that could not even be cut out
    cut = cut_sections(hide_escapes(head.rest), head.first_line, broken)
    for raw in raw_questions(cut.text, head.first_line, broken):
        yield from _broken(broken)
        at = cut.of_line(raw.line)
        yield replace(_read(raw), under=cut.sections[at - 1] if at else None)
    yield from _broken(broken)


def _broken(broken: list[Problem]) -> Iterator[ReadQuestion]:
    while broken:
        problem = broken.pop(0)
        yield ReadQuestion(name=problem.item, problems=(problem,), line=problem.line)


def _read(raw: RawQuestion) -> ReadQuestion:
    problems: list[Problem] = []
    item = read_item(raw, problems, ids_required=False)
    if item is None:
        name = raw.title or " ".join(restore(raw.stem).split())[:60]
        told = tuple(replace(problem, item=problem.item or name) for problem in problems)
        reason = next((p.reason for p in told if p.severity is Severity.ERROR), "")
        return ReadQuestion(name=name, type_name=reason, problems=told, line=raw.line)
    read = from_item(item)
    return replace(read, category=category_path(read.category), problems=tuple(problems))


def write_gift_questions(questions: Iterable[ReadQuestion]) -> Written:
    """Write the questions with their ids and keys."""
    kept = list(questions)
    sections: list[Section] = []
    items = []
    for read in kept:
        if read.question is None:
            continue
        if read.under is not None and (not sections or sections[-1] is not read.under):
            sections.append(read.under)
        items.append(replace(to_item(read, read.question), section=len(sections)))
    problems = [left_out(r.line, r.name or r.id, Lost.PICTURE) for r in kept if r.files]
    return Written(
        write_gift(QuizFile(items=tuple(items), sections=tuple(sections))).encode(), tuple(problems)
    )
