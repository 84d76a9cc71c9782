"""Which questions of a course say the same: copies, those merged, and those called alternatives."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms import db
from lms.quizzes.models import DistinctPair, Question
from lms.quizzes.rules.assembly import families


def kin_of(course_id: int) -> dict[int, int]:
    """Name the family of each question that has kin, by the least id in it; one statement.

    Two copies of one question of another course are kin too, and so are copies of a question that
    was merged into another.
    """
    one, other = sa.orm.aliased(Question), sa.orm.aliased(Question)
    pairs: sa.CompoundSelect[Any] = sa.union_all(
        sa.select(Question.id, Question.copied_from_id).where(
            Question.course_id == course_id, Question.copied_from_id.is_not(None)
        ),
        sa.select(Question.id, Question.merged_into_id).where(
            Question.course_id == course_id, Question.merged_into_id.is_not(None)
        ),
        sa.select(DistinctPair.first_id, DistinctPair.second_id)
        .join(one, one.id == DistinctPair.first_id)
        .join(other, other.id == DistinctPair.second_id)
        .where(
            DistinctPair.are_alternatives,
            one.course_id == course_id,
            other.course_id == course_id,
        ),
    )
    return families((row[0], row[1]) for row in db.session().execute(pairs))


def has_kin() -> sa.ColumnElement[bool]:
    """Whether a question is a copy or an alternative: of two of a family one always is."""
    pair = sa.and_(
        DistinctPair.are_alternatives,
        sa.or_(DistinctPair.first_id == Question.id, DistinctPair.second_id == Question.id),
    )
    return sa.or_(
        Question.copied_from_id.is_not(None),
        Question.merged_into_id.is_not(None),
        sa.exists().where(pair),
    )
