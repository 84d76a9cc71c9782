"""Reads made for pages: one work with its versions, one's own works, the trainer's queue."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.exercises import Exercise, ExerciseState, Trace
from lms.courses.models import Course, Edition, Enrolment, Group, Lesson, Module
from lms.submissions.models import Submission, SubmissionComment, SubmissionVersion

_COMMENTED = (ExerciseState.COMMENTED, ExerciseState.REOPENED)


@dataclass(frozen=True)
class Work:
    """One work with all that was handed in and said, the newest first."""

    submission: Submission
    versions: tuple[SubmissionVersion, ...]
    comments: tuple[SubmissionComment, ...]

    @property
    def newest(self) -> SubmissionVersion | None:
        """What was handed in last."""
        return self.versions[0] if self.versions else None

    @property
    def older(self) -> tuple[SubmissionVersion, ...]:
        """What was handed in before."""
        return self.versions[1:]


def work_on(enrolment_id: int, lesson_id: int) -> Work | None:
    """Return the work of a place on a lesson's exercise; None before it was begun."""
    found = (
        db.session()
        .scalars(
            sa.select(Submission).where(
                Submission.enrolment_id == enrolment_id, Submission.lesson_id == lesson_id
            )
        )
        .one_or_none()
    )
    return None if found is None else with_all(found)


def with_all(submission: Submission) -> Work:
    """Read what belongs to a work; a statement less where nothing was handed in or said."""
    session = db.session()
    versions: Collection[SubmissionVersion] = ()
    if submission.version_number:
        versions = session.scalars(
            sa.select(SubmissionVersion)
            .options(joinedload(SubmissionVersion.file))
            .where(SubmissionVersion.submission_id == submission.id)
            .order_by(SubmissionVersion.number.desc())
        ).all()
    return Work(submission, tuple(versions), tuple(_comments([submission])))


def _comments(works: Collection[Submission]) -> Collection[SubmissionComment]:
    # Handed in again after a comment, the state no longer says that there is one.
    ids = [w.id for w in works if w.state in _COMMENTED or w.version_number > 1]
    if not ids:
        return ()
    return (
        db.session()
        .scalars(
            sa.select(SubmissionComment)
            .options(joinedload(SubmissionComment.author))
            .where(SubmissionComment.submission_id.in_(ids))
            .order_by(SubmissionComment.id.desc())
        )
        .all()
    )


@dataclass(frozen=True)
class OwnWork:
    """One of a learner's own works, in the list of all."""

    submission: Submission
    lesson: Lesson
    module: Module
    course: Course
    exercise: Exercise
    comments: tuple[SubmissionComment, ...]

    @property
    def state(self) -> str:
        """The state's name."""
        return self.submission.state.value


def own_works(person_id: int) -> list[OwnWork]:
    """Return all works of a person, those with news first; two statements."""
    rows = (
        db.session()
        .execute(
            sa.select(Submission, Lesson, Module, Course)
            .join(Enrolment, Enrolment.id == Submission.enrolment_id)
            .join(Lesson, Lesson.id == Submission.lesson_id)
            .join(Module, Module.id == Lesson.module_id)
            .join(Course, Course.id == Module.course_id)
            .where(Enrolment.person_id == person_id)
            .order_by(Course.id, Module.position, Lesson.position, Submission.id)
        )
        .all()
    )
    said: dict[int, list[SubmissionComment]] = {}
    for each in _comments([row[0] for row in rows]):
        said.setdefault(each.submission_id, []).append(each)
    return [
        OwnWork(
            submission=work,
            lesson=lesson,
            module=module,
            course=course,
            exercise=Exercise.from_json(lesson.exercise),
            comments=tuple(said.get(work.id, ())),
        )
        for work, lesson, module, course in rows
        if lesson.exercise is not None
    ]


# The trainer's queue -----------------------------------------------------------------------------


