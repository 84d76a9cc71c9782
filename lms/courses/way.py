"""What a place has opened, read and completed, in one statement."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Completion, LessonProgress, SubjectKind

_OPENED = "opened"


def _way_statement() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Put the lessons opened and what was completed into one statement; built once."""
    opened = LessonProgress.__table__.c
    return sa.union_all(
        sa.select(
            sa.cast(sa.literal(_OPENED), sa.String(40)),
            opened.lesson_id,
            opened.read_at,
            opened.last_active_at,
            opened.exercise_state,
            opened.last_heading,
        ).where(opened.enrolment_id == sa.bindparam("enrolment_id")),
        sa.select(
            sa.cast(Completion.kind, sa.String(40)),
            Completion.subject_id,
            Completion.earned_at,
            sa.cast(sa.null(), opened.last_active_at.type),
            sa.cast(sa.null(), opened.exercise_state.type),
            sa.cast(sa.null(), opened.last_heading.type),
        ).where(
            Completion.enrolment_id == sa.bindparam("enrolment_id"),
            Completion.kind != SubjectKind.LESSON,
        ),
    )


_WAY = _way_statement()


def way_of(enrolment_id: int) -> tuple[list[Any], list[Any]]:
    """Return (lesson, read, last active, exercise, heading), and (kind, subject, earned)."""
    rows = db.session().execute(_WAY, {"enrolment_id": enrolment_id}).all()
    opened = [row[1:] for row in rows if row[0] == _OPENED]
    return opened, [row[:3] for row in rows if row[0] != _OPENED]
