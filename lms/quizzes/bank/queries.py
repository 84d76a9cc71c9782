"""Reads of the bank: a page of its list, what can be chosen to narrow it, one question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.people_names import fold
from lms.quizzes.bank.filters import NO_CATEGORY, NOWHERE, Filters, Sort, Status
from lms.quizzes.models import (
    Question,
    QuestionComment,
    QuestionRevision,
    QuestionState,
    QuestionTag,
    QuestionVersion,
    Quiz,
)
from lms.quizzes.queries import Words
from lms.quizzes.question_types.registry import parse_question

PER_PAGE = 50
ZONE = ZoneInfo("Europe/Bucharest")  # where lists are read


def _name(person: Any) -> sa.ColumnElement[str]:
    name: sa.ColumnElement[str] = person.given_names + sa.literal(" ") + person.family_name
    return name


_NAME = _name(Person)


# Lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A question as a list shows it."""

    id: int
    content_id: str
    stem: str
    type: str
    category: str
    tags: tuple[str, ...]
    status: Status
    is_shared: bool
    author: str | None
    changed_at: datetime
    quiz_slug: str | None
    quiz_ro: str | None
    quiz_en: str | None
    comments: int  # that wait
    course_ro: str
    course_en: str

    def quiz(self, locale: str) -> str | None:
        """The title of the quiz that has it."""
        return self.quiz_en if locale == "en" else self.quiz_ro

    def course(self, locale: str) -> str:
        """The title of its course."""
        return self.course_en if locale == "en" else self.course_ro


def status_of(state: QuestionState, *, is_ready: bool) -> Status:
    """Say how a question stands."""
    if state is QuestionState.DRAFT:
        return Status.READY if is_ready else Status.DRAFT
    return Status(state.value)


_STATUS: dict[Status, sa.ColumnElement[bool]] = {
    Status.DRAFT: sa.and_(Question.state == QuestionState.DRAFT, Question.is_ready.is_(False)),
    Status.READY: sa.and_(Question.state == QuestionState.DRAFT, Question.is_ready.is_(True)),
    Status.PUBLISHED: Question.state == QuestionState.PUBLISHED,
    Status.RETIRED: Question.state == QuestionState.RETIRED,
}
_ORDER: dict[str, tuple[Any, ...]] = {
    Sort.CHANGED: (Question.changed_at.desc(),),
    Sort.STEM: (Question.stem,),
    Sort.CATEGORY: (Question.category, Question.stem),
    Sort.TYPE: (Question.type, Question.stem),
}


def in_bank(course_id: int) -> sa.ColumnElement[bool]:
    """The questions of a course's bank: all that the course has."""
    return Question.course_id == course_id


def shared_with(course_id: int) -> sa.ColumnElement[bool]:
    """The questions that other courses share."""
    return sa.and_(
        Question.course_id != course_id,
        Question.is_shared.is_(True),
        Question.state != QuestionState.RETIRED,
    )