class Shown(enum.StrEnum):
    """Which works the queue shows."""

    UNREAD = "unread"
    HANDED_IN = "handed_in"
    COMMENTED = "commented"
    REOPENED = "reopened"
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed to; empty is not narrowed."""

    shown: Shown = Shown.UNREAD
    edition: str = ""
    lesson: int | None = None
    group: int | None = None

    def as_args(self) -> dict[str, Any]:
        """Return it as an address carries it."""
        asked = {
            "show": "" if self.shown is Shown.UNREAD else self.shown.value,
            "edition": self.edition,
            "lesson": str(self.lesson or ""),
            "group": str(self.group or ""),
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class QueueRow:
    """A work in the queue."""

    id: int
    state: ExerciseState
    trace: Trace
    version_number: int
    handed_in_at: datetime
    read_at: datetime | None
    person: str
    organisation: str | None
    lesson_number: str
    exercise: Exercise
    edition: str
    group: str | None


def _narrowed(actor: Actor | None, wanted: Wanted, *columns: Any) -> sa.Select[Any]:
    """Works that somebody other than oneself has handed in, on editions that one follows."""
    statement = (
        sa.select(*columns)
        .select_from(Submission)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .where(
            Submission.version_number > 0,
            Enrolment.edition_id.in_(Edition.visible_to(actor).with_only_columns(Edition.id)),
        )
    )
    if actor is not None:
        statement = statement.where(Enrolment.person_id != actor.person_id)
    if wanted.edition:
        edition = sa.select(Edition.id).where(Edition.slug == wanted.edition)
        statement = statement.where(Enrolment.edition_id.in_(edition))
    if wanted.lesson:
        statement = statement.where(Submission.lesson_id == wanted.lesson)
    if wanted.group:
        statement = statement.where(Enrolment.group_id == wanted.group)
    if wanted.shown is Shown.UNREAD:
        # A tick holds nothing to read.
        return statement.where(Submission.read_at.is_(None), Submission.trace != Trace.TICK)
    if wanted.shown is Shown.ALL:
        return statement
    return statement.where(Submission.state == ExerciseState(wanted.shown.value))


def queue_count(actor: Actor | None, wanted: Wanted) -> int:
    """Count the works that wait."""
    return db.session().scalar(_narrowed(actor, wanted, sa.func.count())) or 0


def queue_rows(actor: Actor | None, wanted: Wanted, *, offset: int, limit: int) -> list[QueueRow]:
    """Return a page of the queue, what waits longest first."""
    statement = (
        _narrowed(
            actor,
            wanted,
            Submission.id,
            Submission.state,
            Submission.trace,
            Submission.version_number,
            Submission.handed_in_at,
            Submission.read_at,
            Person.given_names,
            Person.family_name,
            Enrolment.organisation_name,
            Lesson.number,
            Lesson.exercise,
            Edition.title,
            Group.name,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(Lesson.exercise.is_not(None))
        .order_by(Submission.handed_in_at, Submission.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        QueueRow(
            id=row[0],
            state=row[1],
            trace=row[2],
            version_number=row[3],
            handed_in_at=row[4],
            read_at=row[5],
            person=f"{row[6]} {row[7]}",
            organisation=row[8],
            lesson_number=row[9],
            exercise=Exercise.from_json(row[10]),
            edition=row[11],
            group=row[12],
        )
        for row in db.session().execute(statement)
    ]


@dataclass(frozen=True)
class QueueChoices:
    """What the queue can be narrowed to."""

    editions: tuple[tuple[str, str], ...]
    groups: tuple[tuple[int, str, str], ...]  # id, name, the edition's title
    lessons: tuple[tuple[int, str, Exercise], ...]  # id, number, exercise


def queue_choices(actor: Actor | None) -> QueueChoices:
    """Read editions, groups and exercises that one follows; two statements."""
    visible = Edition.visible_to(actor).with_only_columns(Edition.id)
    session = db.session()
    rows = session.execute(
        sa.select(Edition.slug, Edition.title, Group.id, Group.name)
        .outerjoin(Group, Group.edition_id == Edition.id)
        .where(Edition.id.in_(visible))
        .order_by(Edition.starts_on.desc(), Edition.id, Group.name)
    ).all()
    courses = sa.select(Edition.course_id).where(Edition.id.in_(visible))
    lessons = session.execute(
        sa.select(Lesson.id, Lesson.number, Lesson.exercise)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            Lesson.course_id.in_(courses),
            Lesson.exercise.is_not(None),
            Lesson.withdrawn_at.is_(None),
        )
        .order_by(Lesson.course_id, Module.position, Lesson.position)
    )
    return QueueChoices(
        editions=tuple(dict.fromkeys((slug, title) for slug, title, _g, _n in rows)),
        groups=tuple((group, name, title) for _s, title, group, name in rows if group),
        lessons=tuple((i, number, Exercise.from_json(e)) for i, number, e in lessons),
    )


def neighbours(
    actor: Actor | None, wanted: Wanted, work: Submission
) -> tuple[int | None, int | None]:
    """Return the works before and after one in the queue; two statements."""
    at, column, key = work.handed_in_at, Submission.handed_in_at, Submission.id
    earlier = sa.or_(column < at, sa.and_(column == at, key < work.id))
    later = sa.or_(column > at, sa.and_(column == at, key > work.id))
    session = db.session()
    queue = _narrowed(actor, wanted, Submission.id).limit(1)
    before = session.scalar(queue.where(earlier).order_by(column.desc(), key.desc()))
    after = session.scalar(queue.where(later).order_by(column, key))
    return before, after


def works_of(enrolment_id: int) -> list[tuple[Submission, Lesson]]:
    """Return what a participant has handed in, in the course's order."""
    rows = db.session().execute(
        sa.select(Submission, Lesson)
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            Submission.enrolment_id == enrolment_id,
            Submission.version_number > 0,
            Lesson.exercise.is_not(None),
        )
        .order_by(Module.position, Lesson.position)
    )
    return [(row[0], row[1]) for row in rows]
