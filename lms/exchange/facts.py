"""Facts of a course: what rests on them, what waits for them, and a person's word for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.fact_codes import CERTAIN
from lms.courses.models import (
    ContentItem,
    Course,
    CourseFact,
    FactSignOff,
    GlossaryTerm,
    Lesson,
    Module,
)
from lms.exchange.course_files import read_course
from lms.exchange.errors import NoSuchFact, StatementChanged
from lms.exchange.plan import bytes_of
from lms.papers.models import CoursePaper
from lms.quizzes.models import Question, QuestionState, Quiz
from lms.quizzes.services import authoring
from lms.quizzes.services.versions import Listed


@dataclass(frozen=True)
class FileIndex:
    """What only a course's files say: the questions of each quiz, in order."""

    version: int
    quizzes: Mapping[str, tuple[Listed, ...]]


_kept: dict[int, FileIndex] = {}


def index_of(course_id: int, version: int) -> FileIndex:
    """Return a course's index; its files are read once per version and process (a slow read)."""
    known = _kept.get(course_id)
    if known is not None and known.version == version:
        return known
    index = _kept[course_id] = _read_index(course_id, version)
    return index


def forget() -> None:
    """Drop what is kept; for a store that was replaced under the process."""
    _kept.clear()


def _read_index(course_id: int, version: int) -> FileIndex:
    rows = db.session().scalars(sa.select(ContentItem).where(ContentItem.course_id == course_id))
    course = read_course({row.path: bytes_of(row) for row in rows}).course
    quizzes = course.quizzes if course is not None else ()
    return FileIndex(
        version,
        {
            quiz.id: tuple(
                Listed(item.id, item.slot or None, item.pinned, item.section) for item in quiz.items
            )
            for quiz in quizzes
        },
    )


@dataclass(frozen=True)
class TouchedLesson:
    """A lesson that rests on a fact."""

    number: str
    fact_ids: Sequence[str]
    is_published: bool


@dataclass(frozen=True)
class TouchedQuestion:
    """A question that rests on a fact."""

    content_id: str
    state: QuestionState
    waiting_for: tuple[str, ...]  # facts that stand between a draft and its publication


@dataclass(frozen=True)
class FactLine:
    """A fact with what rests on it and who vouches for it."""

    fact_id: str
    statement: str
    statement_hash: str
    source: str
    confidence: str
    checked_on: date | None
    lessons: tuple[str, ...]
    draft_lessons: tuple[str, ...]  # those that wait for it
    questions: tuple[TouchedQuestion, ...]
    terms: tuple[str, ...]
    papers: tuple[str, ...]
    signed_at: datetime | None
    signed_by: str | None

    @property
    def is_certain(self) -> bool:
        """Whether its own confidence lets questions rest on it."""
        return self.confidence in CERTAIN

    @property
    def waiting_drafts(self) -> tuple[str, ...]:
        """The questions that wait for this fact."""
        return tuple(
            q.content_id
            for q in self.questions
            if q.state is QuestionState.DRAFT and self.fact_id in q.waiting_for
        )

    @property
    def is_waited_for(self) -> bool:
        """Whether a draft waits for it."""
        return bool(self.waiting_drafts or self.draft_lessons)

    @property
    def awaits_sign_off(self) -> bool:
        """Whether somebody's word is wanted: for a draft, or for whatever may rest on it yet."""
        return self.is_waited_for or not (self.is_certain or self.signed_at)

    def as_dict(self) -> dict[str, Any]:
        """Return the line as plain values."""
        return {
            "fact": self.fact_id,
            "confidence": self.confidence,
            "statement": self.statement,
            "source": self.source,
            "checked_on": self.checked_on.isoformat() if self.checked_on else None,
            "signed_at": self.signed_at.isoformat() if self.signed_at else None,
            "lessons": list(self.lessons),
            "questions": [q.content_id for q in self.questions],
            "terms": list(self.terms),
            "papers": list(self.papers),
            "waiting_drafts": list(self.waiting_drafts),
            "draft_lessons": list(self.draft_lessons),
        }


def fact_lines(course_id: int) -> list[FactLine]:
    """Return every fact of a course with what rests on it, in the file's order."""
    session = db.session()
    basis = authoring.fact_basis(course_id)
    lessons = _by_fact(touched_lessons(course_id))
    terms, papers = _terms(course_id), _papers(course_id)
    questions: dict[str, list[TouchedQuestion]] = {}
    for question in session.scalars(
        sa.select(Question)
        .where(Question.course_id == course_id, Question.state != QuestionState.RETIRED)
        .order_by(Question.id)
    ):
        touched = TouchedQuestion(
            question.content_id, question.state, basis.waiting(question.fact_ids)
        )
        for fact_id in question.fact_ids:
            questions.setdefault(fact_id, []).append(touched)
    rows = session.execute(
        sa.select(CourseFact, FactSignOff.signed_at, Person.given_names, Person.family_name)
        .outerjoin(
            FactSignOff,
            sa.and_(
                FactSignOff.course_id == CourseFact.course_id,
                FactSignOff.fact_id == CourseFact.fact_id,
                FactSignOff.statement_hash == CourseFact.statement_hash,
            ),
        )
        .outerjoin(Person, Person.id == FactSignOff.person_id)
        .where(CourseFact.course_id == course_id)
        .order_by(CourseFact.id)
    )
    return [
        FactLine(
            fact_id=fact.fact_id,
            statement=fact.statement,
            statement_hash=fact.statement_hash,
            source=fact.source,
            confidence=fact.confidence,
            checked_on=fact.checked_on,
            lessons=tuple(lesson.number for lesson in lessons.get(fact.fact_id, ())),
            draft_lessons=tuple(
                lesson.number
                for lesson in lessons.get(fact.fact_id, ())
                if not lesson.is_published and fact.fact_id in basis.unvouched(lesson.fact_ids)
            ),
            questions=tuple(questions.get(fact.fact_id, ())),
            terms=tuple(terms.get(fact.fact_id, ())),
            papers=tuple(papers.get(fact.fact_id, ())),
            signed_at=signed_at,
            signed_by=f"{given} {family}" if given is not None else None,
        )
        for fact, signed_at, given, family in rows
    ]


