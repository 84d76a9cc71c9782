"""Decide whether a certificate is due to an enrolment, and if not, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lms.certificates.states import CertificateState


class EnrolmentStanding(StrEnum):
    """Whether the person still takes part."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Release(StrEnum):
    """How an edition hands its certificates out, and where this enrolment stands in it."""

    AUTOMATIC = "automatic"
    AWAITED = "awaited"
    GIVEN = "given"


class EligibilityState(StrEnum):
    """What stands between an enrolment and its certificate."""

    NOT_YET = "not_yet"  # the learner has something left to do
    WAITING = "waiting"  # earned; others, or one confirmation, stand in the way
    ELIGIBLE = "eligible"  # a number may be taken now
    ISSUED = "issued"  # there is one, or its number is reserved
    CLOSED = "closed"  # withdrawn before it was earned
    BARRED = "barred"  # the last one was revoked; only the registrar may issue anew


class Reason(StrEnum):
    """One thing that is missing; those of `CONDITIONS` name a condition of the course."""

    LESSONS_READ = "lessons_read"
    QUIZZES_PASSED = "quizzes_passed"
    TESTS_TAKEN = "tests_taken"
    HOURS_ATTENDED = "hours_attended"
    FORM_SUBMITTED = "form_submitted"
    CONFIRMED_BY_REGISTRAR = "confirmed_by_registrar"
    OTHER_CONDITION = "other_condition"
    NO_CONDITIONS = "no_conditions"
    NAME_UNCONFIRMED = "name_unconfirmed"
    PROGRAMME_INCOMPLETE = "programme_incomplete"
    RELEASE_AWAITED = "release_awaited"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


CONDITIONS = frozenset(
    {
        Reason.LESSONS_READ,
        Reason.QUIZZES_PASSED,
        Reason.TESTS_TAKEN,
        Reason.HOURS_ATTENDED,
        Reason.FORM_SUBMITTED,
        Reason.CONFIRMED_BY_REGISTRAR,
    }
)


@dataclass(frozen=True)
class ConditionResult:
    """How far an enrolment has come on one condition; `kind` is the condition's stored name."""

    kind: str
    met: bool
    done: Decimal
    needed: Decimal
    met_at: datetime | None = None


@dataclass(frozen=True)
class Missing:
    """A reason, and for a condition its name and figures."""

    reason: Reason
    kind: str | None = None
    done: Decimal | None = None
    needed: Decimal | None = None

    @property
    def remaining(self) -> Decimal | None:
        """What is left of the figure, never below zero."""
        if self.done is None or self.needed is None:
            return None
        return max(Decimal(0), self.needed - self.done)


@dataclass(frozen=True)
class Standing:
    """All that decides about one enrolment and award.

    `completed_at` is the stored completion: once it is there, no condition is asked again.
    `certificate` is the state of the newest certificate for the award, if there is one.
    """

    conditions: Sequence[ConditionResult]
    enrolment: EnrolmentStanding
    name_confirmed: bool
    programme_complete: bool
    release: Release
    completed_at: datetime | None = None
    certificate: CertificateState | None = None


@dataclass(frozen=True)
class Eligibility:
    """The decision, with everything that is missing and the time it was earned."""

    state: EligibilityState
    missing: tuple[Missing, ...] = ()
    earned_at: datetime | None = None

    @property
    def may_issue(self) -> bool:
        """Tell whether a number may be taken now."""
        return self.state is EligibilityState.ELIGIBLE


def eligibility(standing: Standing) -> Eligibility:
    """Decide where an enrolment stands; a void or superseded certificate doesn't block a new one.

    After a revocation nothing is issued automatically again.
    """
    open_conditions = _open_conditions(standing)
    earned_at = standing.completed_at or _last_met(standing.conditions)
    if standing.certificate in {CertificateState.RESERVED, CertificateState.VALID}:
        return Eligibility(EligibilityState.ISSUED, (), earned_at)
    if standing.certificate is CertificateState.REVOKED:
        return Eligibility(EligibilityState.BARRED, (Missing(Reason.REVOKED),), earned_at)
    if open_conditions:
        if standing.enrolment is EnrolmentStanding.WITHDRAWN:
            withdrawn = (Missing(Reason.WITHDRAWN), *open_conditions)
            return Eligibility(EligibilityState.CLOSED, withdrawn)
        return Eligibility(EligibilityState.NOT_YET, (*open_conditions, *_formalities(standing)))
    formalities = _formalities(standing)
    state = EligibilityState.WAITING if formalities else EligibilityState.ELIGIBLE
    return Eligibility(state, formalities, earned_at)


def _open_conditions(standing: Standing) -> tuple[Missing, ...]:
    if standing.completed_at is not None:
        return ()
    if not standing.conditions:  # a course that asks for nothing gives no evidence
        return (Missing(Reason.NO_CONDITIONS),)
    return tuple(
        Missing(_reason(result.kind), result.kind, result.done, result.needed)
        for result in standing.conditions
        if not result.met
    )


def _formalities(standing: Standing) -> tuple[Missing, ...]:
    """List what stands in the way after the learning is done.

    Someone who withdrew after completing keeps what was earned.
    """
    checks = (
        (standing.enrolment is EnrolmentStanding.SUSPENDED, Reason.SUSPENDED),
        (not standing.name_confirmed, Reason.NAME_UNCONFIRMED),
        (not standing.programme_complete, Reason.PROGRAMME_INCOMPLETE),
        (standing.release is Release.AWAITED, Reason.RELEASE_AWAITED),
    )
    return tuple(Missing(reason) for applies, reason in checks if applies)


def _last_met(conditions: Sequence[ConditionResult]) -> datetime | None:
    times = [result.met_at for result in conditions if result.met and result.met_at is not None]
    return max(times, default=None)


def _reason(kind: str) -> Reason:
    named = {reason.value: reason for reason in CONDITIONS}
    return named.get(kind, Reason.OTHER_CONDITION)
