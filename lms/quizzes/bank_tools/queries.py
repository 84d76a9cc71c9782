"""Reads for a question's pages: its versions and who met them, where it is used, its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.quizzes import queries
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Dispute,
    DisputeState,
    QuestionRevision,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.queries import Words
from lms.quizzes.rules.attempt_rules import AttemptState


@dataclass(frozen=True)
class Newest:
    """The newest words of a question's newest version."""

    version_id: int
    number: int
    revision_id: int
    words: Words


def newest_of(question_id: int) -> Newest | None:
    """Return a question's newest words; one statement."""
    row = (
        db.session()
        .execute(
            sa.select(
                QuestionVersion.id,
                QuestionVersion.number,
                QuestionRevision.id,
                QuestionRevision.payload,
                QuestionRevision.payload_en,
            )
            .join(QuestionRevision, QuestionRevision.version_id == QuestionVersion.id)
            .where(QuestionVersion.question_id == question_id)
            .order_by(QuestionVersion.number.desc(), QuestionRevision.number.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else Newest(row[0], row[1], row[2], queries.words_of(*row[2:]))


# Versions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RevisionLine:
    """The words of a version as somebody wrote them."""

    id: int
    version: int
    number: int
    created_at: datetime
    made_by: str | None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among all: the later, the higher."""
        return (self.version, self.number)


@dataclass(frozen=True)
class QuizRef:
    """A quiz that asks a question, or has asked it."""

    id: int
    slug: str
    title_ro: str
    title_en: str
    is_in_use: bool

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class VersionLine:
    """A version with its revisions, newest first, and who met it."""

    id: int
    number: int
    type: str
    created_at: datetime
    revisions: tuple[RevisionLine, ...]
    attempts: int
    quizzes: tuple[QuizRef, ...]  # that ask it now


def versions_of(question_id: int) -> list[VersionLine]:
    """Return a question's versions, newest first; four statements however many there are."""
    session = db.session()
    versions = session.execute(
        sa.select(
            QuestionVersion.id,
            QuestionVersion.number,
            QuestionVersion.type,
            QuestionVersion.created_at,
        )
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
    ).all()
    numbers = {row.id: row.number for row in versions}
    revisions: dict[int, list[RevisionLine]] = {}
    for revision, by in session.execute(
        sa.select(QuestionRevision, Person)
        .options(sa.orm.defer(QuestionRevision.payload), sa.orm.defer(QuestionRevision.payload_en))
        .outerjoin(Person, Person.id == QuestionRevision.created_by_id)
        .where(QuestionRevision.version_id.in_(numbers))
        .order_by(QuestionRevision.number.desc())
    ):
        line = RevisionLine(
            revision.id,
            numbers[revision.version_id],
            revision.number,
            revision.created_at,
            by.full_name if by is not None else None,
        )
        revisions.setdefault(revision.version_id, []).append(line)
    met: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(AttemptItem.question_version_id, sa.func.count())
            .where(AttemptItem.question_version_id.in_(numbers))
            .group_by(AttemptItem.question_version_id)
        )
    }
    asking = asking_now(numbers)
    return [
        VersionLine(
            row.id,
            row.number,
            row.type,
            row.created_at,
            tuple(revisions.get(row.id, ())),
            met.get(row.id, 0),
            tuple(asking.get(row.id, ())),
        )
        for row in versions
    ]


def asking_now(version_ids: Iterable[int]) -> dict[int, list[QuizRef]]:
    """Return the quizzes in use that ask each version now; one statement."""
    rows = db.session().execute(
        sa.select(QuizQuestion.question_version_id, Quiz)
        .join(Quiz, Quiz.current_version_id == QuizQuestion.quiz_version_id)
        .where(QuizQuestion.question_version_id.in_(list(version_ids)), Quiz.withdrawn_at.is_(None))
        .order_by(Quiz.id)
    )
    found: dict[int, list[QuizRef]] = {}
    for version_id, quiz in rows:
        found.setdefault(version_id, []).append(_ref(quiz))
    return found


def _ref(quiz: Quiz) -> QuizRef:
    return QuizRef(quiz.id, quiz.slug, quiz.title_ro, quiz.title_en, quiz.withdrawn_at is None)


def revision_of(
    question_id: int, revision_id: int
) -> tuple[RevisionLine, Mapping[str, Any]] | None:
    """Return a revision of a question with its payloads, in both languages."""
    row = (
        db.session()
        .execute(
            sa.select(QuestionRevision, QuestionVersion.number, Person)
            .join(QuestionVersion, QuestionVersion.id == QuestionRevision.version_id)
            .outerjoin(Person, Person.id == QuestionRevision.created_by_id)
            .where(QuestionRevision.id == revision_id, QuestionVersion.question_id == question_id)
        )
        .first()
    )
    if row is None:
        return None
    revision, number, by = row
    line = RevisionLine(
        revision.id,
        number,
        revision.number,
        revision.created_at,
        by.full_name if by is not None else None,
    )
    return line, {"ro": revision.payload, "en": revision.payload_en}


# Use -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UseLine:
    """A quiz that asks a question or has asked it."""

    quiz: QuizRef
    version_id: int | None  # asked now
    version: int | None
    last_version_id: int  # asked now, or the last time
    attempts: int  # that met it and are over
    open: int
    facility: Decimal | None  # mean share of the mark, in attempts that are over
    disputes: int
    open_disputes: int


@dataclass
class _Counts:
    attempts: int = 0
    open: int = 0
    earned: Decimal = Decimal(0)
    marked: int = 0
    disputes: int = 0
    open_disputes: int = 0
    versions: list[int] = field(default_factory=list)


def usage_of(question_id: int) -> list[UseLine]:
    """Return where a question is asked or was, with what came of it; five statements."""
    session = db.session()
    numbers: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(QuestionVersion.id, QuestionVersion.number).where(
                QuestionVersion.question_id == question_id
            )
        )
    }
    counts: dict[int, _Counts] = {}
    _count_attempts(counts, numbers)
    _count_disputes(counts, numbers)
    now: dict[int, int] = {}
    for quiz_id, version_id, is_now in session.execute(
        sa.select(
            QuizVersion.quiz_id,
            QuizQuestion.question_version_id,
            QuizVersion.id == Quiz.current_version_id,
        )
        .join(QuizVersion, QuizVersion.id == QuizQuestion.quiz_version_id)
        .join(Quiz, Quiz.id == QuizVersion.quiz_id)
        .where(QuizQuestion.question_version_id.in_(numbers))
        .order_by(QuizVersion.number)
    ):
        counts.setdefault(quiz_id, _Counts()).versions.append(version_id)
        if is_now:
            now[quiz_id] = version_id
    quizzes = session.scalars(sa.select(Quiz).where(Quiz.id.in_(counts)).order_by(Quiz.id)).all()
    return [_use(quiz, counts[quiz.id], now.get(quiz.id), numbers) for quiz in quizzes]


