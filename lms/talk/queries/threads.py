"""Reads of questions to the trainer, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.models import Course, Edition, Enrolment, EnrolmentState, Lesson, Module
from lms.people_names import fold
from lms.quizzes.disputes.queries import number_in_quiz
from lms.quizzes.models import Attempt, AttemptItem, Quiz
from lms.talk.models import HelpfulMark, Post, Thread
from lms.talk.rules import ThreadState
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

PER_PAGE = 50


@dataclass(frozen=True)
class ThreadLine:
    """A thread in a list."""

    id: int
    text: str
    state: ThreadState
    is_shared: bool
    asked_at: datetime
    changed_at: datetime
    waits_since: datetime | None
    asker_id: int
    asker: str
    edition: str
    lesson_number: str | None
    lesson_ro: str | None
    lesson_en: str | None
    quiz_ro: str | None
    quiz_en: str | None
    position: int | None
    replies: int
    number: int | None = None  # of the question in the quiz as it is now

    @property
    def about_in_test(self) -> str:
        """What it is about, as trainers count: the question's number in the test first."""
        title = self.quiz_en if current_locale() == "en" else self.quiz_ro
        if self.lesson_number is not None or self.number is None:
            return self.about
        return _numbered_words(title or "", self.number, self.position or 0)

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is ThreadState.OPEN

    @property
    def about(self) -> str:
        """What it is about, in the language in force."""
        is_english = current_locale() == "en"
        if self.lesson_number is not None:
            title = self.lesson_en if is_english else self.lesson_ro
            return _lesson_words(self.lesson_number, title or "")
        title = self.quiz_en if is_english else self.quiz_ro
        return _test_words(title or "", self.position or 0)


def _lesson_words(number: str, title: str) -> str:
    return _("Lesson %(number)s: %(title)s", number=number, title=title)


def _test_words(title: str, position: int) -> str:
    return _("%(test)s, question %(number)s of the attempt", test=title, number=position)


def _numbered_words(title: str, number: int, position: int) -> str:
    return _(
        "%(test)s, question %(number)s (it was number %(position)s in the attempt)",
        test=title,
        number=number,
        position=position,
    )


def place_words(thread: Thread, *, for_trainer: bool = False) -> str:
    """Say what a thread is about, in the language in force; one statement more for a trainer."""
    is_english = current_locale() == "en"
    if thread.lesson_id is not None:
        lesson = thread.lesson or db.session().get_one(Lesson, thread.lesson_id)
        title = lesson.title_en if is_english else lesson.title_ro
        return _lesson_words(lesson.number, title)
    item = thread.item or db.session().get_one(AttemptItem, thread.item_id)
    quiz = item.attempt.quiz
    title = quiz.title_en if is_english else quiz.title_ro
    number = _number_of(item.id) if for_trainer else None
    if number is not None:
        return _numbered_words(title, number, item.position)
    return _test_words(title, item.position)


def _number_of(item_id: int) -> int | None:
    statement = (
        sa.select(number_in_quiz())
        .select_from(AttemptItem)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(AttemptItem.id == item_id)
    )
    number: int | None = db.session().scalar(statement)
    return number


_REPLIES = (
    sa.select(sa.func.count(Post.id))
    .where(Post.thread_id == Thread.id)
    .correlate(Thread)
    .scalar_subquery()
)


