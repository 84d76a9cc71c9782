"""Reading, activity, completion."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses import queries
from lms.courses.active_time import credit
from lms.courses.activities import Activity
from lms.courses.completion import Result, course_is_complete, module_is_complete
from lms.courses.events import course_completed
from lms.courses.models import (
    Completion,
    Confirmation,
    Edition,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonProgress,
    SubjectKind,
)
from lms.courses.queries import Standing

RECORD_EVERY = timedelta(seconds=30)


def locked_enrolment(enrolment_id: int) -> Enrolment:
    """Load an enrolment under its lock."""
    return (
        db.session()
        .scalars(
            sa.select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update(of=Enrolment)
        )
        .one()
    )


def is_due(last_activity_at: datetime | None, first_time: bool, now: datetime) -> bool:
    """Tell whether a sign of life is worth a row now, or the last one is fresh enough."""
    return first_time or last_activity_at is None or now - last_activity_at >= RECORD_EVERY


def record_activity(enrolment: Enrolment, lesson_id: int, *, now: datetime) -> LessonProgress:
    """Record a sign of life in a lesson; the time since the last goes to the lesson left."""
    session = db.session()
    seconds = credit(enrolment.last_activity_at, now)
    if seconds and enrolment.last_lesson_id is not None:
        session.execute(
            sa.update(LessonProgress)
            .where(
                LessonProgress.enrolment_id == enrolment.id,
                LessonProgress.lesson_id == enrolment.last_lesson_id,
            )
            .values(active_seconds=LessonProgress.active_seconds + seconds, last_active_at=now)
            .execution_options(is_noted=True)  # the place itself changes below
        )
    progress = session.get(LessonProgress, (enrolment.id, lesson_id))
    if progress is None:
        progress = LessonProgress(
            enrolment_id=enrolment.id,
            lesson_id=lesson_id,
            first_opened_at=now,
            last_active_at=now,
            active_seconds=0,
        )
        session.add(progress)
    else:
        progress.last_active_at = now
    enrolment.first_activity_at = enrolment.first_activity_at or now
    enrolment.last_activity_at = now
    enrolment.last_lesson_id = lesson_id
    session.flush()  # the review below reads what was just written
    return progress


def mark_read(enrolment: Enrolment, lesson: Lesson, *, now: datetime) -> None:
    """Mark a lesson as read, once; may complete the module or the course."""
    progress = record_activity(enrolment, lesson.id, now=now)
    earn_lesson(enrolment, lesson, progress, at=now, now=now)


def earn_lesson(
    enrolment: Enrolment, lesson: Lesson, progress: LessonProgress, *, at: datetime, now: datetime
) -> None:
    """Mark a lesson as read at a moment, once; may complete the module or the course now."""
    if progress.read_at is not None:
        return
    progress.read_at = at
    _earn(enrolment, SubjectKind.LESSON, lesson.id, lesson.version, now=at, evidence={})
    db.session().flush()  # the review reads it
    review_completion(enrolment, now=now)


def _earn(
    enrolment: Enrolment,
    kind: SubjectKind,
    subject_id: int,
    version: int,
    *,
    now: datetime,
    evidence: dict[str, object],
) -> None:
    exists = db.session().scalar(
        sa.select(Completion.id).where(
            Completion.enrolment_id == enrolment.id,
            Completion.kind == kind,
            Completion.subject_id == subject_id,
        )
    )
    if exists is None:
        db.session().add(
            Completion(
                enrolment_id=enrolment.id,
                kind=kind,
                subject_id=subject_id,
                earned_at=now,
                content_version=version,
                evidence=evidence,
            )
        )


def review_completion(enrolment: Enrolment, *, now: datetime) -> bool:
    """Store what has just been earned; return whether the course was completed by this.

    What is stored stays, whatever changes later in content, key or rule.
    """
    if enrolment.state is not EnrolmentState.ACTIVE:
        return False
    place = queries.place_by_id(enrolment.id)
    if place is None:
        return False
    standing = queries.standing_of(place)
    for module in standing.outline.modules:
        if module.id not in standing.modules_completed and standing.is_complete(module):
            _earn(
                enrolment,
                SubjectKind.MODULE,
                module.id,
                standing.outline.version,
                now=now,
                evidence={
                    "lessons": list(module.plan.lessons),
                    "activities": list(module.plan.activities),
                    **_on_paper(standing, module.activities),
                },
            )
    if standing.completed_at is not None or not course_is_complete(standing.results):
        return False
    _earn(
        enrolment,
        SubjectKind.COURSE,
        standing.outline.course_id,
        standing.outline.version,
        now=now,
        evidence={
            **{_name_of(r): [str(r.done), str(r.needed)] for r in standing.results},
            **_on_paper(standing, standing.outline.activities),
        },
    )
    db.session().flush()  # listeners read it
    record("course.completed", by=enrolment.person_id, on=enrolment, course_id=place.course_id)
    course_completed.send(enrolment)
    return True


def review_all(enrolment_ids: Collection[int], *, now: datetime) -> int:
    """Store what many enrolments have just earned; return how many courses were completed.

    Reads each edition's at once, and looks closer only at those who have something to earn.
    """
    session = db.session()
    session.flush()
    editions = session.scalars(
        sa.select(Edition)
        .options(sa.orm.joinedload(Edition.course))
        .where(
            Edition.id.in_(
                sa.select(Enrolment.edition_id).where(Enrolment.id.in_(enrolment_ids)).distinct()
            )
        )
        .order_by(Edition.id)
    ).all()
    completed = 0
    for edition in editions:
        outline, rows = queries.cohort_of(edition, edition.course.version, enrolment_ids)
        for enrolment_id in sorted(rows):
            row = rows[enrolment_id]
            has_more = any(
                module.id not in row.evidence.modules_complete
                and module_is_complete(outline.plan, module.plan, row.evidence)
                for module in outline.modules
            )
            if has_more or (row.completed_at is None and course_is_complete(row.results)):
                completed += review_completion(locked_enrolment(enrolment_id), now=now)
    return completed


def _on_paper(standing: Standing, activities: Iterable[Activity]) -> dict[str, object]:
    """Name what was done on paper, where something was."""
    keys = [a.key for a in activities if standing.is_done(a) and standing.is_on_paper(a)]
    return {"on_paper": keys} if keys else {}


def _name_of(result: Result) -> str:
    kind = result.condition.kind.value
    return kind if result.edge is None else f"{kind}:{result.edge.value}"


def confirm_condition(
    enrolment: Enrolment, condition_id: int, *, by: int, reason: str, now: datetime
) -> None:
    """Record the registrar's word for a condition; a second word changes nothing."""
    exists = db.session().scalar(
        sa.select(Confirmation.id).where(
            Confirmation.enrolment_id == enrolment.id, Confirmation.condition_id == condition_id
        )
    )
    if exists is not None:
        return
    db.session().add(
        Confirmation(
            enrolment_id=enrolment.id,
            condition_id=condition_id,
            confirmed_at=now,
            confirmed_by_id=by,
            reason=reason,
        )
    )
    record("condition.confirmed", by=by, on=enrolment, condition=condition_id, reason=reason)
    db.session().flush()  # the review reads it
    review_completion(enrolment, now=now)
