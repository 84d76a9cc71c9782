"""What a folder's facts say otherwise than the site's, and all that each difference touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.exchange.course_files import read_course
from lms.exchange.course_values import CourseFiles
from lms.exchange.errors import CourseHasFaults
from lms.exchange.facts import fact_lines
from lms.exchange.facts_file import FACTS, FactEntry, read_facts
from lms.exchange.plan import stored_facts
from lms.exchange.problems import Problem, Reason

_COMPARED = ("statement", "source", "confidence", "checked_on")


@dataclass
class Touched:
    """What rests on a fact: numbers of lessons, ids of questions, terms, ids of papers."""

    lessons: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)

    def add(
        self,
        lessons: Iterable[str] = (),
        questions: Iterable[str] = (),
        terms: Iterable[str] = (),
        papers: Iterable[str] = (),
    ) -> None:
        """Note more, each once."""
        for known, more in (
            (self.lessons, lessons),
            (self.questions, questions),
            (self.terms, terms),
            (self.papers, papers),
        ):
            known += [each for each in more if each not in known]


@dataclass(frozen=True)
class FactChange:
    """A fact that the folder adds, words otherwise or leaves out."""

    fact_id: str
    before: FactEntry | None
    now: FactEntry | None
    touched: Touched

    @property
    def kind(self) -> str:
        """added, changed or removed."""
        if self.before is None:
            return "added"
        return "removed" if self.now is None else "changed"

    @property
    def differences(self) -> tuple[str, ...]:
        """Which parts of a changed fact differ; a code with the old and the new one."""
        if self.before is None or self.now is None:
            return ()
        found = []
        for name in _COMPARED:
            old, new = getattr(self.before, name), getattr(self.now, name)
            if old != new:
                found.append(f"{name} {old} → {new}" if name == "confidence" else name)
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "fact": self.fact_id,
            "change": self.kind,
            "differences": list(self.differences),
            "before": self.before.statement if self.before else None,
            "now": self.now.statement if self.now else None,
            "lessons": self.touched.lessons,
            "questions": self.touched.questions,
            "terms": self.touched.terms,
            "papers": self.touched.papers,
        }


def fact_changes(course_id: int, files: Mapping[str, bytes]) -> list[FactChange]:
    """Compare a folder's facts with the stored ones; raise CourseHasFaults on unreadable ones.

    What a fact touches is told of the site and of the folder both: a lesson may be in one alone.
    """
    before = stored_facts(course_id)
    now = {fact.id: fact for fact in _facts_of(files)}
    touched = _touched_here(course_id)
    course = read_course(files).course
    if course is not None:
        _add_of_files(touched, course)
    return [
        FactChange(fact_id, before.get(fact_id), now.get(fact_id), touched.get(fact_id, Touched()))
        for fact_id in [*now, *(f for f in before if f not in now)]
        if not _are_alike(before.get(fact_id), now.get(fact_id))
    ]


def _facts_of(files: Mapping[str, bytes]) -> tuple[FactEntry, ...]:
    problems: list[Problem] = []
    try:
        text = files[FACTS].decode("utf-8-sig").replace("\r\n", "\n")
    except KeyError:
        raise CourseHasFaults([Problem(FACTS, 1, Reason.FILE_MISSING, FACTS)]) from None
    except UnicodeDecodeError:
        raise CourseHasFaults([Problem(FACTS, 1, Reason.NOT_UTF8)]) from None
    facts = read_facts(text, problems)
    if problems:
        raise CourseHasFaults(problems)
    return facts


def _are_alike(before: FactEntry | None, now: FactEntry | None) -> bool:
    if before is None or now is None:
        return False
    return all(getattr(before, name) == getattr(now, name) for name in _COMPARED)


def _touched_here(course_id: int) -> dict[str, Touched]:
    return {
        line.fact_id: Touched(
            list(line.lessons),
            [q.content_id for q in line.questions],
            list(line.terms),
            list(line.papers),
        )
        for line in fact_lines(course_id)
    }


def _add_of_files(touched: dict[str, Touched], course: CourseFiles) -> None:
    for lesson in course.lessons:
        for fact_id in lesson.fact_ids:
            touched.setdefault(fact_id, Touched()).add(lessons=[lesson.number])
    for quiz in course.quizzes:
        for item in quiz.items:
            for fact_id in item.facts:
                touched.setdefault(fact_id, Touched()).add(questions=[item.id])
    for entry in course.glossary:
        if entry.fact is not None:
            touched.setdefault(entry.fact.text, Touched()).add(terms=[entry.term["ro"]])
    for paper in course.papers:
        for fact_id in paper.facts:
            touched.setdefault(fact_id, Touched()).add(papers=[paper.id])
