"""Other terms granted to a person or a group, and taken back. Inside the caller's write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Enrolment, Group
from lms.errors import Refused
from lms.quizzes.models import Quiz, QuizOverride
from lms.quizzes.rules.overrides import Granted, dump_granted
from lms.quizzes.services import terms


class NothingGranted(Refused):
    """An override that changes nothing is none."""

    status = 422


def _of(quiz_id: int, to: Enrolment | Group) -> sa.ColumnElement[bool]:
    column = QuizOverride.enrolment_id if isinstance(to, Enrolment) else QuizOverride.group_id
    return sa.and_(QuizOverride.quiz_id == quiz_id, column == to.id)


def _narrow(to: Enrolment | Group) -> Any:
    return Enrolment.id == to.id if isinstance(to, Enrolment) else Enrolment.group_id == to.id


def history_of(quiz_id: int, to: Enrolment | Group) -> list[QuizOverride]:
    """Return what was ever granted to somebody at a quiz, the newest first."""
    return list(
        db.session().scalars(
            sa.select(QuizOverride).where(_of(quiz_id, to)).order_by(QuizOverride.id.desc())
        )
    )


def grant(
    quiz: Quiz, to: Enrolment | Group, granted: Granted, *, reason: str, by: int, now: datetime
) -> QuizOverride:
    """Grant other terms in the place of those that stood; open attempts end as it says now.

    Raises NothingGranted. Quiz, then person or group are locked.
    """
    if not granted.named:
        raise NothingGranted
    for standing in history_of(quiz.id, to):
        if standing.taken_back_at is None:
            standing.taken_back_at, standing.taken_back_by_id = now, by
    db.session().flush()  # one stands at a time, says the index
    made = QuizOverride(
        quiz_id=quiz.id,
        enrolment_id=to.id if isinstance(to, Enrolment) else None,
        group_id=to.id if isinstance(to, Group) else None,
        terms=dump_granted(granted),
        reason=reason,
        granted_at=now,
        granted_by_id=by,
    )
    db.session().add(made)
    db.session().flush()  # attempts' ends are worked out from it
    said = {k: "set" if k == "password" and v else v for k, v in made.terms.items()}
    record(
        "quiz.terms_granted",
        by=by,
        on=to,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        terms=said,
        reason=reason,
    )
    terms.retime(quiz.id, narrow=_narrow(to))
    return made


def take_back(override: QuizOverride, *, by: int, now: datetime) -> bool:
    """Take terms back; False where they no longer stand. Open attempts end as is usual again.

    Locked like where they were granted.
    """
    if override.taken_back_at is not None:
        return False
    override.taken_back_at, override.taken_back_by_id = now, by
    to = override.enrolment or override.group
    assert to is not None
    db.session().flush()
    record(
        "quiz.terms_taken_back",
        by=by,
        on=to,
        course_id=override.quiz.course_id,
        quiz=override.quiz.content_id,
    )
    terms.retime(override.quiz_id, narrow=_narrow(to))
    return True


def standing_of_quiz(quiz_id: int, editions: sa.Select[Any]) -> list[QuizOverride]:
    """Return what holds at a quiz for people and groups of editions, the newest first."""
    load = sa.orm.joinedload
    return list(
        db.session().scalars(
            sa.select(QuizOverride)
            .outerjoin(Enrolment, Enrolment.id == QuizOverride.enrolment_id)
            .outerjoin(Group, Group.id == QuizOverride.group_id)
            .options(
                load(QuizOverride.enrolment).joinedload(Enrolment.person),
                load(QuizOverride.group),
            )
            .where(
                QuizOverride.quiz_id == quiz_id,
                QuizOverride.taken_back_at.is_(None),
                sa.or_(Enrolment.edition_id.in_(editions), Group.edition_id.in_(editions)),
            )
            .order_by(QuizOverride.id.desc())
        )
    )


def standing_for(enrolment: Enrolment) -> dict[int, list[QuizOverride]]:
    """Return what holds for a person at each quiz, own and of the group; one statement."""
    found: dict[int, list[QuizOverride]] = {}
    of_group = QuizOverride.group_id == enrolment.group_id
    rows = db.session().scalars(
        sa.select(QuizOverride)
        .where(
            sa.or_(QuizOverride.enrolment_id == enrolment.id, of_group)
            if enrolment.group_id is not None
            else QuizOverride.enrolment_id == enrolment.id,
            QuizOverride.taken_back_at.is_(None),
        )
        .order_by(QuizOverride.id)
    )
    for row in rows:
        found.setdefault(row.quiz_id, []).append(row)
    return found