def touched_lessons(course_id: int) -> list[TouchedLesson]:
    """Return a course's lessons in reading order, with the facts that they rest on."""
    rows = db.session().execute(
        sa.select(Lesson.number, Lesson.fact_ids, Lesson.is_published)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.course_id == course_id, Lesson.withdrawn_at.is_(None))
        .order_by(Module.position, Lesson.position)
    )
    return [TouchedLesson(*row) for row in rows]


def _by_fact(lessons: Iterable[TouchedLesson]) -> dict[str, list[TouchedLesson]]:
    found: dict[str, list[TouchedLesson]] = {}
    for lesson in lessons:
        for fact_id in lesson.fact_ids:
            found.setdefault(fact_id, []).append(lesson)
    return found


def _terms(course_id: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact_id, term in db.session().execute(
        sa.select(GlossaryTerm.fact_id, GlossaryTerm.term_ro)
        .where(GlossaryTerm.course_id == course_id, GlossaryTerm.fact_id.is_not(None))
        .order_by(GlossaryTerm.id)
    ):
        found.setdefault(str(fact_id), []).append(term)
    return found


def _papers(course_id: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for content_id, fact_ids in db.session().execute(
        sa.select(CoursePaper.content_id, CoursePaper.fact_ids)
        .where(CoursePaper.course_id == course_id)
        .order_by(CoursePaper.position)
    ):
        for fact_id in fact_ids:
            found.setdefault(fact_id, []).append(content_id)
    return found


@dataclass(frozen=True)
class SignOff:
    """What came of a sign-off."""

    is_new: bool
    published: tuple[str, ...]  # questions
    lessons: tuple[str, ...] = ()  # numbers


def sign_off_fact(
    course: Course, fact_id: str, statement_hash: str, *, by: int, now: datetime
) -> SignOff:
    """Record a person's word for a fact as worded; publish the drafts that waited for it alone.

    Runs on the locked course. Raises NoSuchFact, and StatementChanged where the wording is no
    longer the one that was read.
    """
    session = db.session()
    fact = session.scalar(
        sa.select(CourseFact).where(
            CourseFact.course_id == course.id, CourseFact.fact_id == fact_id
        )
    )
    if fact is None:
        raise NoSuchFact(fact_id)
    if fact.statement_hash != statement_hash:
        raise StatementChanged(fact_id)
    if (fact_id, statement_hash) in authoring.sign_off_hashes(course.id):
        return SignOff(is_new=False, published=())
    sign_off = FactSignOff(
        course_id=course.id,
        fact_id=fact_id,
        statement_hash=statement_hash,
        person_id=by,
        signed_at=now,
    )
    session.add(sign_off)
    session.flush()  # the record names it, and the drafts are judged with it
    record(
        "fact.signed_off",
        by=by,
        on=sign_off,
        course_id=course.id,
        fact=fact_id,
        statement_hash=statement_hash,
    )
    lessons = _publish_lessons(course, fact_id, by=by)
    published = _publish_ready(course, fact_id, by=by, now=now)
    return SignOff(is_new=True, published=published, lessons=lessons)


def _publish_lessons(course: Course, fact_id: str, *, by: int) -> tuple[str, ...]:
    """Publish the lessons that waited for this fact alone."""
    basis = authoring.fact_basis(course.id)
    drafts = db.session().scalars(
        sa.select(Lesson)
        .where(
            Lesson.course_id == course.id,
            Lesson.withdrawn_at.is_(None),
            Lesson.is_published.is_(False),
        )
        .order_by(Lesson.id)
    )
    ready = [d for d in drafts if fact_id in d.fact_ids and not basis.unvouched(d.fact_ids)]
    for lesson in ready:
        lesson.is_published = True
        record("lesson.published", by=by, on=lesson, course_id=course.id, lesson=lesson.content_id)
    return tuple(lesson.number for lesson in ready)


def _publish_ready(course: Course, fact_id: str, *, by: int, now: datetime) -> tuple[str, ...]:
    basis = authoring.fact_basis(course.id)
    drafts = db.session().scalars(
        sa.select(Question)
        .where(
            Question.course_id == course.id,
            Question.state == QuestionState.DRAFT,
            Question.quiz_id.is_not(None),
        )
        .order_by(Question.id)
    )
    ready = [q for q in drafts if fact_id in q.fact_ids and not basis.waiting(q.fact_ids)]
    published = [q.content_id for q in ready if authoring.publish_question(q, by=by, now=now)]
    # Also without a new question: a dry run made before this sign-off must not be applied after it.
    index = index_of(course.id, course.version)
    course.version += 1
    if published:
        _renew_quizzes(course, index, set(published), by=by, now=now)
    return tuple(published)


def _renew_quizzes(
    course: Course, index: FileIndex, published: set[str], *, by: int, now: datetime
) -> None:
    db.session().flush()  # the lists are drawn from the questions' new states
    for quiz in db.session().scalars(
        sa.select(Quiz).where(Quiz.course_id == course.id, Quiz.withdrawn_at.is_(None))
    ):
        questions = index.quizzes.get(quiz.content_id, ())
        if any(listed.content_id in published for listed in questions):
            authoring.refresh_quiz(quiz, questions, by=by, now=now)
