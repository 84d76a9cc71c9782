"""Reads for the pages of corrections: what was asked, what was corrected, by whom and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.quizzes import queries
from lms.quizzes.corrections.marking import can_mark
from lms.quizzes.corrections.standing import Act, CorrectionKind
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Dispute,
    DisputeState,
    GradeChange,
    Question,
    QuestionRevision,
    QuestionVersion,
    Quiz,
    QuizQuestion,
)
from lms.quizzes.queries import Words
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services.corrected import acts_of


@dataclass(frozen=True)
class AskedVersion:
    """A version of a question of a quiz: how often it was asked, what is contested about it."""

    id: int
    question_id: int
    content_id: str
    number: int
    words: Words
    is_current: bool  # whether the quiz asks it now
    asked: int  # in submitted attempts
    right: int  # of these answered fully right
    open: int  # in attempts that are still open
    disputes: int  # that wait for an answer

    @property
    def was_asked(self) -> bool:
        """Whether somebody has met it."""
        return bool(self.asked or self.open)


def versions_of(quiz: Quiz) -> list[AskedVersion]:
    """Return the versions of questions that a quiz asks or has asked, as the quiz has them."""
    session = db.session()
    is_closed = Attempt.state == AttemptState.SUBMITTED
    counted = session.execute(
        sa.select(
            AttemptItem.question_version_id,
            sa.func.sum(sa.case((is_closed, 1), else_=0)),
            sa.func.sum(sa.case((sa.and_(is_closed, AttemptItem.fraction >= 1), 1), else_=0)),
            sa.func.sum(sa.case((Attempt.state == AttemptState.OPEN, 1), else_=0)),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.quiz_id == quiz.id)
        .group_by(AttemptItem.question_version_id)
    )
    counts = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in counted}
    places = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(QuizQuestion.question_version_id, QuizQuestion.position).where(
                QuizQuestion.quiz_version_id == quiz.current_version_id
            )
        )
    }
    ids = sorted({*counts, *places})
    contested = _contested(ids)
    words = queries.newest_words(ids)
    rows = session.execute(
        sa.select(
            QuestionVersion.id,
            QuestionVersion.question_id,
            Question.content_id,
            QuestionVersion.number,
        )
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(QuestionVersion.id.in_(ids))
    ).all()
    version = quiz.current_version
    newest: dict[int, int] = {}  # what is drawn from the bank is asked in its newest version
    if version is not None and version.has_draws:
        newest = {row[1]: row[0] for row in sorted(rows, key=lambda row: row[3])}
    last = len(places) + 1
    first_place: dict[int, int] = {}
    for version_id, question_id, _name, _number in rows:
        place = places.get(version_id, last)
        first_place[question_id] = min(place, first_place.get(question_id, last))
    ordered = sorted(rows, key=lambda row: (first_place[row[1]], row[1], -row[3]))
    return [
        AskedVersion(
            *row,
            words[row[0]],
            row[0] in places or newest.get(row[1]) == row[0],
            *counts.get(row[0], (0, 0, 0)),
            contested.get(row[0], 0),
        )
        for row in ordered
    ]


def old_keys(
    versions: Sequence[AskedVersion], acts: Mapping[int, Sequence[Act]]
) -> list[tuple[AskedVersion, AskedVersion]]:
    """Pair versions that were asked with the newest one, where that one has another key.

    What somebody has corrected on a version, or decided to leave after a withdrawal, isn't asked
    again.
    """
    newest: dict[int, AskedVersion] = {}
    for version in versions:  # of one question, the newest comes first
        newest.setdefault(version.question_id, version)
    return [
        (version, new)
        for version in versions
        if (new := newest[version.question_id]).id != version.id
        and version.asked
        and not acts.get(version.id)
        and can_mark(new.words.ro, version.words.ro)
    ]


def old_keys_of(quiz: Quiz) -> list[tuple[AskedVersion, AskedVersion]]:
    """Pair a quiz's versions that are marked by an older key with the newest; few statements."""
    versions = versions_of(quiz)
    asked = [v.id for v in versions if v.asked]
    return old_keys(versions, acts_of(asked)) if asked and len(versions) > 1 else []


