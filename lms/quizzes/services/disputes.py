"""Contest a question, and answer: with a reasoned refusal, or by what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.audit.services import record
from lms.errors import Refused
from lms.mail.links import absolute_url
from lms.mail.services import compose
from lms.quizzes.disputes.rules import contest_until, may_contest
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Dispute,
    DisputeState,
    GradeChange,
    PaperResult,
    Quiz,
    QuizPlace,
)
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.review import Shown
from lms.quizzes.rules.settings import FeedbackTime, QuizSettings, parse_settings
from lms.quizzes.services import marking
from lms.quizzes.services.terms import terms_for

LONGEST = 2000


class TooLateToContest(Refused):
    """The days in which the result may be contested are over, or there are none."""


class NothingSaid(Refused):
    """A question is contested, and answered, in words."""

    status = 422


class AnsweredAlready(Refused):
    """Somebody else has answered meanwhile; that answer stands."""


def until_of(attempt: Attempt) -> datetime | None:
    """Tell until when an attempt's questions may be contested; few statements."""
    return until_after(
        attempt,
        lambda: db.session().scalar(
            sa.select(sa.func.max(GradeChange.changed_at)).where(
                GradeChange.attempt_id == attempt.id
            )
        ),
    )


def until_after(attempt: Attempt, corrected_at: Callable[[], datetime | None]) -> datetime | None:
    """Tell until when it may be contested, given when its grade last moved; asked if it matters.

    As the quiz is now, like what is shown of the attempt.
    """
    settings = parse_settings((attempt.quiz.current_version or attempt.quiz_version).settings)
    days = settings.dispute_days
    if days is None:
        days = attempt.enrolment.edition.course.dispute_days
    if not days or attempt.state is not AttemptState.SUBMITTED:
        return None
    shown = _shown_at(attempt, settings)
    return contest_until(days, attempt.submitted_at, shown, corrected_at())


def _shown_at(attempt: Attempt, settings: QuizSettings) -> datetime | None:
    """Tell when answers could first be seen, where that waits for something else."""
    if settings.feedback is FeedbackTime.AFTER_FINAL:
        return _final_taken_at(attempt.enrolment_id)
    if Shown.ATTEMPT not in settings.shown.later:
        return terms_for(attempt.enrolment_id, attempt.quiz_id, settings).closes_at
    return None


def _final_taken_at(enrolment_id: int) -> datetime | None:
    """Tell when the test at the end was first taken: submitted, or its paper written down."""
    moments = sa.union_all(
        *(
            sa.select(sa.func.min(moment))
            .join(Quiz, Quiz.id == taken.quiz_id)
            .where(taken.enrolment_id == enrolment_id, Quiz.place == QuizPlace.END, counts)
            for taken, moment, counts in (
                (Attempt, Attempt.submitted_at, Attempt.state == AttemptState.SUBMITTED),
                (PaperResult, PaperResult.recorded_at, PaperResult.revoked_at.is_(None)),
            )
        )
    )
    found = db.session().scalars(moments)
    return min((moment for moment in found if moment is not None), default=None)


def raise_dispute(attempt: Attempt, item_id: int, text: str, *, now: datetime) -> Dispute:
    """Contest a question of a locked attempt; where one is open on it, that one is returned.

    Raises TooLateToContest, NothingSaid.
    """
    item = db.session().get(AttemptItem, item_id)
    if item is None or item.attempt_id != attempt.id:
        raise ValueError(f"answer {item_id} is not of attempt {attempt.id}")
    held = db.session().scalar(
        sa.select(Dispute).where(Dispute.item_id == item_id, Dispute.state == DisputeState.OPEN)
    )
    if held is not None:
        return held
    if not may_contest(until_of(attempt), now=now):
        raise TooLateToContest
    if not text.strip():
        raise NothingSaid
    dispute = Dispute(
        attempt_id=attempt.id,
        item_id=item_id,
        text=text.strip()[:LONGEST],
        state=DisputeState.OPEN,
        raised_at=now,
    )
    db.session().add(dispute)
    db.session().flush()  # the record and the mails name it
    record(
        "dispute.raised",
        by=attempt.person_id,
        on=attempt,
        course_id=attempt.course_id,
        question=item.position,
    )
    for trainer in trainers_of(attempt.course_id, attempt.edition_id, today=now.date()):
        compose(
            f"dispute.raised:{dispute.id}",
            trainer,
            "quizzes/mail/contested.txt",
            attempt=attempt,
            dispute=dispute,
            number=item.position,
            url=absolute_url("quizzes.dispute", dispute_id=dispute.id),
        )
    return dispute


