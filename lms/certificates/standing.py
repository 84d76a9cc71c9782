"""Where enrolments stand with their certificate, read in one statement for pages that show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import register, seals
from lms.certificates.checks import Problem
from lms.certificates.drafting import series_of
from lms.certificates.eligibility import (
    EligibilityState,
    EnrolmentStanding,
    Reason,
    Release,
    Standing,
    eligibility,
)
from lms.certificates.errors import CannotBePrinted
from lms.certificates.models import Award, Certificate, NumberCounter
from lms.certificates.states import CertificateState
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    EnrolmentState,
    IssuingMode,
    Programme,
    SubjectKind,
)


class Stage(StrEnum):
    """What a person is told of the own certificate."""

    NOT_EARNED = "not_earned"
    WAITING = "waiting"  # earned; `reasons` say what stands in the way
    PREPARING = "preparing"  # the number is taken, or will be in a moment
    FAULTY = "faulty"  # earned, but what it would print has a fault
    STOPPED = "stopped"  # earned, but numbers are locked for now
    READY = "ready"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Place:
    """An enrolment's standing, as plain values."""

    enrolment_id: int
    stage: Stage
    reasons: tuple[Reason, ...] = ()
    earned_at: datetime | None = None
    certificate_id: int | None = None
    state: CertificateState | None = None
    number: str = ""
    holder: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    is_renamed: bool = False

    @property
    def waits_for_name(self) -> bool:
        """Whether the name's confirmation is missing."""
        return Reason.NAME_UNCONFIRMED in self.reasons


def newest_id() -> sa.ScalarSelect[int]:
    """Select the id of the newest certificate for the whole course of an enrolment."""
    return (
        sa.select(sa.func.max(Certificate.id))
        .join(Award, Award.id == Certificate.award_id)
        .where(Certificate.enrolment_id == Enrolment.id, Award.module_id.is_(None))
        .correlate(Enrolment)
        .scalar_subquery()
    )


def _statement() -> Any:
    completed = sa.and_(
        Completion.enrolment_id == Enrolment.id, Completion.kind == SubjectKind.COURSE
    )
    return (
        sa.select(
            Enrolment.id,
            Enrolment.state,
            Enrolment.release_id,
            Edition.issuing,
            Programme.completed_at,
            Person.name_confirmed_at,
            Person.suspended_at,
            Person.given_names,
            Person.family_name,
            Completion.earned_at,
            Certificate,
            Person.erased_at,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Completion, completed)
        .outerjoin(Certificate, Certificate.id == newest_id())
    )


def standing_of(enrolment_id: int) -> Place:
    """Tell where an enrolment stands; one statement, two more where it waits for its number."""
    row = db.session().execute(_statement().where(Enrolment.id == enrolment_id)).first()
    if row is None:
        return Place(enrolment_id, Stage.NOT_EARNED)
    place = _place(row)
    if place.stage is Stage.PREPARING and place.certificate_id is None:
        return _held_up(place)
    return place


def standings_of_edition(edition_id: int, only: Collection[int] | None = None) -> dict[int, Place]:
    """Tell where all stand who completed an edition, or some of them; one statement."""
    wanted = _statement().where(Enrolment.edition_id == edition_id)
    if only is not None:
        wanted = wanted.where(Enrolment.id.in_(only))
    rows = db.session().execute(wanted)
    return {row[0]: _place(row) for row in rows}


def valid_by_edition(edition_ids: Collection[int]) -> dict[int, int]:
    """Count the participants of editions who hold a valid certificate; one statement."""
    rows = db.session().execute(
        sa.select(Enrolment.edition_id, sa.func.count(sa.distinct(Enrolment.id)))
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(
            Enrolment.edition_id.in_(list(edition_ids)),
            Certificate.state == CertificateState.VALID,
        )
        .group_by(Enrolment.edition_id)
    )
    return {row[0]: row[1] for row in rows}


def _place(row: Any) -> Place:
    (enrolment_id, state, release_id, issuing, programme_at, name_at, suspended_at) = row[:7]
    given, family, earned_at, certificate, erased_at = row[7:]
    if issuing is IssuingMode.AUTOMATIC:
        release = Release.AUTOMATIC
    else:
        release = Release.GIVEN if release_id is not None else Release.AWAITED
    if suspended_at is not None:
        standing = EnrolmentStanding.SUSPENDED
    elif state is EnrolmentState.WITHDRAWN:
        standing = EnrolmentStanding.WITHDRAWN
    else:
        standing = EnrolmentStanding.ACTIVE
    found = eligibility(
        Standing(
            conditions=(),
            enrolment=standing,
            name_confirmed=name_at is not None,
            programme_complete=programme_at is not None,
            release=release,
            completed_at=earned_at,
            certificate=certificate.state if certificate else None,
        )
    )
    shown = certificate if certificate and certificate.state is not CertificateState.VOID else None
    return Place(
        enrolment_id=enrolment_id,
        stage=_stage(found.state, shown),
        reasons=tuple(missing.reason for missing in found.missing),
        earned_at=earned_at,
        certificate_id=shown.id if shown else None,
        state=shown.state if shown else None,
        number=shown.number if shown else "",
        holder=shown.facts["holder"] if shown else "",
        issued_on=shown.issued_on if shown else None,
        expires_on=shown.expires_on if shown else None,
        is_renamed=shown is not None
        and erased_at is None
        and is_renamed(shown, f"{given} {family}"),
    )


def is_renamed(certificate: Certificate, full_name: str) -> bool:
    """Tell whether the holder bears another name today than a standing certificate prints."""
    standing = certificate.state in {CertificateState.RESERVED, CertificateState.VALID}
    return standing and certificate.facts["holder"].split() != full_name.split()


def _stage(state: EligibilityState, certificate: Certificate | None) -> Stage:
    if state is EligibilityState.ISSUED:
        assert certificate is not None
        is_valid = certificate.state is CertificateState.VALID
        return Stage.READY if is_valid else Stage.PREPARING
    return {
        EligibilityState.WAITING: Stage.WAITING,
        EligibilityState.ELIGIBLE: Stage.PREPARING,
        EligibilityState.BARRED: Stage.REVOKED,
    }.get(state, Stage.NOT_EARNED)


def _held_up(place: Place) -> Place:
    """Look for what keeps an earned certificate from its number: rare, so looked for late."""
    enrolment = db.session().get_one(Enrolment, place.enrolment_id)
    if problems_of(enrolment):
        return Place(place.enrolment_id, Stage.FAULTY, earned_at=place.earned_at)
    if lock_reason(enrolment.edition.programme):
        return Place(place.enrolment_id, Stage.STOPPED, earned_at=place.earned_at)
    return place


def problems_of(enrolment: Enrolment) -> tuple[Problem, ...]:
    """List what keeps an enrolment's certificate from being printed."""
    try:
        register.checked_draft(enrolment, is_model=seals.is_model(), now=clock.now())
    except CannotBePrinted as refusal:
        return refusal.problems
    return ()


def lock_reason(programme: Programme) -> str | None:
    """Return why a programme's numbers are locked, or None where they are given."""
    return db.session().scalar(
        sa.select(NumberCounter.locked_reason).where(
            NumberCounter.series == series_of(programme, seals.is_model()),
            NumberCounter.locked_reason.is_not(None),
        )
    )
