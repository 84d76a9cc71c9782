"""What bringing a file's questions into a quiz would do, question by question."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.files.models import StoredFile
from lms.quizzes.exchange.formats import Format
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import Lost, ReadQuestion, left_out
from lms.quizzes.question_types.registry import with_kept_ids
from lms.quizzes.services import kept_files, prepared
from lms.quizzes.services.import_reading import FileRead, read_file
from lms.quizzes.services.prepared import Change
from lms.quizzes.services.workshop_plan import Bench


class Verdict(StrEnum):
    """Say what happens to a question of a file."""

    NEW = "new"
    WORDS = "words"
    KEY = "key"
    SAME = "same"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """A question of a file, and what taking it over would do."""

    read: ReadQuestion
    verdict: Verdict

    @property
    def is_open(self) -> bool:
        """Whether it can be taken over, and would change something."""
        return self.verdict in {Verdict.NEW, Verdict.WORDS, Verdict.KEY}


@dataclass(frozen=True)
class ImportPlan:
    """A file read against a quiz."""

    format: Format | None
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    has_more: bool = False

    def count(self, *verdicts: Verdict) -> int:
        """How many questions have one of these verdicts."""
        counts = Counter(line.verdict for line in self.lines)
        return sum(counts[verdict] for verdict in verdicts)


def plan_import(bench: Bench, data: bytes, file_name: str) -> ImportPlan:
    """Read a file and work out what it would do; slow, so never inside a write."""
    return _planned(bench, read_file(file_name, data=data))


def plan_kept(bench: Bench, file: StoredFile) -> ImportPlan:
    """Work out what a kept file would do; it is read where this process hasn't read it lately."""
    sha256 = file.sha256
    return _planned(
        bench, read_file(file.name, sha256=sha256, data=lambda: kept_files.bytes_of(sha256))
    )


def _planned(bench: Bench, found: FileRead) -> ImportPlan:
    fitted = [fitting(bench, read) for read in found.questions]
    lines = tuple(Line(read, _verdict(bench, read)) for read in fitted)
    return ImportPlan(found.format, lines, found.problems, found.has_more)


def fitting(bench: Bench, read: ReadQuestion) -> ReadQuestion:
    """Leave out what this course has no place for, and say so."""
    if read.question is None:
        return read
    name = read.name or read.id
    facts = tuple(fact for fact in read.facts if fact in bench.facts)
    lesson = read.lesson if read.lesson in bench.lessons else ""
    lost = [left_out(read.line, name, Lost.FACTS, ", ".join(set(read.facts) - set(facts)))]
    problems = list(read.problems)
    problems += lost if facts != read.facts else []
    if lesson != read.lesson:
        problems.append(left_out(read.line, name, Lost.LESSON, read.lesson))
    return replace(read, facts=facts, lesson=lesson, problems=tuple(problems))


def _verdict(bench: Bench, read: ReadQuestion) -> Verdict:
    if read.question is None or not read.is_good:
        return Verdict.REFUSED
    before = bench.known.get(read.id)
    stands = before is not None and before.row.quiz_id is not None
    if read.id not in bench.own_ids and (stands or read.id in bench.content_ids):
        return Verdict.TAKEN
    if before is None or not stands:
        return Verdict.NEW
    new = with_kept_ids(prepared.rendered(read.question, bench.slug), before.question)
    return {
        Change.NEW: Verdict.NEW,
        Change.WORDS: Verdict.WORDS,
        Change.KEY: Verdict.KEY,
        Change.NONE: Verdict.SAME,
    }[prepared.compare(new, before.question)]