def trainers_of(course_id: int, edition_id: int, *, today: date) -> Sequence[Person]:
    """Return who trains a course or an edition; where nobody does in particular, who trains all."""
    own = sa.or_(RoleGrant.course_id == course_id, RoleGrant.edition_id == edition_id)
    everything = sa.and_(RoleGrant.course_id.is_(None), RoleGrant.edition_id.is_(None))
    for scope in (own, everything):
        found = (
            db.session()
            .scalars(
                sa.select(Person)
                .where(
                    Person.suspended_at.is_(None),
                    Person.id.in_(
                        sa.select(RoleGrant.person_id).where(
                            RoleGrant.role == Role.TRAINER,
                            scope,
                            sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
                        )
                    ),
                )
                .order_by(Person.id)
            )
            .all()
        )
        if found:
            return found
    return ()


def answer(
    dispute: Dispute,
    outcome: DisputeState,
    words: str,
    *,
    by: int,
    now: datetime,
    correction: Correction | None = None,
) -> bool:
    """Answer a locked dispute, once, and tell the learner; the same answer again changes nothing.

    Raises NothingSaid, and AnsweredAlready where it was answered otherwise.
    """
    words = words.strip()[:LONGEST]
    if dispute.state is not DisputeState.OPEN:
        if (dispute.state, dispute.answer, dispute.answered_by_id) == (outcome, words, by):
            return False
        raise AnsweredAlready
    if not words:
        raise NothingSaid
    dispute.state, dispute.answer = outcome, words
    dispute.answered_at, dispute.answered_by_id = now, by
    dispute.correction_id = correction.id if correction is not None else None
    db.session().flush()
    attempt = dispute.attempt
    record(
        "dispute.answered",
        by=by,
        on=attempt,
        course_id=attempt.course_id,
        question=dispute.item.position,
        outcome=outcome.value,
    )
    compose(
        f"dispute.answered:{dispute.id}",
        attempt.enrolment.person,
        "quizzes/mail/dispute_answered.txt",
        attempt=attempt,
        dispute=dispute,
        number=dispute.item.position,
        upheld=outcome is DisputeState.UPHELD,
        url=absolute_url("quizzes.result", attempt_id=attempt.id),
    )
    return True


def uphold_by_hand(
    dispute: Dispute, attempt: Attempt, fraction: Decimal, words: str, *, by: int, now: datetime
) -> bool:
    """Give the contested answer alone another mark, and answer so; both locked.

    The mark comes first: where it can't be given, nothing is answered. The one mail about the
    answer tells of the mark too.
    """
    if not words.strip():
        raise NothingSaid
    if dispute.state is DisputeState.OPEN:
        marking.set_mark(
            attempt, dispute.item_id, fraction, comment=words.strip(), by=by, now=now, tell=False
        )
    return answer(dispute, DisputeState.UPHELD, words, by=by, now=now)


def uphold_by_correction(
    dispute_ids: Sequence[int], correction: Correction, *, by: int, now: datetime
) -> int:
    """Answer open disputes on the corrected version with the correction's reason.

    Nobody's own dispute is answered by oneself. Returns how many were answered.
    """
    answered = 0
    for dispute in open_on(correction.version_id, dispute_ids, locked=True):
        if dispute.person_id != by:
            reason, upheld = correction.reason, DisputeState.UPHELD
            answered += answer(dispute, upheld, reason, by=by, now=now, correction=correction)
    return answered


def open_on(
    version_id: int, dispute_ids: Sequence[int] | None = None, *, locked: bool = False
) -> Sequence[Dispute]:
    """Return the open disputes on a version, all or those named, oldest first."""
    statement = (
        sa.select(Dispute)
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .where(AttemptItem.question_version_id == version_id, Dispute.state == DisputeState.OPEN)
        .order_by(Dispute.raised_at, Dispute.id)
    )
    if dispute_ids is not None:
        statement = statement.where(Dispute.id.in_(dispute_ids))
    if locked:
        statement = statement.with_for_update(of=Dispute)
    return db.session().scalars(statement).all()