def _contested(version_ids: Collection[int]) -> dict[int, int]:
    rows = db.session().execute(
        sa.select(AttemptItem.question_version_id, sa.func.count())
        .join(Dispute, Dispute.item_id == AttemptItem.id)
        .where(AttemptItem.question_version_id.in_(version_ids), Dispute.state == DisputeState.OPEN)
        .group_by(AttemptItem.question_version_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class MadeCorrection:
    """A correction on the record."""

    id: int
    version_id: int
    kind: CorrectionKind
    option_id: str | None
    key_version_id: int | None
    withdraws_id: int | None
    reason: str
    made_at: datetime
    made_by: str
    changed: int  # grades
    crossed: int  # of these, over the pass mark
    is_withdrawn: bool


def corrections_of(version_ids: Sequence[int]) -> list[MadeCorrection]:
    """Return what was corrected on versions, newest first; one statement."""
    withdrawal = sa.orm.aliased(Correction)
    crossed = sa.case((GradeChange.passed.is_distinct_from(GradeChange.passed_before), 1), else_=0)
    changed = (
        sa.select(
            GradeChange.correction_id,
            sa.func.count().label("changed"),
            sa.func.sum(crossed).label("crossed"),
        )
        .where(GradeChange.correction_id.is_not(None))
        .group_by(GradeChange.correction_id)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(
            Correction,
            Person,
            sa.func.coalesce(changed.c.changed, 0),
            sa.func.coalesce(changed.c.crossed, 0),
            sa.exists().where(withdrawal.withdraws_id == Correction.id),
        )
        .join(Person, Person.id == Correction.made_by_id)
        .outerjoin(changed, changed.c.correction_id == Correction.id)
        .where(Correction.version_id.in_(version_ids))
        .order_by(Correction.id.desc())
    )
    return [
        MadeCorrection(
            row.id,
            row.version_id,
            row.kind,
            row.option_id,
            row.key_version_id,
            row.withdraws_id,
            row.reason,
            row.made_at,
            by.full_name,
            int(number),
            int(over),
            bool(is_withdrawn),
        )
        for row, by, number, over, is_withdrawn in rows
    ]


@dataclass(frozen=True)
class Rewording:
    """Words of a version that were put right: shown to everybody at once."""

    number: int
    created_at: datetime
    made_by: str | None
    words: Words


def rewordings_of(version_id: int) -> list[Rewording]:
    """Return the wordings of a version, the first one too, newest first; one statement."""
    rows = db.session().execute(
        sa.select(QuestionRevision, Person)
        .outerjoin(Person, Person.id == QuestionRevision.created_by_id)
        .where(QuestionRevision.version_id == version_id)
        .order_by(QuestionRevision.number.desc())
    )
    return [
        Rewording(
            row.number,
            row.created_at,
            by.full_name if by else None,
            queries.words_of(row.id, row.payload, row.payload_en),
        )
        for row, by in rows
    ]


def names_of(enrolment_ids: Sequence[int]) -> Mapping[int, str]:
    """Return who holds places; one statement."""
    rows = db.session().execute(
        sa.select(Enrolment.id, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(enrolment_ids))
    )
    return {row[0]: row[1].full_name for row in rows}


def passed_otherwise(
    quiz_ids: Collection[int], enrolment_ids: Sequence[int]
) -> dict[int, set[int]]:
    """Return the passed attempts of each place at quizzes; one statement."""
    found: dict[int, set[int]] = {}
    rows = db.session().execute(
        sa.select(Attempt.enrolment_id, Attempt.id).where(
            Attempt.quiz_id.in_(quiz_ids),
            Attempt.enrolment_id.in_(enrolment_ids),
            Attempt.passed.is_(True),
        )
    )
    for enrolment_id, attempt_id in rows:
        found.setdefault(enrolment_id, set()).add(attempt_id)
    return found