def narrowed(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Make conditions of filters; what is typed has no wildcards."""
    found = [
        Question.search_text.contains(word, autoescape=True) for word in fold(filters.text).split()
    ]
    if filters.status:
        found.append(_STATUS[Status(filters.status)])
    else:
        found.append(Question.state != QuestionState.RETIRED)
    if filters.type:
        found.append(Question.type == filters.type)
    if filters.author:
        found.append(Question.author_id == int(filters.author))
    if filters.course:
        found.append(Question.course_id == int(filters.course))
    if filters.category == NO_CATEGORY:
        found.append(Question.category == "")
    elif filters.category:
        under = Question.category.startswith(f"{filters.category}/", autoescape=True)
        found.append(sa.or_(Question.category == filters.category, under))
    if filters.tag:
        tagged = QuestionTag.question_id == Question.id, QuestionTag.tag == filters.tag
        found.append(sa.exists().where(*tagged))
    if filters.used == NOWHERE:
        found.append(Question.quiz_id.is_(None))
    elif filters.used:
        found.append(Question.quiz_id == int(filters.used))
    if filters.day is not None:
        start = datetime.combine(filters.day, time(), ZONE)
        found.append(Question.changed_at >= start)
    return found


def count(scope: sa.ColumnElement[bool], filters: Filters) -> int:
    """Count what filters leave of a bank."""
    statement = sa.select(sa.func.count(Question.id)).where(scope, *narrowed(filters))
    return db.session().scalar(statement) or 0


def lines(
    scope: sa.ColumnElement[bool],
    filters: Filters | None = None,
    *,
    page: int | None = None,
    ids: Collection[int] | None = None,
) -> list[Line]:
    """Return a page of a bank's list, or all of it, or some; two statements."""
    waiting = (
        sa.select(sa.func.count(QuestionComment.id))
        .where(QuestionComment.question_id == Question.id, QuestionComment.resolved_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Question.id,
            Question.content_id,
            Question.stem,
            Question.type,
            Question.category,
            Question.state,
            Question.is_ready,
            Question.is_shared,
            Question.changed_at,
            _NAME.label("author"),
            Quiz.slug.label("quiz_slug"),
            Quiz.title_ro.label("quiz_ro"),
            Quiz.title_en.label("quiz_en"),
            waiting.label("comments"),
            Course.title_ro.label("course_ro"),
            Course.title_en.label("course_en"),
        )
        .join(Course, Course.id == Question.course_id)
        .outerjoin(Quiz, Quiz.id == Question.quiz_id)
        .outerjoin(Person, Person.id == Question.author_id)
        .where(scope, *(narrowed(filters) if filters is not None else ()))
        .order_by(*_ORDER[filters.sort if filters is not None else Sort.CHANGED], Question.id)
    )
    if ids is not None:
        statement = statement.where(Question.id.in_(ids))
    if page is not None:
        statement = statement.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = db.session().execute(statement).all()
    tags = tags_of([row[0] for row in rows] if page is not None or ids is not None else None, scope)
    return [_line(row, tags.get(row.id, ())) for row in rows]


def _line(row: Any, tags: tuple[str, ...]) -> Line:
    return Line(
        id=row.id,
        content_id=row.content_id,
        stem=row.stem,
        type=row.type,
        category=row.category,
        tags=tags,
        status=status_of(row.state, is_ready=row.is_ready),
        is_shared=row.is_shared,
        author=row.author,
        changed_at=row.changed_at,
        quiz_slug=row.quiz_slug,
        quiz_ro=row.quiz_ro,
        quiz_en=row.quiz_en,
        comments=row.comments,
        course_ro=row.course_ro,
        course_en=row.course_en,
    )


def tags_of(
    ids: Collection[int] | None, scope: sa.ColumnElement[bool] | None = None
) -> dict[int, tuple[str, ...]]:
    """Return the tags of questions by id, in order; of all in a scope where no ids are given."""
    statement = sa.select(QuestionTag.question_id, QuestionTag.tag).order_by(QuestionTag.tag)
    if ids is not None:
        statement = statement.where(QuestionTag.question_id.in_(ids))
    elif scope is not None:
        statement = statement.join(Question, Question.id == QuestionTag.question_id).where(scope)
    found: dict[int, list[str]] = {}
    for question_id, tag in db.session().execute(statement):
        found.setdefault(question_id, []).append(tag)
    return {question_id: tuple(tags) for question_id, tags in found.items()}


# What can be chosen --------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to: what there is in it."""

    types: Sequence[str]
    categories: Sequence[str]  # each with those above it
    has_none: bool  # whether some have no category
    tags: Sequence[str]
    authors: Sequence[tuple[int, str]]
    quizzes: Sequence[tuple[int, str, str]]
    courses: Sequence[tuple[int, str, str]] = ()


def choices(scope: sa.ColumnElement[bool], course_id: int | None) -> Choices:
    """Return what can be chosen; a few statements however many questions there are."""
    session = db.session()
    pairs = session.execute(
        sa.select(Question.type, Question.category).where(scope).distinct()
    ).all()
    tags = session.scalars(
        sa.select(QuestionTag.tag)
        .join(Question, Question.id == QuestionTag.question_id)
        .where(scope)
        .distinct()
        .order_by(QuestionTag.tag)
    ).all()
    categories = {row[1] for row in pairs}
    if course_id is None:
        courses = session.execute(
            sa.select(Course.id, Course.title_ro, Course.title_en)
            .where(Course.id.in_(sa.select(Question.course_id).where(scope)))
            .order_by(Course.title_ro)
        ).all()
        return Choices(
            types=sorted({row[0] for row in pairs}),
            categories=with_parents(categories),
            has_none="" in categories,
            tags=tags,
            authors=(),
            quizzes=(),
            courses=[(row[0], row[1], row[2]) for row in courses],
        )
    authors = session.execute(
        sa.select(Person.id, _NAME)
        .where(Person.id.in_(sa.select(Question.author_id).where(scope)))
        .order_by(_NAME)
    ).all()
    return Choices(
        types=sorted({row[0] for row in pairs}),
        categories=with_parents(categories),
        has_none="" in categories,
        tags=tags,
        authors=[(row[0], row[1]) for row in authors],
        quizzes=quizzes_of(course_id),
    )


def quizzes_of(course_id: int) -> list[tuple[int, str, str]]:
    """Return a course's quizzes with their titles, as the course has them."""
    rows = db.session().execute(
        sa.select(Quiz.id, Quiz.title_ro, Quiz.title_en)
        .where(Quiz.course_id == course_id, Quiz.withdrawn_at.is_(None))
        .order_by(Quiz.module_id, Quiz.position, Quiz.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def with_parents(paths: Iterable[str]) -> list[str]:
    """List categories with those that stand above them, in order."""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        found |= {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return sorted(found - {""})


@dataclass(frozen=True)
class Copy:
    """A question that another was copied from, or to."""

    id: int
    content_id: str
    course_id: int
    course_slug: str
    course_ro: str
    course_en: str
    is_source: bool

    def course(self, locale: str) -> str:
        """The title of its course."""
        return self.course_en if locale == "en" else self.course_ro


def copies_of(question: Question) -> list[Copy]:
    """Return what a question was copied from, and its own copies; one statement."""
    rows = db.session().execute(
        sa.select(
            Question.id,
            Question.content_id,
            Question.course_id,
            Course.slug,
            Course.title_ro,
            Course.title_en,
        )
        .join(Course, Course.id == Question.course_id)
        .where(
            sa.or_(Question.id == question.copied_from_id, Question.copied_from_id == question.id)
        )
        .order_by(Question.id)
    )
    return [Copy(*row, is_source=row[0] == question.copied_from_id) for row in rows]


# One question --------------------------------------------------------------------------------


@dataclass(frozen=True)
class CommentLine:
    """What somebody said of a question."""

    id: int
    author: str | None
    text: str
    made_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


def comments_of(question_id: int) -> list[CommentLine]:
    """Return what was said of a question, in time; what waits first."""
    by = sa.orm.aliased(Person)
    rows = db.session().execute(
        sa.select(
            QuestionComment.id,
            _NAME,
            QuestionComment.text,
            QuestionComment.made_at,
            QuestionComment.resolved_at,
            _name(by),
        )
        .outerjoin(Person, Person.id == QuestionComment.author_id)
        .outerjoin(by, by.id == QuestionComment.resolved_by_id)
        .where(QuestionComment.question_id == question_id)
        .order_by(QuestionComment.resolved_at.is_not(None), QuestionComment.id)
    )
    return [CommentLine(*row) for row in rows]


def words_of(question_id: int) -> Words | None:
    """Return a question as it stands, in both languages."""
    row = (
        db.session()
        .execute(
            sa.select(QuestionRevision.payload, QuestionRevision.payload_en)
            .join(QuestionVersion, QuestionVersion.id == QuestionRevision.version_id)
            .where(QuestionVersion.question_id == question_id)
            .order_by(QuestionVersion.number.desc(), QuestionRevision.number.desc())
            .limit(1)
        )
        .first()
    )
    if row is None:
        return None
    return Words(parse_question(row[0]), parse_question(row[1]) if row[1] is not None else None)
