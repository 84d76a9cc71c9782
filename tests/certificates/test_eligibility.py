"""Whether a certificate is due, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lms.certificates.eligibility import (
    ConditionResult,
    EligibilityState,
    EnrolmentStanding,
    Reason,
    Release,
    Standing,
    eligibility,
)
from lms.certificates.states import CertificateState

DAY_1 = datetime(2026, 11, 1, 9, tzinfo=UTC)
DAY_2 = datetime(2026, 11, 20, 18, tzinfo=UTC)

READ = ConditionResult("lessons_read", True, Decimal(40), Decimal(40), DAY_1)
PASSED = ConditionResult("quizzes_passed", True, Decimal(8), Decimal(8), DAY_2)
NOT_PASSED = ConditionResult("quizzes_passed", False, Decimal(2), Decimal(8))

READY = Standing(
    conditions=(READ, PASSED),
    enrolment=EnrolmentStanding.ACTIVE,
    name_confirmed=True,
    programme_complete=True,
    release=Release.AUTOMATIC,
)


def test_all_conditions_met_and_nothing_in_the_way_is_eligible_since_the_last_condition() -> None:
    decision = eligibility(READY)
    assert decision.state is EligibilityState.ELIGIBLE
    assert decision.may_issue
    assert decision.missing == ()
    assert decision.earned_at == DAY_2


def test_an_open_condition_is_named_with_its_figures() -> None:
    decision = eligibility(replace(READY, conditions=(READ, NOT_PASSED)))
    assert decision.state is EligibilityState.NOT_YET
    (missing,) = decision.missing
    assert (missing.reason, missing.done, missing.needed) == (Reason.QUIZZES_PASSED, 2, 8)
    assert missing.remaining == 6


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"name_confirmed": False}, Reason.NAME_UNCONFIRMED, id="name not confirmed"),
        pytest.param({"programme_complete": False}, Reason.PROGRAMME_INCOMPLETE, id="programme"),
        pytest.param({"release": Release.AWAITED}, Reason.RELEASE_AWAITED, id="not released"),
        pytest.param({"enrolment": EnrolmentStanding.SUSPENDED}, Reason.SUSPENDED, id="suspended"),
    ],
)
def test_whoever_is_done_waits_with_the_cause_shown(change: object, reason: Reason) -> None:
    decision = eligibility(replace(READY, **change))  # type: ignore[arg-type]
    assert decision.state is EligibilityState.WAITING
    assert [missing.reason for missing in decision.missing] == [reason]
    assert decision.earned_at == DAY_2
    assert not decision.may_issue


def test_every_cause_is_shown_at_once() -> None:
    standing = replace(
        READY, conditions=(NOT_PASSED,), name_confirmed=False, programme_complete=False
    )
    assert [missing.reason for missing in eligibility(standing).missing] == [
        Reason.QUIZZES_PASSED,
        Reason.NAME_UNCONFIRMED,
        Reason.PROGRAMME_INCOMPLETE,
    ]


def test_a_released_list_lets_them_through() -> None:
    assert eligibility(replace(READY, release=Release.GIVEN)).may_issue


def test_a_course_that_asks_for_nothing_certifies_nobody() -> None:
    decision = eligibility(replace(READY, conditions=()))
    assert decision.state is EligibilityState.NOT_YET
    assert decision.missing[0].reason is Reason.NO_CONDITIONS


def test_completion_once_stored_isnt_taken_back_by_a_new_condition() -> None:
    standing = replace(READY, conditions=(READ, NOT_PASSED), completed_at=DAY_1)
    decision = eligibility(standing)
    assert decision.state is EligibilityState.ELIGIBLE
    assert decision.earned_at == DAY_1


@pytest.mark.parametrize(
    ("certificate", "state"),
    [
        (CertificateState.RESERVED, EligibilityState.ISSUED),
        (CertificateState.VALID, EligibilityState.ISSUED),
        (CertificateState.REVOKED, EligibilityState.BARRED),
        (CertificateState.VOID, EligibilityState.ELIGIBLE),
        (CertificateState.SUPERSEDED, EligibilityState.ELIGIBLE),
        (None, EligibilityState.ELIGIBLE),
    ],
)
def test_a_certificate_that_stands_or_was_revoked_isnt_issued_again(
    certificate: CertificateState | None, state: EligibilityState
) -> None:
    assert eligibility(replace(READY, certificate=certificate)).state is state


def test_withdrawing_before_the_end_closes_and_after_it_takes_nothing_away() -> None:
    withdrawn = replace(READY, enrolment=EnrolmentStanding.WITHDRAWN)
    assert (
        eligibility(replace(withdrawn, conditions=(NOT_PASSED,))).state is EligibilityState.CLOSED
    )
    assert eligibility(withdrawn).state is EligibilityState.ELIGIBLE


def test_a_condition_of_a_later_kind_is_still_shown() -> None:
    later = ConditionResult("portfolio_accepted", False, Decimal(0), Decimal(1))
    (missing,) = eligibility(replace(READY, conditions=(READ, later))).missing
    assert (missing.reason, missing.kind) == (Reason.OTHER_CONDITION, "portfolio_accepted")


def test_more_than_needed_leaves_nothing_remaining() -> None:
    result = ConditionResult("hours_attended", False, Decimal("20.5"), Decimal(18))
    (missing,) = eligibility(replace(READY, conditions=(result,))).missing
    assert missing.remaining == 0
