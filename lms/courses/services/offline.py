"""Take what was read without a line into the record of reading, in order and once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.courses import queries
from lms.courses.models import Enrolment, Lesson, LessonProgress, OfflineSitting
from lms.courses.offline_rules import Sitting, seconds_of
from lms.courses.queries import Place, Standing
from lms.courses.services import progress


def take(enrolment: Enrolment, place: Place, sittings: list[Sitting], *, now: datetime) -> int:
    """Record sittings under the lock of the place; return how many could be.

    A lesson that is gone or closed by now is passed over, as on the page itself; so is what was
    read before there was this place, for an earlier edition.
    """
    standing, taken = queries.standing_of(place), 0
    for sitting in sittings:
        is_of_place = sitting.begun_at >= enrolment.enrolled_at
        lesson = _open_lesson(standing, sitting) if is_of_place else None
        if lesson is None:
            continue
        if _take(enrolment, lesson, sitting, now=now):
            standing = queries.standing_of(place)  # a lesson read may open what follows
        taken += 1
    return taken


def _open_lesson(standing: Standing, sitting: Sitting) -> Lesson | None:
    for module in standing.outline.modules:
        if module.slug == sitting.module_slug and module.id in standing.open_modules:
            for entry in module.lessons:
                if entry.slug == sitting.lesson_slug:
                    return db.session().get(Lesson, entry.id)
    return None


def _take(enrolment: Enrolment, lesson: Lesson, sitting: Sitting, *, now: datetime) -> bool:
    """Record one sitting; return whether the lesson was marked as read by it."""
    row = _progress(enrolment, lesson, sitting)
    row.active_seconds += _earned(enrolment, lesson, sitting, now=now)
    row.first_opened_at = min(row.first_opened_at, sitting.begun_at)
    row.last_active_at = max(row.last_active_at, sitting.ended_at)
    last = enrolment.last_activity_at
    enrolment.first_activity_at = min(
        enrolment.first_activity_at or sitting.begun_at, sitting.begun_at
    )
    if last is None or sitting.ended_at > last:
        enrolment.last_activity_at, enrolment.last_lesson_id = sitting.ended_at, lesson.id
    is_new = sitting.read_at is not None and row.read_at is None
    if sitting.read_at is not None:
        progress.earn_lesson(enrolment, lesson, row, at=sitting.read_at, now=now)
    db.session().flush()  # the next sitting's standing reads it
    return is_new


def _progress(enrolment: Enrolment, lesson: Lesson, sitting: Sitting) -> LessonProgress:
    row = db.session().get(LessonProgress, (enrolment.id, lesson.id))
    if row is None:
        row = LessonProgress(
            enrolment_id=enrolment.id,
            lesson_id=lesson.id,
            first_opened_at=sitting.begun_at,
            last_active_at=sitting.ended_at,
            active_seconds=0,
        )
        db.session().add(row)
    return row


def _earned(enrolment: Enrolment, lesson: Lesson, sitting: Sitting, *, now: datetime) -> int:
    """Keep the sitting and return the seconds that it adds to what was told of it before."""
    session = db.session()
    mine = sa.select(OfflineSitting).where(OfflineSitting.enrolment_id == enrolment.id)
    held = session.scalars(mine.where(OfflineSitting.key == sitting.key)).first()
    overlapping = session.scalars(
        mine.where(
            OfflineSitting.key != sitting.key,
            OfflineSitting.begun_at <= sitting.ended_at,
            OfflineSitting.ended_at >= sitting.begun_at,
        )
    )
    seconds = seconds_of(sitting.signs, [(o.begun_at, o.ended_at) for o in overlapping])
    if held is None:
        held = OfflineSitting(
            enrolment_id=enrolment.id,
            lesson_id=lesson.id,
            key=sitting.key,
            begun_at=sitting.begun_at,
            ended_at=sitting.ended_at,
            seconds=0,
            told_at=now,
        )
        session.add(held)
    more = max(0, seconds - held.seconds)
    held.begun_at = min(held.begun_at, sitting.begun_at)
    held.ended_at = max(held.ended_at, sitting.ended_at)
    held.seconds += more
    held.told_at = now
    return more
