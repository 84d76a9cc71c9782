"""Start, answer, submit, grade. All of it runs inside the write transaction, on locked rows."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment
from lms.courses.services.progress import locked_enrolment, review_completion
from lms.quizzes import queries
from lms.quizzes.corrections.marking import Total
from lms.quizzes.errors import AttemptClosed, CannotStart, QuizNotReady
from lms.quizzes.events import attempt_graded
from lms.quizzes.models import (
    Attempt,
    AttemptAllowance,
    AttemptItem,
    Quiz,
    QuizVersion,
)
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, Fate, StartRefusal
from lms.quizzes.rules.overrides import Terms
from lms.quizzes.rules.settings import Navigation, QuizSettings, parse_settings
from lms.quizzes.services import drawing, locks, regrading, saving, terms

save_answers = saving.save_answers  # the part of it that has a module of its own


def settings_of(version: QuizVersion) -> QuizSettings:
    """Return the rules that a version of a quiz holds."""
    return parse_settings(version.settings)


def start_attempt(
    enrolment_id: int, quiz: Quiz, *, now: datetime, password: str | None = None
) -> Attempt:
    """Start an attempt, or return the one that is open.

    Raises CannotStart with the reason, QuizNotReady where there is too little to draw from. The
    enrolment's lock makes two clicks one attempt; the partial index would too. `quiz` is held
    (`locks.quiz_as_it_stands`): dates and rules were changed before, or wait for this attempt.
    """
    enrolment = locked_enrolment(enrolment_id)
    lines = queries.attempts_of(enrolment.id, quiz.id)
    for line in lines:
        if line.state is AttemptState.OPEN:
            found = db.session().get(Attempt, line.id)
            assert found is not None
            if not close_if_overdue(found, now=now):
                return found
            lines = queries.attempts_of(enrolment.id, quiz.id)
    version = quiz.current_version
    if version is None or not quiz.is_open:
        raise QuizNotReady
    held = terms.terms_for(enrolment.id, quiz.id, settings_of(version))
    settings = terms.under(settings_of(version), held)
    ended = lines[-1].submitted_at if lines else None
    if refusal := attempt_rules.refuse_start(
        settings,
        now=now,
        used=len(lines),
        extra=held.extra_attempts,
        window=terms.window_of(held),
        last_ended_at=ended,
    ):
        raise CannotStart(refusal, _free_at(refusal, settings, held, len(lines), ended))
    terms.check_password(held, password or "", enrolment_id=enrolment.id, quiz_id=quiz.id, now=now)
    due = attempt_rules.due_at(settings, started_at=now, closes_at=held.closes_at)
    return _create(enrolment, quiz, version, settings, number=len(lines) + 1, now=now, due=due)


def _free_at(
    refusal: StartRefusal,
    settings: QuizSettings,
    held: Terms,
    used: int,
    ended: datetime | None,
) -> datetime | None:
    """Tell from when one may start, where it is only too early."""
    if refusal is StartRefusal.NOT_YET_OPEN:
        return held.opens_at
    if refusal is StartRefusal.TOO_SOON:
        return attempt_rules.next_at(settings, used=used, last_ended_at=ended)
    return None


def _create(
    enrolment: Enrolment,
    quiz: Quiz,
    version: QuizVersion,
    settings: QuizSettings,
    *,
    number: int,
    now: datetime,
    due: datetime | None,
) -> Attempt:
    session = db.session()
    seed = secrets.randbits(62)
    drawn = drawing.draw(enrolment.id, version, settings, seed)
    attempt = Attempt(
        enrolment_id=enrolment.id,
        quiz_id=quiz.id,
        quiz_version_id=version.id,
        number=number,
        seed=seed,
        state=AttemptState.OPEN,
        started_at=now,
        due_at=due,
    )
    session.add(attempt)
    session.flush()  # the items need the attempt's id
    words = queries.words_of_revisions([c.revision_id for c in drawn])
    session.execute(
        sa.insert(AttemptItem),
        [
            {
                "attempt_id": attempt.id,
                "position": position,
                "question_version_id": each.version_id,
                "option_order": list(
                    drawing.option_order(
                        words[each.revision_id].ro, each.version_id, settings, seed
                    )
                ),
                "section": each.section,
            }
            for position, each in enumerate(drawn, 1)
        ],
    )
    enrolment.first_activity_at = enrolment.first_activity_at or now
    enrolment.last_activity_at = now
    return attempt


def submit_attempt(attempt: Attempt, *, now: datetime) -> Total:
    """Close an attempt that is locked with its place, grade it, tell whoever listens.

    Raises AttemptClosed the second time, and once the attempt is past being submitted.
    """
    fate = fate_of(attempt, now=now)
    if fate is Fate.IS_ABANDONED:
        abandon_attempt(attempt, now=now)
    if attempt.state is not AttemptState.OPEN:
        raise AttemptClosed
    attempt.state = AttemptState.SUBMITTED
    attempt.submitted_at = attempt_rules.closed_at(now=now, due=attempt.due_at)
    result = regrade(attempt)
    session = db.session()
    session.flush()  # completion reads the grade
    enrolment = attempt.enrolment
    enrolment.last_activity_at = now
    record(
        "attempt.submitted",
        by=enrolment.person_id,
        on=attempt,
        percent=str(result.percent),
        passed=result.passed,
    )
    attempt_graded.send(attempt)
    if result.passed is not False:
        review_completion(enrolment, now=now)
    return result


def regrade(attempt: Attempt) -> Total:
    """Compute marks and grade anew from answers, keys, corrections and marks by hand."""
    return regrading.regrade(attempt).total


def move_on(attempt: Attempt, position: int) -> None:
    """Leave a question behind where nobody goes back; one step, and never backwards."""
    settings = settings_of(attempt.quiz_version)
    if settings.navigation is Navigation.SEQUENTIAL and position == attempt.reached + 1:
        attempt.reached = position


def abandon_attempt(attempt: Attempt, *, now: datetime) -> None:
    """Close an attempt that nobody submitted in time: no grade, its answers are kept."""
    attempt.state = AttemptState.ABANDONED
    attempt.submitted_at = attempt_rules.closed_at(now=now, due=attempt.due_at)
    attempt.passed = False
    db.session().flush()
    record("attempt.abandoned", by=None, on=attempt, course_id=attempt.quiz.course_id)


def fate_of(attempt: Attempt, *, now: datetime) -> Fate:
    """Tell what becomes of an attempt at this moment."""
    settings = settings_of(attempt.quiz_version)
    return attempt_rules.fate_of(
        settings, attempt.state, now=now, due=attempt.due_at, grace=saving.grace(settings)
    )


def close_if_overdue(attempt: Attempt, *, now: datetime) -> bool:
    """Submit or give up an attempt whose time is up; return whether it was closed.

    What was saved in time counts where it is submitted.
    """
    fate = fate_of(attempt, now=now)
    if fate is Fate.SUBMITS:
        submit_attempt(attempt, now=now)
    elif fate is Fate.IS_ABANDONED:
        abandon_attempt(attempt, now=now)
    else:
        return False
    return True


def give_attempt(
    enrolment: Enrolment, quiz: Quiz, *, by: int, reason: str, now: datetime
) -> AttemptAllowance:
    """Give one attempt beyond the quiz's own, with a reason."""
    allowance = AttemptAllowance(
        enrolment_id=enrolment.id,
        quiz_id=quiz.id,
        extra=1,
        reason=reason,
        granted_at=now,
        granted_by_id=by,
    )
    db.session().add(allowance)
    record(
        "attempt.given",
        by=by,
        on=enrolment,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        reason=reason,
    )
    return allowance


def overdue_ids(now: datetime) -> list[int]:
    """Return the open attempts that the clock must close; those that wait are left alone."""
    rows = db.session().scalars(
        sa.select(Attempt)
        .options(sa.orm.joinedload(Attempt.quiz_version))
        .where(Attempt.state == AttemptState.OPEN, Attempt.due_at < now)
    )
    closed = {Fate.SUBMITS, Fate.IS_ABANDONED}
    return [attempt.id for attempt in rows if fate_of(attempt, now=now) in closed]


def locked_attempt(attempt_id: int) -> Attempt | None:
    """Load an attempt under its place's lock and its own, with quiz and enrolment."""
    locks.company_of(attempt_id)
    return (
        db.session()
        .scalars(
            with_company(sa.select(Attempt).where(Attempt.id == attempt_id)).with_for_update(
                of=Attempt
            )
        )
        .one_or_none()
    )


def with_company(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Load an attempt's quiz, version and enrolment in the same statement."""
    load = sa.orm.joinedload
    return statement.options(
        load(Attempt.enrolment).joinedload(Enrolment.edition).joinedload(Edition.course),
        load(Attempt.quiz),
        load(Attempt.quiz_version),
    )