def _use(quiz: Quiz, count: _Counts, now: int | None, numbers: Mapping[int, int]) -> UseLine:
    return UseLine(
        quiz=_ref(quiz),
        version_id=now,
        version=numbers[now] if now is not None else None,
        last_version_id=now if now is not None else max(count.versions, key=numbers.__getitem__),
        attempts=count.attempts,
        open=count.open,
        facility=100 * count.earned / count.marked if count.marked else None,
        disputes=count.disputes,
        open_disputes=count.open_disputes,
    )


def _count_attempts(counts: dict[int, _Counts], numbers: Mapping[int, int]) -> None:
    over = Attempt.state == AttemptState.SUBMITTED
    is_marked = sa.and_(over, AttemptItem.fraction.is_not(None), AttemptItem.left_out.is_(False))
    rows = db.session().execute(
        sa.select(
            Attempt.quiz_id,
            AttemptItem.question_version_id,
            sa.func.sum(sa.case((over, 1), else_=0)),
            sa.func.sum(sa.case((Attempt.state == AttemptState.OPEN, 1), else_=0)),
            sa.func.sum(sa.case((is_marked, 1), else_=0)),
            sa.func.sum(sa.case((is_marked, AttemptItem.fraction))),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(AttemptItem.question_version_id.in_(numbers))
        .group_by(Attempt.quiz_id, AttemptItem.question_version_id)
    )
    for quiz_id, version_id, submitted, still_open, marked, earned in rows:
        count = counts.setdefault(quiz_id, _Counts())
        count.attempts += int(submitted)
        count.open += int(still_open)
        count.marked += int(marked)
        count.earned += Decimal(earned or 0)
        count.versions.append(version_id)


def _count_disputes(counts: dict[int, _Counts], numbers: Mapping[int, int]) -> None:
    rows = db.session().execute(
        sa.select(
            Attempt.quiz_id,
            sa.func.count(Dispute.id),
            sa.func.sum(sa.case((Dispute.state == DisputeState.OPEN, 1), else_=0)),
        )
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .join(Attempt, Attempt.id == Dispute.attempt_id)
        .where(AttemptItem.question_version_id.in_(numbers))
        .group_by(Attempt.quiz_id)
    )
    for quiz_id, total, waiting in rows:
        count = counts.setdefault(quiz_id, _Counts())
        count.disputes, count.open_disputes = int(total), int(waiting)


def attempts_of(question_ids: Iterable[int]) -> dict[int, int]:
    """Count in how many attempts each question stands; one statement."""
    rows = db.session().execute(
        sa.select(QuestionVersion.question_id, sa.func.count())
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .where(QuestionVersion.question_id.in_(list(question_ids)))
        .group_by(QuestionVersion.question_id)
    )
    return {row[0]: row[1] for row in rows}
