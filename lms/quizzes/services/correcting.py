"""Correct a question that was answered: look at who would move first, then apply it, all or none.

A correction is of one version of a question. It is added to those before it, never in their place;
grades are computed anew from the answers, and what each one was before is kept. Completions and
certificates are never taken back; what is newly earned is earned now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Enrolment
from lms.courses.services.progress import review_all
from lms.errors import Refused
from lms.jobs import queue
from lms.quizzes import queries
from lms.quizzes.corrections.marking import Total
from lms.quizzes.corrections.proposal import Proposal, Why, refusal, with_it
from lms.quizzes.corrections.standing import CorrectionKind, Standing
from lms.quizzes.events import grades_corrected
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    GradeChange,
    Question,
    QuizVersion,
)
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services import corrected, locks, regrading
from lms.quizzes.services.marking import change_values
from lms.quizzes.services.regrading import Marked, Marker

TELL = "quizzes.tell_corrected"


class CannotCorrect(Refused):
    """The correction makes no sense for this question, for the reason named."""

    def __init__(self, reason: Why) -> None:
        super().__init__(reason.value)
        self.reason = reason


class LookAgain(Refused):
    """Something changed since the page was drawn: others would move than it showed."""


@dataclass(frozen=True)
class Concerned:
    """A submitted attempt that was asked the question, with its grade as stored."""

    attempt_id: int
    enrolment_id: int
    person_id: int
    quiz_id: int
    before: Total
    pass_mark: Decimal | None


@dataclass(frozen=True)
class Movement:
    """An attempt whose grade a correction changes."""

    concerned: Concerned
    marked: Marked

    @property
    def before(self) -> Total:
        """The grade as stored."""
        return self.concerned.before

    @property
    def after(self) -> Total:
        """The grade with the correction."""
        return self.marked.total

    @property
    def crosses(self) -> bool:
        """Whether the attempt comes to lie on the other side of the pass mark."""
        return self.before.passed != self.after.passed

    @property
    def rises(self) -> bool:
        """Whether it passes by this."""
        return self.crosses and self.after.passed is True


@dataclass(frozen=True)
class Outlook:
    """What a correction would do: which grades move, and what the page must say it saw."""

    asked: int  # submitted attempts that were asked the question
    movements: tuple[Movement, ...]
    seen: str

    @property
    def crossing(self) -> list[Movement]:
        """The attempts that would move across the pass mark."""
        return [m for m in self.movements if m.crosses]


# Looking -------------------------------------------------------------------------------------


def look(proposal: Proposal) -> Outlook:
    """Compute what a correction would do; nothing is stored. Raises CannotCorrect."""
    thought_of = _judge(proposal)
    return _outlook(proposal, thought_of, _concerned(proposal.version_id))


def _judge(proposal: Proposal) -> Standing:
    """Tell what would hold with the correction, or raise CannotCorrect."""
    acts = corrected.acts_of([proposal.version_id]).get(proposal.version_id, [])
    versions = [proposal.version_id]
    if proposal.key_version_id is not None:
        versions.append(proposal.key_version_id)
    words = queries.newest_words(versions)
    key = words[proposal.key_version_id].ro if proposal.key_version_id is not None else None
    if why := refusal(proposal, acts, words[proposal.version_id].ro, key):
        raise CannotCorrect(why)
    return with_it(proposal, acts, key)


def _concerned(version_id: int, *, locked: bool = False) -> list[Concerned]:
    """Read the submitted attempts that were asked a version; one statement, and one for locks.

    Those of erased people are left alone: their answers are gone, the marks alone stay.
    """
    asked = sa.select(AttemptItem.attempt_id).where(AttemptItem.question_version_id == version_id)
    statement = (
        sa.select(
            Attempt.id,
            Attempt.enrolment_id,
            Enrolment.person_id,
            Attempt.quiz_id,
            Attempt.earned,
            Attempt.possible,
            Attempt.percent,
            Attempt.passed,
            Attempt.waiting,
            Attempt.state,
            Attempt.quiz_version_id,
        )
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Attempt.id.in_(asked), Person.erased_at.is_(None))
        .order_by(Attempt.id)
    )
    if locked:
        owners = sa.select(Attempt.enrolment_id).where(Attempt.id.in_(asked))
        locks.places(owners)
        statement = statement.with_for_update(of=Attempt)
    rows = db.session().execute(statement).all()
    pass_marks = _pass_marks({row.quiz_version_id for row in rows})
    return [
        Concerned(
            row.id,
            row.enrolment_id,
            row.person_id,
            row.quiz_id,
            Total(row.earned, row.possible, row.percent, row.passed, row.waiting),
            pass_marks[row.quiz_version_id],
        )
        for row in rows
        if row.state is AttemptState.SUBMITTED
    ]


def _pass_marks(version_ids: set[int]) -> dict[int, Decimal | None]:
    rows = db.session().execute(
        sa.select(QuizVersion.id, QuizVersion.settings).where(QuizVersion.id.in_(version_ids))
    )
    return {row[0]: parse_settings(row[1]).pass_mark for row in rows}


def _movements(
    concerned: Sequence[Concerned], version_id: int, thought_of: Standing
) -> Iterator[Movement]:
    marker = Marker({version_id: thought_of})
    by_id = {each.attempt_id: each for each in concerned}
    for portion in regrading.in_portions(list(by_id)):
        marked = marker.marked({i: by_id[i].pass_mark for i in portion})
        for attempt_id, found in marked.items():
            if found.moved or found.total != by_id[attempt_id].before:
                yield Movement(by_id[attempt_id], found)


def _outlook(proposal: Proposal, thought_of: Standing, concerned: Sequence[Concerned]) -> Outlook:
    movements = tuple(_movements(concerned, proposal.version_id, thought_of))
    if proposal.kind is not CorrectionKind.WITHDRAWN and any(
        not m.after.possible and m.before.possible for m in movements
    ):
        raise CannotCorrect(Why.NOTHING_LEFT)
    newest = db.session().scalar(
        sa.select(sa.func.max(Correction.id)).where(Correction.version_id == proposal.version_id)
    )
    crossing = sorted((m.concerned.attempt_id, m.after.passed) for m in movements if m.crosses)
    seen = json.dumps([newest, crossing]).encode()
    return Outlook(len(concerned), movements, hashlib.sha256(seen).hexdigest()[:32])


# Applying ------------------------------------------------------------------------------------


def apply(proposal: Proposal, *, reason: str, by: int, seen: str, now: datetime) -> Correction:
    """Make a correction and grade anew, in the caller's one transaction.

    The same by the same person again changes nothing. Raises CannotCorrect, and LookAgain where
    others would move than `seen` says. Open attempts are graded by it at their end.
    """
    version = locks.version(proposal.version_id)
    if (made := _made_already(proposal, by=by, reason=reason)) is not None:
        return made
    thought_of = _judge(proposal)
    concerned = _concerned(proposal.version_id, locked=True)
    outlook = _outlook(proposal, thought_of, concerned)
    if outlook.seen != seen:
        raise LookAgain
    if any(m.concerned.person_id == by for m in outlook.movements):
        raise CannotCorrect(Why.OWN_ATTEMPT)
    correction = Correction(
        version_id=proposal.version_id,
        kind=proposal.kind,
        option_id=proposal.option_id,
        key_version_id=proposal.key_version_id,
        withdraws_id=proposal.withdraws_id,
        reason=reason,
        made_at=now,
        made_by_id=by,
    )
    db.session().add(correction)
    db.session().flush()  # the changes name it
    _store(outlook.movements, correction, now=now)
    question = db.session().get_one(Question, version.question_id)
    record(
        "question.corrected",
        by=by,
        on=question,
        course_id=question.course_id,
        question=question.content_id,
        version=version.number,
        kind=proposal.kind.value,
        reason=reason,
        grades=len(outlook.movements),
    )
    review_all([m.concerned.enrolment_id for m in outlook.movements if _may_earn(m)], now=now)
    grades_corrected.send(correction)
    queue.tell(TELL)
    return correction


def _may_earn(movement: Movement) -> bool:
    was_done = movement.before.passed is not False
    return movement.after.passed is not False and not was_done


def _made_already(proposal: Proposal, *, by: int, reason: str) -> Correction | None:
    """Return the newest correction where it is this very one: a second click."""
    newest = db.session().scalar(
        sa.select(Correction)
        .where(Correction.version_id == proposal.version_id)
        .order_by(Correction.id.desc())
        .limit(1)
    )
    if newest is None or (newest.made_by_id, newest.reason) != (by, reason):
        return None
    is_same = Proposal(
        newest.version_id,
        newest.kind,
        newest.option_id,
        newest.key_version_id,
        newest.withdraws_id,
    )
    return newest if is_same == proposal else None


def _store(movements: Sequence[Movement], correction: Correction, *, now: datetime) -> None:
    """Store new marks and grades, and what they were; three statements however many there are."""
    if not movements:
        return
    session = db.session()
    moved = {i: mark for m in movements for i, mark in m.marked.moved.items()}
    regrading.store_marks(moved)
    session.execute(
        sa.update(Attempt),
        [
            {
                "id": m.concerned.attempt_id,
                "earned": m.after.earned,
                "possible": m.after.possible,
                "percent": m.after.percent,
                "passed": m.after.passed,
                "waiting": m.after.waiting,
            }
            for m in movements
        ],
    )
    session.execute(
        sa.insert(GradeChange),
        [
            {
                "attempt_id": m.concerned.attempt_id,
                "correction_id": correction.id,
                **change_values(m.before, m.marked, now=now),
            }
            for m in movements
        ],
    )
