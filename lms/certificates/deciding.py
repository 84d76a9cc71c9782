"""Where an enrolment stands with its certificate, read from stored rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.certificates.eligibility import (
    ConditionResult,
    Eligibility,
    EnrolmentStanding,
    Release,
    Standing,
    eligibility,
)
from lms.certificates.models import Award, Certificate
from lms.certificates.states import CertificateState
from lms.courses import queries as course_queries
from lms.courses.models import Enrolment, EnrolmentState, IssuingMode


def newest_certificate(enrolment_id: int) -> Certificate | None:
    """Return the newest certificate for the whole course, whatever its state."""
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .join(Award, Award.id == Certificate.award_id)
            .where(Certificate.enrolment_id == enrolment_id, Award.module_id.is_(None))
            .order_by(Certificate.id.desc())
            .limit(1)
        )
        .first()
    )


def eligibility_of(enrolment: Enrolment, *, anew: bool = False) -> Eligibility:
    """Decide where an enrolment stands with its certificate, from stored rows.

    With `anew` a revoked certificate bars nothing: the registrar has decided so.
    """
    place = course_queries.place_by_id(enrolment.id)
    assert place is not None
    standing = course_queries.standing_of(place)
    newest = newest_certificate(enrolment.id)
    if anew and newest is not None and newest.state is CertificateState.REVOKED:
        newest = None
    return decide(
        enrolment,
        [
            ConditionResult(r.condition.kind.value, r.is_met, r.done, r.needed)
            for r in standing.results
        ],
        completed_at=standing.completed_at,
        certificate=newest.state if newest else None,
    )


def decide(
    enrolment: Enrolment,
    conditions: Sequence[ConditionResult],
    *,
    completed_at: datetime | None,
    certificate: CertificateState | None,
) -> Eligibility:
    """Decide from what was read of an enrolment; where it is completed, no condition is asked."""
    edition = enrolment.edition
    if edition.issuing is IssuingMode.AUTOMATIC:
        release = Release.AUTOMATIC
    else:
        release = Release.GIVEN if enrolment.release_id is not None else Release.AWAITED
    if enrolment.person.suspended_at is not None:
        state = EnrolmentStanding.SUSPENDED
    elif enrolment.state is EnrolmentState.WITHDRAWN:
        state = EnrolmentStanding.WITHDRAWN
    else:
        state = EnrolmentStanding.ACTIVE
    return eligibility(
        Standing(
            conditions=conditions,
            enrolment=state,
            name_confirmed=enrolment.person.name_confirmed_at is not None,
            programme_complete=edition.programme.completed_at is not None,
            release=release,
            completed_at=completed_at,
            certificate=certificate,
        )
    )