def _joined(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Thread)
        .join(Enrolment, Enrolment.id == Thread.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Thread.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(Lesson, Lesson.id == Thread.lesson_id)
        .outerjoin(AttemptItem, AttemptItem.id == Thread.item_id)
        .outerjoin(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
    )


def _lines(statement: sa.Select[Any]) -> list[ThreadLine]:
    return [
        ThreadLine(
            id=row[0],
            text=row[1],
            state=row[2],
            is_shared=row[3],
            asked_at=row[4],
            changed_at=row[5],
            waits_since=row[6],
            asker_id=row[7],
            asker=f"{row[8]} {row[9]}",
            edition=row[10],
            lesson_number=row[11],
            lesson_ro=row[12],
            lesson_en=row[13],
            quiz_ro=row[14],
            quiz_en=row[15],
            position=row[16],
            replies=row[17],
            number=row[18],
        )
        for row in db.session().execute(statement)
    ]


_COLUMNS = (
    *(Thread.id, Thread.text, Thread.state, Thread.is_shared, Thread.asked_at, Thread.changed_at),
    Thread.waits_since,
    *(Person.id, Person.given_names, Person.family_name, Edition.title),
    *(Lesson.number, Lesson.title_ro, Lesson.title_en),
    *(Quiz.title_ro, Quiz.title_en, AttemptItem.position, _REPLIES),
    number_in_quiz(),
)


@dataclass(frozen=True)
class InboxFilters:
    """What a trainer's list is narrowed to."""

    state: str = "open"  # open, answered or all
    edition: str = ""
    at: str = ""  # lesson, test, or empty
    search: str = ""

    @property
    def narrows(self) -> bool:
        """Whether more than the state is asked for."""
        return bool(self.edition or self.at or self.search)


def _followed(actor: Actor, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Narrow to editions that one follows; what one asked as a learner waits for others."""
    followed = Edition.visible_to(actor).with_only_columns(Edition.id)
    return statement.where(Thread.edition_id.in_(followed), Enrolment.person_id != actor.person_id)


def _narrowed(actor: Actor, filters: InboxFilters, *columns: Any) -> sa.Select[Any]:
    statement = _followed(actor, _joined(*columns))
    if filters.state in ("open", "answered"):
        statement = statement.where(Thread.state == ThreadState(filters.state))
    if filters.edition:
        statement = statement.where(Edition.slug == filters.edition)
    if filters.at == "lesson":
        statement = statement.where(Thread.lesson_id.is_not(None))
    elif filters.at == "test":
        statement = statement.where(Thread.item_id.is_not(None))
    return statement


def inbox(actor: Actor, filters: InboxFilters, page: int = 1) -> tuple[list[ThreadLine], int]:
    """Return a page of what was asked on the editions one follows, and how many there are.

    What waits comes first who waits longest; what was answered, the newest first.
    """
    order = Thread.waits_since if filters.state == "open" else Thread.changed_at.desc()
    statement = _narrowed(actor, filters, *_COLUMNS).order_by(order, Thread.id)
    if filters.search:
        wanted = fold(filters.search)
        found = [line for line in _lines(statement) if wanted in fold(f"{line.asker} {line.text}")]
        return found[PER_PAGE * (page - 1) : PER_PAGE * page], len(found)
    total = db.session().scalar(_narrowed(actor, filters, sa.func.count(Thread.id))) or 0
    return _lines(statement.limit(PER_PAGE).offset(PER_PAGE * (page - 1))), total


def counts(actor: Actor) -> dict[ThreadState, int]:
    """Count what waits and what was answered; one statement."""
    statement = _followed(actor, _joined(Thread.state, sa.func.count())).group_by(Thread.state)
    return {row[0]: row[1] for row in db.session().execute(statement)}


def editions_asked(actor: Actor) -> list[tuple[str, str]]:
    """Return (slug, title) of the followed editions in which something was asked."""
    statement = _followed(actor, _joined(Edition.slug, Edition.title)).distinct()
    rows = db.session().execute(statement.order_by(Edition.title))
    return [(row[0], row[1]) for row in rows]


def waiting(actor: Actor) -> tuple[int, datetime | None]:
    """Count what waits for an answer on the editions one follows, and since when; one statement."""
    columns = (sa.func.count(), sa.func.min(Thread.waits_since))
    statement = _followed(actor, _joined(*columns)).where(Thread.state == ThreadState.OPEN)
    row = db.session().execute(statement).one()
    return row[0], row[1]


def of_lesson(actor: Actor, lesson_id: int, most: int = 100) -> list[ThreadLine]:
    """Return what one may read at a lesson, the newest first; one statement."""
    seen = Thread.visible_to(actor).with_only_columns(Thread.id)
    statement = _joined(*_COLUMNS).where(Thread.lesson_id == lesson_id, Thread.id.in_(seen))
    return _lines(statement.order_by(Thread.changed_at.desc(), Thread.id).limit(most))


def of_item(person_id: int, item_id: int) -> list[ThreadLine]:
    """Return what somebody asked about an answer of theirs; one statement."""
    statement = _joined(*_COLUMNS).where(
        Thread.item_id == item_id, Enrolment.person_id == person_id
    )
    return _lines(statement.order_by(Thread.id.desc()))


def of_person(person_id: int, most: int = 200) -> tuple[list[ThreadLine], list[ThreadLine]]:
    """Return what somebody asked, and what others asked that is shown to their editions."""
    own = _joined(*_COLUMNS).where(Enrolment.person_id == person_id)
    learnt = sa.select(Enrolment.edition_id).where(
        Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ACTIVE
    )
    shared = _joined(*_COLUMNS).where(
        Enrolment.person_id != person_id,
        Thread.is_shared.is_(True),
        Thread.edition_id.in_(learnt),
    )
    order = (Thread.changed_at.desc(), Thread.id)
    return (
        _lines(own.order_by(*order).limit(most)),
        _lines(shared.order_by(*order).limit(most)),
    )


def with_company(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Load threads with all that their page says."""
    return statement.options(
        joinedload(Thread.edition).joinedload(Edition.programme),
        joinedload(Thread.edition).joinedload(Edition.course),
        joinedload(Thread.enrolment).joinedload(Enrolment.person),
        joinedload(Thread.lesson).load_only(
            Lesson.number,
            Lesson.title_ro,
            Lesson.title_en,
            Lesson.slug,
            Lesson.withdrawn_at,
            Lesson.is_published,
        ),
        joinedload(Thread.lesson).joinedload(Lesson.module).options(load_only(Module.slug)),
        joinedload(Thread.item).joinedload(AttemptItem.attempt).joinedload(Attempt.quiz),
    )


@dataclass(frozen=True)
class PostLine:
    """A reply with who wrote it, how many it helped, and whether it helped the reader."""

    id: int
    text: str
    is_answer: bool
    posted_at: datetime
    author: str | None
    helpful: int
    is_helpful_to_me: bool


def posts_of(thread_id: int, reader_id: int) -> Sequence[PostLine]:
    """Return a thread's replies, the oldest first; one statement."""
    mark = HelpfulMark
    marks = sa.select(mark.post_id).where(mark.post_id == Post.id).correlate(Post)
    rows = db.session().execute(
        sa.select(
            Post.id,
            Post.text,
            Post.is_answer,
            Post.posted_at,
            Person.given_names,
            Person.family_name,
            marks.with_only_columns(sa.func.count()).scalar_subquery(),
            marks.where(mark.person_id == reader_id).exists(),
        )
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Post.thread_id == thread_id)
        .order_by(Post.id)
    )
    return [
        PostLine(
            id=row[0],
            text=row[1],
            is_answer=row[2],
            posted_at=row[3],
            author=None if row[4] is None else f"{row[4]} {row[5]}",
            helpful=row[6],
            is_helpful_to_me=row[7],
        )
        for row in rows
    ]
