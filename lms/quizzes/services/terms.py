"""What holds for people at a quiz: its rules, their edition's dates, what they were granted."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.models import SignInTry
from lms.courses.models import Enrolment
from lms.quizzes.errors import CannotStart
from lms.quizzes.models import Attempt, AttemptAllowance, QuizOverride, QuizWindow
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, StartRefusal, Window
from lms.quizzes.rules.overrides import Granted, Terms, parse_granted, terms_of
from lms.quizzes.rules.settings import QuizSettings, parse_settings

TRIES, TRIES_WITHIN = 10, timedelta(minutes=15)


@dataclass
class Held:
    """What the store holds for one person at one quiz, before the quiz's own rules."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    password: str | None = None
    extra_attempts: int = 0
    own: Granted | None = None
    groups: list[Granted] = field(default_factory=list)

    def add(self, stored: dict[str, Any], *, is_own: bool) -> None:
        """Take in what was granted, to the person or to a group."""
        granted = parse_granted(stored)
        if is_own:
            self.own = granted
        else:
            self.groups.append(granted)

    def terms(self, settings: QuizSettings) -> Terms:
        """Work out what holds under a quiz's rules."""
        return terms_of(
            settings,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            password=self.password,
            own=self.own,
            groups=self.groups,
            extra_attempts=self.extra_attempts,
        )


def _statement(quiz_id: int) -> sa.Select[Any]:
    extra = (
        sa.select(sa.func.coalesce(sa.func.sum(AttemptAllowance.extra), 0))
        .where(AttemptAllowance.enrolment_id == Enrolment.id, AttemptAllowance.quiz_id == quiz_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return (
        sa.select(
            Enrolment.id,
            QuizWindow.opens_at,
            QuizWindow.closes_at,
            QuizWindow.password_digest,
            extra,
            QuizOverride.enrolment_id,
            QuizOverride.terms,
        )
        .outerjoin(
            QuizWindow,
            sa.and_(QuizWindow.edition_id == Enrolment.edition_id, QuizWindow.quiz_id == quiz_id),
        )
        .outerjoin(
            QuizOverride,
            sa.and_(
                QuizOverride.quiz_id == quiz_id,
                QuizOverride.taken_back_at.is_(None),
                QuizOverride.concerns(),
            ),
        )
    )


def held_by(quiz_id: int, narrow: Any) -> dict[int, Held]:
    """Read what people hold at a quiz, by place; one statement. `narrow` is a condition."""
    found: dict[int, Held] = {}
    for row in db.session().execute(_statement(quiz_id).where(narrow)):
        held = found.setdefault(row[0], Held(row[1], row[2], row[3], int(row[4] or 0)))
        if row[6] is None:
            continue
        held.add(row[6], is_own=row[5] is not None)
    return found


def terms_for(enrolment_id: int, quiz_id: int, settings: QuizSettings) -> Terms:
    """Return what holds for one person; one statement."""
    held = held_by(quiz_id, Enrolment.id == enrolment_id).get(enrolment_id, Held())
    return held.terms(settings)


def under(settings: QuizSettings, terms: Terms) -> QuizSettings:
    """Put what holds for a person in the place of a quiz's own attempts and time."""
    return replace(settings, attempts=terms.attempts, time_limit=terms.time_limit)


def window_of(terms: Terms) -> Window:
    """Tell when the quiz is open for a person."""
    return Window(opens_at=terms.opens_at, closes_at=terms.closes_at)


def retime(quiz_id: int, *, narrow: Any) -> int:
    """Give open attempts the end that holds now; return how many got another one.

    An attempt keeps its own version's limit. Runs inside a write, on a locked quiz; `narrow` is a
    condition on enrolments.
    """
    return _retime(sa.and_(Attempt.quiz_id == quiz_id, narrow))


def retime_places(enrolment_ids: Collection[int]) -> int:
    """Give the open attempts of places that moved to another group the end that holds there.

    Runs inside the write that moved them.
    """
    if not enrolment_ids:
        return 0
    db.session().flush()  # the group is part of the terms
    return _retime(Attempt.enrolment_id.in_(enrolment_ids))


def _retime(which: sa.ColumnElement[bool]) -> int:
    rows = (
        db.session()
        .scalars(
            sa.select(Attempt)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .options(sa.orm.joinedload(Attempt.quiz_version))
            .where(Attempt.state == AttemptState.OPEN, which)
            .order_by(Attempt.id)
            .with_for_update(of=Attempt)
            .execution_options(populate_existing=True)
        )
        .all()
    )
    held = {
        quiz_id: held_by(
            quiz_id, Enrolment.id.in_([a.enrolment_id for a in rows if a.quiz_id == quiz_id])
        )
        for quiz_id in sorted({attempt.quiz_id for attempt in rows})
    }
    changed = 0
    for attempt in rows:
        settings = parse_settings(attempt.quiz_version.settings)
        terms = held[attempt.quiz_id][attempt.enrolment_id].terms(settings)
        due = attempt_rules.due_at(
            under(settings, terms), started_at=attempt.started_at, closes_at=terms.closes_at
        )
        changed += due != attempt.due_at
        attempt.due_at = due
    return changed


# Passwords -----------------------------------------------------------------------------------
# A quiz's password is a word said in a room, not a person's secret: a digest under the
# installation's key is quick enough for inside the write, and worth nothing without that key.


def password_digest(password: str) -> str:
    """Digest a quiz's password, salted."""
    salt = secrets.token_hex(8)
    return f"{salt}.{_digest(salt, password)}"


def _digest(salt: str, password: str) -> str:
    return keyed_digest("quiz-password", salt, " ".join(password.split())).hex()


def is_password(password: str, digests: Collection[str]) -> bool:
    """Tell whether a word is one of the passwords; takes as long for a wrong one."""
    matches = False
    for stored in digests:
        salt, _, digest = stored.partition(".")
        matches |= hmac.compare_digest(_digest(salt, password), digest)
    return matches


def check_password(
    terms: Terms, password: str, *, enrolment_id: int, quiz_id: int, now: datetime
) -> None:
    """Refuse a wrong password, and any once too many wrong ones were tried; count a wrong one."""
    if not terms.passwords:
        return
    session = db.session()
    key = keyed_digest("quiz-password-of", quiz_id, enrolment_id)
    tried = session.scalar(
        sa.select(sa.func.count()).where(
            SignInTry.account_key == key, SignInTry.at > now - TRIES_WITHIN
        )
    )
    if (tried or 0) >= TRIES:
        raise CannotStart(StartRefusal.TOO_MANY_TRIES)
    if not is_password(password, terms.passwords):
        if password:
            session.add(SignInTry(account_key=key, address_key=key, at=now))
        raise CannotStart(StartRefusal.WRONG_PASSWORD)
